import { basename } from 'node:path';
import { faultOf, type Fault } from '../../../preload/contract/faults.ts';
import type { ImportCounts } from '../../../preload/contract/jobs.ts';
import type { Sampling } from '../domain/frame-policy.ts';
import type { IdentityPolicy, Judgement } from '../domain/identity.ts';
import type { MediaFolder } from '../media/media.ts';
import type { Archive } from '../store/archive.ts';
import type { DecodePool } from './decode-pool.ts';
import { batched, mapBounded } from './flow.ts';
import { encodeReads, type ImportModel } from './import-model.ts';
import { archivePolicy, writeResult } from './import-result.ts';
import type { JobControl } from './job-control.ts';
import { reembed } from './reembed-job.ts';
import { joinFound } from './sidecar-found.ts';
import { mayBeTable } from './sidecar-parse.ts';
import { countFiles, scanFolder, scanOnly, type Scanned } from './scan.ts';
import type { ReadFile } from './decode-read.ts';
import { samplingOf } from './sampling.ts';

export interface ImportParts {
  readonly archive: Archive;
  readonly pool: DecodePool;
  readonly media: MediaFolder;
  readonly model: ImportModel;
}

export interface ImportOptions {
  /** What happens to files that may identify a person; left out, the archive's policy. */
  readonly identity?: IdentityPolicy | undefined;
  /** Only these paths of each folder, relative to it; files that are not named are not taken for missing. */
  readonly only?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Whole paths of tables that are left alone. */
  readonly withoutTables?: readonly string[] | undefined;
}

type Met = Extract<Scanned, { is: 'file' }> & { readonly sourceId: number };

/** What became of one file before anything is written. */
export type Prepared =
  | { readonly is: 'known'; readonly file: Met; readonly fileId: number }
  /** Content that the archive has, at a place it did not know. */
  | { readonly is: 'linked'; readonly file: Met; readonly sha256: string; readonly itemId: number }
  | {
      readonly is: 'read';
      readonly file: Met;
      readonly sha256: string;
      readonly sizeBytes: number;
      readonly read: ReadFile;
    }
  | { readonly is: 'held'; readonly file: Met; readonly judgement: Judgement; readonly leftOut: boolean }
  | { readonly is: 'refused'; readonly file: Met; readonly fault: Fault };

/** Most results that wait for one transaction, should hardly any of them carry pixels. */
const RESULTS_PER_BATCH = 200;
/** Batches between decoder and writer: one is encoded while the next one fills. */
const BATCHES_IN_FLIGHT = 2;

/**
 * Imports folders: scan → examine → decode → encode → one transaction a batch.
 *
 * Everything is pulled by the writer, so memory holds a few files per stage whatever the folder's size. A file's
 * results travel together from scan to row, so a bad neighbour cannot shift them. Known content leaves before it
 * is decoded; running again after a crash is resuming.
 */
export async function runImport(
  parts: ImportParts,
  folders: readonly string[],
  control: JobControl,
  { identity = archivePolicy(parts.archive), only, withoutTables }: ImportOptions = {},
): Promise<ImportCounts> {
  const sampling = samplingOf(parts.archive);
  const unwanted = new Set(withoutTables);
  const counts = { seen: 0, added: 0, known: 0, failed: 0, quarantined: 0, skipped: 0 };
  control.counts(counts);
  for (const stage of ['Find files', 'Read files', 'Read with the model']) control.stage(stage, {});
  let total: number | null = null;
  let embedded = 0;
  const countIn = async (folder: string) =>
    only?.get(folder)?.length ?? (await countFiles(folder, control.signal));
  const counting = Promise.all(folders.map(countIn)).then((found) => {
    total = found.reduce((sum, one) => sum + one, 0);
    control.stage('Find files', { total });
    control.stage('Read files', { total });
  });

  for (const folder of folders) {
    const sourceId = parts.archive.sources.ensure(folder, new Date().toISOString());
    const scanned = only ? scanOnly(folder, only.get(folder) ?? []) : scanFolder(folder, control.signal);
    const entries = control.through(withProblems(parts, sourceId, scanned, control, counts));
    const tables: string[] = [];
    const prepared = mapBounded(entries, parts.pool.threads * 2 + 2, async (file) => {
      if (mayBeTable(file.path) && !unwanted.has(file.absolute)) tables.push(file.path);
      const result = await prepare(parts, { ...file, sourceId }, { identity, sampling }, control.signal);
      control.stage('Read files', { add: 1 });
      return result;
    });
    const batches = batched(
      prepared,
      parts.model.batchSize,
      (result) => (result.is === 'read' ? result.read.regions.length : 0),
      RESULTS_PER_BATCH,
    );
    const encoded = mapBounded(batches, BATCHES_IN_FLIGHT, async (batch) => ({
      batch,
      vectors: await encodeReads(parts.model, batch, control.signal),
    }));
    for await (const { batch, vectors } of encoded) {
      if (control.signal.aborted) break;
      const thumbs = await Promise.all(
        batch.map((result) =>
          result.is === 'read'
            ? parts.media.write('thumb', result.read.thumb, 'webp')
            : Promise.resolve(null),
        ),
      );
      if (!parts.archive.db.open) break;
      parts.archive.transaction(() => {
        batch.forEach((result, index) => {
          const outcome = writeResult(
            parts,
            result,
            thumbs[index] ?? null,
            vectors[index] ?? [],
            control.jobId,
          );
          counts[outcome] += 1;
          counts.seen += 1;
        });
        parts.archive.settings.bumpGeneration();
      });
      const regions = vectors.reduce((sum, list) => sum + list.length, 0);
      embedded += regions;
      control.stage('Read with the model', { add: regions });
      control.counts(counts);
      control.progress(counts.seen, total);
    }
    if (control.signal.aborted) break;
    if (only) continue;
    await joinFound(parts, sourceId, folder, tables, control);
    parts.archive.transaction(() => {
      const missing = parts.archive.sources.closeScan(sourceId, control.jobId);
      if (missing > 0) control.notice(`${missing} files of ${basename(folder)} are no longer there.`);
    });
  }
  await counting;
  if (!control.signal.aborted) control.stage('Read with the model', { total: embedded });
  if (!control.signal.aborted) await reembed(parts, control);
  control.counts(counts);
  return counts;
}

/** Counts and records what the scan itself could not read; passes the files on. */
async function* withProblems(
  { archive }: ImportParts,
  sourceId: number,
  entries: AsyncIterable<Scanned>,
  control: JobControl,
  counts: { seen: number; failed: number },
): AsyncGenerator<Extract<Scanned, { is: 'file' }>> {
  for await (const entry of entries) {
    control.stage('Find files', { add: 1 });
    if (entry.is === 'file') {
      yield entry;
      continue;
    }
    counts.seen += 1;
    counts.failed += 1;
    const details = JSON.stringify({ what: entry.what });
    const failure = { sourceId, path: entry.path, code: 'file.unreadable', details };
    archive.transaction(() => {
      archive.sources.record({
        sourceId,
        path: entry.path,
        sizeBytes: 0,
        mtimeMs: 0,
        sha256: null,
        state: 'failed',
        fault: { code: failure.code, details },
        seenJob: control.jobId,
      });
      archive.jobs.addFailure(control.jobId, { ...failure, state: 'failed' });
    });
  }
}

async function prepare(
  { archive, pool, model }: ImportParts,
  file: Met,
  { identity, sampling }: { identity: IdentityPolicy; sampling: Sampling },
  signal: AbortSignal,
): Promise<Prepared> {
  const row = archive.sources.file(file.sourceId, file.path);
  const unchanged = row && row.sizeBytes === file.sizeBytes && row.mtimeMs === file.mtimeMs;
  if (unchanged && row.itemId !== null) return { is: 'known', file, fileId: row.id };
  try {
    const { sha256, sizeBytes } = await pool.examine({ path: file.absolute }, signal);
    const itemId = archive.items.idOf(sha256);
    if (itemId !== null) return { is: 'linked', file, sha256, itemId };
    // What a person decided about this content goes before the policy.
    const decision = archive.quarantine.decisionOn(sha256);
    const policy = decision === 'released' ? 'off' : decision === 'left-out' ? 'strict' : identity;
    const task = { path: file.absolute, preprocessing: model.preprocessing, sampling, identity: policy };
    const outcome = await pool.admit(task, signal);
    if (outcome.is === 'held')
      return { is: 'held', file, judgement: outcome.judgement, leftOut: decision === 'left-out' };
    return { is: 'read', file, sha256, sizeBytes, read: outcome.file };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    // Whatever a file makes a decoder do, it is this file's problem: `internal` too becomes a failure row.
    return { is: 'refused', file, fault: faultOf(thrown) };
  }
}
