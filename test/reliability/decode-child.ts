// Cancels decoding at all moments of a thread's start; a program of its own, since what it looks for ends the whole
// process. Usage: node decode-child.ts FILE

import { createDecodePool } from '../../main/core/ingest/decode-pool.ts';

const [, , path = ''] = process.argv;
/** Together they cover the start of a thread, while its native libraries load, and calls into libopenslide. */
const MOMENTS = 40;
const LAST_MS = 900;

let cancelled = 0;
for (let moment = 0; moment < MOMENTS; moment += 1) {
  const pool = createDecodePool(1);
  const abort = new AbortController();
  setTimeout(() => abort.abort(), (moment / MOMENTS) * LAST_MS);
  await pool
    .slideCut({ path, place: { x: 0, y: 0, w: 64, h: 64 } }, abort.signal)
    .catch((thrown: unknown) => {
      if ((thrown as { code?: string }).code === 'request.cancelled') cancelled += 1;
    });
  await pool.close();
}
console.log(JSON.stringify({ cancelled }));
