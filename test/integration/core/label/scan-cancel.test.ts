import { afterEach, beforeEach, expect, test } from 'vitest';
import { scanItems } from '../../../../main/core/label/scan.ts';
import { randomNumbers, randomVector } from '../../../support/search-archive.ts';
import { addItems, addModel, temporaryArchive } from '../../../support/vector-archive.ts';

const DIMENSIONS = 64;
const TILES = 20_000;
let place: ReturnType<typeof temporaryArchive>;
beforeEach(() => (place = temporaryArchive()));
afterEach(() => place.remove());

/** Threads of this process that run JavaScript. */
const threads = (): number => {
  const { workers } = process.report.getReport() as unknown as { workers: unknown[] };
  return workers.length;
};

test('a scan that is cancelled in the middle of a slide is over at once, and its thread ends by itself', async () => {
  const { archive } = place;
  const row = addModel(archive, 'test', 'test', DIMENSIONS);
  const random = randomNumbers(1);
  const vectors = Array.from({ length: TILES }, () => randomVector(random, DIMENSIONS));
  const [itemId = 0] = addItems(archive, row, [{ kind: 'slide', regionKind: 'tile', vectors }]);
  const labelCount = 200;
  const labels = new Float32Array(labelCount * DIMENSIONS).fill(0.125);
  const target = { is: 'items', itemIds: [itemId] } as const;
  const setup = {
    databasePath: archive.databasePath,
    modelId: row.id,
    target,
    labels,
    labelCount,
    topTiles: 8,
  };

  const started = performance.now();
  for await (const chunk of scanItems(setup)) expect(chunk.itemIds).toEqual([itemId]);
  const whole = performance.now() - started;
  await expect.poll(threads).toBe(0);

  const abort = new AbortController();
  const first = scanItems(setup, abort.signal).next();
  await new Promise((resolve) => setTimeout(resolve, whole / 3));
  const cancelled = performance.now();
  abort.abort();
  await expect(first).rejects.toMatchObject({ code: 'request.cancelled' });
  const answered = performance.now() - cancelled;
  while (threads() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const gone = performance.now() - cancelled;
  expect(answered).toBeLessThan(50);
  expect(gone).toBeLessThan(whole / 2);
}, 60_000);
