import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../store/database.ts';
import { createSlideScan, type SlideScan } from './slide-scan.ts';
import type { FromSlideScan, ToSlideScan } from './slide-scan-link.ts';

// The thread that compares queries with tiles: a slide has tens of thousands, and the core's thread must not wait.

const port = parentPort;
if (!port) throw new Error('slide-scan-worker.ts runs as a worker thread');
const db = openReader((workerData as { databasePath: string }).databasePath);
const scans = new Map<number, SlideScan>();

port.on('message', (message: ToSlideScan) => {
  if (message.kind === 'close') {
    db.close();
    port.close();
    return;
  }
  const { id, call, model } = message;
  const scan = scans.get(model.id) ?? createSlideScan(db, model.id, model.dimensions);
  scans.set(model.id, scan);
  try {
    const value =
      call.is === 'heat'
        ? scan.heat(call.itemId, call.query)
        : call.is === 'tiles'
          ? scan.tiles(call.wish)
          : scan.pool(call.itemId, call.pooling);
    port.postMessage({ id, ok: true, value } satisfies FromSlideScan);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ id, ok: false, message } satisfies FromSlideScan);
  }
});
