import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { ImportCounts } from '../../../preload/contract/jobs.ts';
import type { IdentityPolicy, Judgement } from '../domain/identity.ts';
import type { Archive } from '../store/archive.ts';
import type { ImportParts, Prepared } from './import-job.ts';
import { writeRead } from './import-write.ts';

/** What is listed as skipped: the file is in order, only no picture that this version reads. */
const skipCodes: ReadonlySet<string> = new Set([
  'file.unsupported',
  'file.no-picture',
  'file.sidecar',
  'dicom.video',
]);

/** Writes what became of one file, and says what it counts as; the caller holds the transaction. */
export function writeResult(
  { archive, model }: Pick<ImportParts, 'archive' | 'model'>,
  result: Prepared,
  thumb: string | null,
  vectors: readonly Float32Array[],
  jobId: number,
): keyof Omit<ImportCounts, 'seen'> {
  const { sourceId, path, sizeBytes, mtimeMs } = result.file;
  const place = { sourceId, path, sizeBytes, mtimeMs, seenJob: jobId };
  if (result.is === 'known') {
    archive.sources.markSeen(result.fileId, jobId);
    return 'known';
  }
  if (result.is === 'linked') return link(result.sha256, result.itemId);
  if (result.is === 'read') {
    if (!thumb) throw new ArchiveError('internal');
    // A twin earlier in this run may have written the item since this file was examined.
    const twin = archive.items.idOf(result.sha256);
    if (twin !== null) return link(result.sha256, twin);
    const fileId = archive.sources.record({ ...place, sha256: result.sha256, state: 'ok', fault: null });
    archive.quarantine.clear(fileId);
    writeRead(archive, model, {
      fileId,
      sha256: result.sha256,
      sizeBytes: result.sizeBytes,
      thumb,
      read: result.read,
      vectors,
    });
    return 'added';
  }
  const fault =
    result.is === 'held'
      ? { code: 'privacy.held', details: JSON.stringify({ reasons: codesOf(result.judgement) }) }
      : { code: result.fault.code, details: JSON.stringify(result.fault.details) };
  const state = result.is === 'held' ? 'quarantined' : skipCodes.has(fault.code) ? 'skipped' : 'failed';
  const fileId = archive.sources.record({ ...place, sha256: null, state, fault });
  archive.sources.unlink(fileId);
  if (result.is === 'held') hold(archive, fileId, result);
  archive.jobs.addFailure(jobId, { sourceId, path, state, ...fault });
  return state;

  function link(sha256: string, itemId: number): 'known' {
    const fileId = archive.sources.record({ ...place, sha256, state: 'ok', fault: null });
    archive.sources.link(fileId, itemId);
    archive.quarantine.clear(fileId);
    return 'known';
  }
}

/** What this archive does with files that may identify a person, unless an import is told otherwise. */
export function archivePolicy(archive: Archive): IdentityPolicy {
  return archive.settings.get('identityPolicy') === 'review' ? 'review' : 'strict';
}

const codesOf = ({ findings }: Judgement): string => findings.map(({ code }) => code).join(', ');

function hold(archive: Archive, fileId: number, held: Extract<Prepared, { is: 'held' }>): void {
  const { verdict, findings } = held.judgement;
  if (verdict === 'clear') throw new RangeError('a clear file is not held');
  archive.quarantine.hold(fileId, verdict, findings, held.leftOut, new Date().toISOString());
}
