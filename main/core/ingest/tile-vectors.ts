import type { ColourSteps } from '../domain/stain-jitter.ts';
import type { TilePlace } from '../domain/tiling.ts';
import type { ImportParts } from './import-job.ts';
import { mapBounded } from './flow.ts';
import type { JobControl } from './job-control.ts';

/** Tiles that one transaction stores. */
export interface TileBatch {
  readonly tiles: readonly TilePlace[];
  readonly sharpness: readonly number[];
  /** Of all tiles, one after another, each of unit length. */
  readonly vectors: Float32Array;
}

/** Tiles that a decoder thread prepares at a time: enough to share the stored tiles between them. */
const TILES_PER_TASK = 16;
/** Tiles in one batch, at least: each batch is flushed to the disk, which costs as much as encoding a few tiles. */
export const LEAST_BATCH = 64;
/** Batches that the encoder has: the next one waits there when one is done. */
export const BATCHES_ENCODED = 2;

/**
 * Reads tiles of a slide with the model, batch by batch in their order.
 *
 * It is pulled: no batch is begun before there is room for it. Decoder threads write a batch's pixels into shared
 * memory and the encoder's thread reads them there, so nothing is copied between threads, and the memory of a batch that
 * was encoded is that of a later one.
 *
 * @throws ArchiveError `slide.unreadable`, `file.*`, `model.failed`, `request.cancelled`.
 */
export function tileVectors(
  { pool, model }: Pick<ImportParts, 'pool' | 'model'>,
  slide: { readonly path: string; readonly colours: ColourSteps | null },
  tiles: readonly TilePlace[],
  control: Pick<JobControl, 'signal' | 'through'>,
): AsyncGenerator<TileBatch> {
  const { preprocessing } = model;
  const { signal } = control;
  const size = Math.max(LEAST_BATCH, model.batchSize);
  const bytes = preprocessing.sizePx ** 2 * 3;
  const memory: Uint8Array<SharedArrayBuffer>[] = [];
  // Every decoder thread has a task, and there is one more.
  const ahead = Math.max(2, Math.ceil(((pool.threads + 1) * TILES_PER_TASK) / size));

  async function prepare(batch: readonly TilePlace[]) {
    const pixels = memory.pop() ?? new Uint8Array(new SharedArrayBuffer(size * bytes));
    const tasks = [];
    for (let from = 0; from < batch.length; from += TILES_PER_TASK) {
      const group = batch.slice(from, from + TILES_PER_TASK);
      const into = pixels.subarray(from * bytes, (from + group.length) * bytes);
      tasks.push(pool.slideTiles({ ...slide, tiles: group, preprocessing, into }, signal));
    }
    const prepared = await Promise.all(tasks);
    return { batch, pixels, sharpness: prepared.flatMap(({ sharpness }) => sharpness) };
  }

  async function encode({ batch, pixels, sharpness }: Awaited<ReturnType<typeof prepare>>) {
    const given = pixels.subarray(0, batch.length * bytes);
    const vectors = await model.encodeImages(given, batch.length, signal);
    // Not after a failure: somebody may still write there.
    memory.push(pixels);
    return { tiles: batch, sharpness, vectors };
  }

  const prepared = mapBounded(control.through(inBatches(tiles, size)), ahead, prepare);
  return mapBounded(prepared, BATCHES_ENCODED, encode);
}

async function* inBatches(tiles: readonly TilePlace[], size: number): AsyncGenerator<TilePlace[]> {
  for (let at = 0; at < tiles.length; at += size) yield await Promise.resolve(tiles.slice(at, at + size));
}
