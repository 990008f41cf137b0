import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { openReader, type ReadDb } from './database.ts';
import { answerOf } from './thread-answer.ts';
import { verifyDatabase } from './verify.ts';

// Checks one database on a thread and a connection of its own, posts the report and ends.

export interface VerifyWork {
  readonly path: string;
  /** Of one number; not 0 once nobody waits for the report. */
  readonly cancelled: Int32Array;
}

const { path, cancelled } = workerData as VerifyWork;
let db: ReadDb | undefined;
const answer = await answerOf(() => {
  db = openReader(path);
  return verifyDatabase(db, goOn);
});
db?.close();
parentPort?.postMessage(answer);

/** @throws ArchiveError `request.cancelled` */
function goOn(): void {
  if (Atomics.load(cancelled, 0) !== 0) throw new ArchiveError('request.cancelled');
}
