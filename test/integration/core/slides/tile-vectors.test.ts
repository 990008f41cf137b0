import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { TilePlace } from '../../../../main/core/domain/tiling.ts';
import { createEncoder, type Encoder } from '../../../../main/core/encode/encoder.ts';
import { createDecodePool } from '../../../../main/core/ingest/decode-pool.ts';
import { gate } from '../../../../main/core/ingest/flow.ts';
import { prepareTiles } from '../../../../main/core/ingest/prepare-tiles.ts';
import { LEAST_BATCH, tileVectors, type TileBatch } from '../../../../main/core/ingest/tile-vectors.ts';
import { makeSlide } from '../../../support/generated-slide.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-tile-vectors-'));
const path = join(folder, 'slide.tif');
const pool = createDecodePool(2);
let encoder: Encoder;
let identity = 0;

beforeAll(async () => {
  await makeSlide(path, 2400, 1600);
  encoder = await createEncoder({
    folder: resolve(import.meta.dirname, '../../../../models/starter'),
    threads: 1,
  });
});
afterAll(async () => {
  await encoder.close();
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Of two sizes, since tiles of one size share their memory. */
const places = (count: number): TilePlace[] =>
  Array.from({ length: count }, (_, index) => {
    const side = index < count / 2 ? 112 : 150;
    return { x: (index % 20) * 110, y: Math.floor(index / 20) * 100, w: side, h: side };
  });

/** The stream with the real decoder threads and the real encoder; `seen` is told what is under way. */
function stream(
  tiles: readonly TilePlace[],
  abort = new AbortController(),
  seen: (underWay: number) => void = () => {},
) {
  const { preprocessing, dimensions } = encoder.manifest;
  let underWay = 0;
  const model = {
    row: { id: 1, bundleId: 'starter', identity: String(++identity), dimensions },
    preprocessing,
    batchSize: 16,
    async encodeImages(pixels: Uint8Array, count: number, signal: AbortSignal) {
      seen(++underWay);
      return await encoder.encodeImages(pixels, count, signal).finally(() => underWay--);
    },
  };
  const control = {
    signal: abort.signal,
    through: <T>(source: AsyncIterable<T>) => gate().through(source, abort.signal),
  };
  return tileVectors({ pool, model }, { path, colours: null }, tiles, control);
}

test('every tile has the vector that it has alone, whatever memory its batch was read into', async () => {
  const tiles = places(LEAST_BATCH * 5 + 7);
  const batches: TileBatch[] = [];
  let most = 0;
  for await (const batch of stream(tiles, undefined, (count) => (most = Math.max(most, count))))
    batches.push(batch);

  expect(batches.flatMap((batch) => batch.tiles)).toEqual(tiles);
  expect(batches.map((batch) => batch.tiles.length)).toEqual([...Array(5).fill(LEAST_BATCH), 7]);
  expect(most).toBe(2);
  const { preprocessing, dimensions } = encoder.manifest;
  for (const batch of batches) {
    const alone = await prepareTiles(path, batch.tiles, preprocessing);
    expect(batch.sharpness).toEqual(alone.sharpness);
    const vectors = await encoder.encodeImages(alone.pixels, batch.tiles.length);
    expect(batch.vectors).toEqual(vectors);
    expect(vectors).toHaveLength(batch.tiles.length * dimensions);
  }
});

test('does not run ahead of whoever stores the batches', async () => {
  let encoded = 0;
  const batches = stream(places(LEAST_BATCH * 8), undefined, () => encoded++);
  await batches.next();
  // Long enough for all of them.
  await new Promise((done) => setTimeout(done, 500));
  expect(encoded).toBe(2);
  await batches.return(undefined);
});

test('a tile that cannot be read ends the stream with its fault', async () => {
  const stored = stream([...places(10), { x: 0, y: 0, w: 100_000, h: 100_000 }]);
  await expect(stored.next()).rejects.toMatchObject({ code: 'request.invalid' });
});
