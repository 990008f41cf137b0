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

/** A batch in the making. */
interface Filling {
  readonly tiles: readonly TilePlace[];
  readonly pixels: Uint8Array<SharedArrayBuffer>;
  readonly sharpness: number[];
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

  async function* tasks() {
    for (let first = 0; first < tiles.length; first += size) {
      const pixels = memory.pop() ?? new Uint8Array(new SharedArrayBuffer(size * bytes));
      const batch: Filling = { tiles: tiles.slice(first, first + size), pixels, sharpness: [] };
      for (let from = 0; from < batch.tiles.length; from += TILES_PER_TASK)
        yield await Promise.resolve({ batch, from });
    }
  }

  async function prepare({ batch, from }: { readonly batch: Filling; readonly from: number }) {
    const group = batch.tiles.slice(from, from + TILES_PER_TASK);
    const into = batch.pixels.subarray(from * bytes, (from + group.length) * bytes);
    const { sharpness } = await pool.slideTiles({ ...slide, tiles: group, preprocessing, into }, signal);
    return { batch, sharpness };
  }

  async function encode({ tiles: ofBatch, pixels, sharpness }: Filling): Promise<TileBatch> {
    const given = pixels.subarray(0, ofBatch.length * bytes);
    const vectors = await model.encodeImages(given, ofBatch.length, signal);
    // Not after a failure: somebody may still read there.
    memory.push(pixels);
    return { tiles: ofBatch, sharpness, vectors };
  }

  // Every decoder thread has a task and one more waits: a person who looks at a slide meanwhile stands behind these.
  const prepared = mapBounded(control.through(tasks()), pool.threads + 1, prepare);
  return mapBounded(filled(prepared), BATCHES_ENCODED, encode);
}

/** Batches whose tasks are all done. */
async function* filled(
  prepared: AsyncIterable<{ readonly batch: Filling; readonly sharpness: readonly number[] }>,
): AsyncGenerator<Filling> {
  for await (const { batch, sharpness } of prepared) {
    batch.sharpness.push(...sharpness);
    if (batch.sharpness.length === batch.tiles.length) yield batch;
  }
}
