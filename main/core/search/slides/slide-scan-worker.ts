import { parentPort, workerData } from 'node:worker_threads';
import { openReader } from '../../store/database.ts';
import { createSlideScan, type SlideScan } from './slide-scan.ts';
import type { FromSlideScan, SlideScanCall, ToSlideScan } from './slide-scan-link.ts';

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
    port.postMessage({ id, ok: true, value: answer(scan, call) } satisfies FromSlideScan);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    port.postMessage({ id, ok: false, message } satisfies FromSlideScan);
  }
});

function answer(scan: SlideScan, call: SlideScanCall): unknown {
  switch (call.is) {
    case 'warm':
      return scan.warm(call.itemId);
    case 'heat':
      return scan.heat(call.itemId, call.query);
    case 'tiles':
      return scan.tiles(call.wish);
    case 'pool':
      return scan.pool(call.itemId, call.pooling);
    case 'similar':
      return scan.similar(call.itemId);
  }
}
