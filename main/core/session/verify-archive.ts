import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { VerifyReport } from '../../../preload/contract/archive.ts';
import { mapBounded } from '../ingest/flow.ts';
import type { MediaFolder } from '../media/media.ts';
import { outputOf, type ThreadAnswer } from '../store/thread-answer.ts';
import type { DatabaseReport, Finding } from '../store/verify.ts';
import type { VerifyWork } from '../store/verify-worker.ts';
import type { Session } from './session.ts';

const READS_AT_ONCE = 8;

/**
 * Checks the archive: the database in a worker, and every thumbnail against the hash in its name. Derived files that
 * are gone are no damage, they are made again when they are looked at; altered ones are.
 *
 * @throws ArchiveError `archive.damaged` when the database cannot be read to the end.
 */
export async function verifyArchive(session: Session, signal: AbortSignal): Promise<VerifyReport> {
  const report = await checkDatabase(session.archive.databasePath, signal);
  const { findings, thumbs, ...checked } = report;
  const altered = await alteredMedia(session.media, thumbs, signal);
  const problems = [...findings, ...altered];
  return { clean: problems.length === 0, checked: { ...checked, media: thumbs.length }, problems };
}

/** Whoever cancels need not wait: the thread stops at the next row, or when SQLite is through with its own check. */
async function checkDatabase(path: string, signal: AbortSignal): Promise<DatabaseReport> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer<DatabaseReport>>();
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('../store/verify-worker.ts', import.meta.url), {
    workerData: { path, cancelled } satisfies VerifyWork,
  });
  const cancel = () => {
    Atomics.store(cancelled, 0, 1);
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', cancel, { once: true });
  worker.once('message', resolve);
  // Also after a cancel somebody has to listen, or a failing thread would end the program.
  worker.on('error', reject);
  worker.once('exit', () => reject(new Error('the check ended without an answer')));
  try {
    return outputOf(await promise);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function alteredMedia(
  media: MediaFolder,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Finding[]> {
  let count = 0;
  let first = '';
  async function* each() {
    yield* names;
  }
  const checks = mapBounded(each(), READS_AT_ONCE, async (name) => {
    const path = await media.find(name);
    if (path === null) return { name, whole: true };
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    return { name, whole: name.includes(hash) };
  });
  for await (const { name, whole } of checks) {
    signal.throwIfAborted();
    if (whole) continue;
    count += 1;
    first ||= name;
  }
  return count > 0 ? [{ what: 'altered derived pictures', count, detail: `first: ${first}` }] : [];
}
