import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from './database.ts';
import { verifyDatabase } from './verify.ts';

// Checks one database on a thread and a connection of its own, posts the report and ends.
const db = openReader((workerData as { readonly path: string }).path);
try {
  parentPort?.postMessage(verifyDatabase(db));
} finally {
  db.close();
}
