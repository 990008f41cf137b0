import type { Preprocessing } from '../encode/bundle.ts';
import type { ModelRow } from '../store/vectors.ts';
import type { Prepared } from './import-job.ts';

/** The model as an import needs it: one row of the archive, one rule of preparation, one function. */
export interface ImportModel {
  readonly row: ModelRow;
  readonly preprocessing: Preprocessing;
  /** Regions that make a good batch on the device in use. */
  readonly batchSize: number;
  /**
   * @param pixels - `count` prepared pictures, RGB, row-major, one after another.
   * @returns `count` · dimensions values, each vector of unit length.
   */
  encodeImages(pixels: Uint8Array, count: number, signal: AbortSignal): Promise<Float32Array>;
}

/** Encodes pictures in one model run; vectors come back in order. */
export async function encodePictures(
  model: ImportModel,
  pictures: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Float32Array[]> {
  if (pictures.length === 0) return [];
  const size = model.preprocessing.sizePx ** 2 * 3;
  const pixels = new Uint8Array(size * pictures.length);
  pictures.forEach((picture, index) => pixels.set(picture, index * size));
  const vectors = await model.encodeImages(pixels, pictures.length, signal);
  const { dimensions } = model.row;
  return pictures.map((_, index) => vectors.slice(index * dimensions, (index + 1) * dimensions));
}

/** Vectors of every region of a batch of files, in the files' order; an empty list for files without. */
export async function encodeReads(
  model: ImportModel,
  batch: readonly Prepared[],
  signal: AbortSignal,
): Promise<Float32Array[][]> {
  const regions = batch.map((result) => (result.is === 'read' ? result.read.regions : []));
  const vectors = await encodePictures(
    model,
    regions.flat().map(({ pixels }) => pixels),
    signal,
  );
  let next = 0;
  return regions.map((list) => vectors.slice(next, (next += list.length)));
}
