import { join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Archive } from '../store/archive.ts';
import type { DecodePool } from './decode-pool.ts';
import type { JobControl } from './job-control.ts';
import { joinTable } from './sidecar-join.ts';

/**
 * Joins the tables that lay among the pictures of a folder, where a column of theirs names files of the archive; the
 * others are no companions and stay skipped.
 *
 * @param paths - relative to the root, in the order in which they were met.
 */
export async function joinFound(
  { archive, pool }: { readonly archive: Archive; readonly pool: DecodePool },
  sourceId: number,
  root: string,
  paths: readonly string[],
  control: JobControl,
): Promise<void> {
  for (const path of paths) {
    if (control.signal.aborted || !archive.db.open) return;
    try {
      const place = join(root, path);
      const table = await pool.table({ path: place }, control.signal);
      const joined = await joinTable(archive, table, undefined, control.signal, place);
      const { matched, rows, withheld } = joined;
      const file = archive.sources.file(sourceId, path);
      if (file && file.itemId === null)
        archive.sources.record({
          ...file,
          sha256: null,
          state: 'skipped',
          fault: { code: 'file.sidecar', details: JSON.stringify({ what: 'table', matched, rows }) },
          seenJob: control.jobId,
        });
      control.notice(
        `A table was joined: ${matched} of ${rows} rows.${withheld > 0 ? ` ${withheld} texts that may name somebody were left out.` : ''}`,
      );
    } catch (thrown) {
      if (!(thrown instanceof ArchiveError) || thrown.code === 'request.cancelled') throw thrown;
    }
  }
}
