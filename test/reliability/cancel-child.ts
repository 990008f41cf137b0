// Cancels works of the core's threads at all moments of their start; a program of its own, since what it looks for ends
// the whole process. Usage: node cancel-child.ts DATABASE

import { evidence } from '../../main/core/search/evaluation/evidence-thread.ts';

const [, , databasePath = ''] = process.argv;
/** Together they cover the start of a thread, while its native libraries load. */
const MOMENTS = 40;
const LAST_MS = 200;

let cancelled = 0;
for (let moment = 0; moment < MOMENTS; moment += 1) {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), (moment / MOMENTS) * LAST_MS);
  const input = { model: { id: 1, dimensions: 64 }, texts: [], vectors: [], right: [] };
  await evidence(databasePath, 'captions', input as never, abort.signal).catch((thrown: unknown) => {
    if ((thrown as { code?: string }).code === 'request.cancelled') cancelled += 1;
  });
}
console.log(JSON.stringify({ cancelled }));
