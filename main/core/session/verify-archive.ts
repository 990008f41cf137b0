import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { VerifyReport } from '../../../preload/contract/archive.ts';
import { mapBounded } from '../ingest/flow.ts';
import type { MediaFolder } from '../media/media.ts';
import type { DatabaseReport, Finding } from '../store/verify.ts';
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

function checkDatabase(path: string, signal: AbortSignal): Promise<DatabaseReport> {
  const { promise, resolve, reject } = Promise.withResolvers<DatabaseReport>();
  const worker = new Worker(new URL('../store/verify-worker.ts', import.meta.url), { workerData: { path } });
  const cancel = () => {
    void worker.terminate();
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', cancel, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', () => {
    signal.removeEventListener('abort', cancel);
    reject(new Error('the check ended without an answer'));
  });
  return promise;
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
