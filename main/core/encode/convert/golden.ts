import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Preprocessing } from '../bundle.ts';
import { parseNpy, type NpyArray } from '../npy.ts';
import { compareVectors, worse, type Comparison } from './parity.ts';
import { runImages, runTexts, type TextBatch } from './run-graph.ts';

/** What the original program computed with this checkpoint, kept beside it. */
export interface Golden {
  readonly pixels: Float32Array<ArrayBuffer>;
  readonly image: Float32Array;
  readonly texts: TextBatch;
  readonly text: Float32Array;
}

/**
 * Looks for expected numbers beside a checkpoint: `expected.json` as a mark, `images_u8.npy` (pictures of the input
 * size), `expected_ids.npy`, `expected_attention_mask.npy`, `expected_image_norm.npy` and `expected_text_norm.npy`.
 *
 * @returns null when they are not all there.
 */
export function findGolden(folder: string, { sizePx, mean, std }: Preprocessing): Golden | null {
  if (!existsSync(join(folder, 'expected.json'))) return null;
  const read = (name: string) => arrayIn(join(folder, `${name}.npy`));
  const [pictures, ids, mask] = [read('images_u8'), read('expected_ids'), read('expected_attention_mask')];
  const [image, text] = [read('expected_image_norm')?.data, read('expected_text_norm')?.data];
  if (!pictures || !ids || !mask || !(image instanceof Float32Array) || !(text instanceof Float32Array))
    return null;
  const [count = 0, length = 0] = ids.shape;
  if (pictures.shape.slice(1).join() !== [sizePx, sizePx, 3].join() || mask.shape.join() !== ids.shape.join())
    return null;

  const plane = sizePx * sizePx;
  const pixels = new Float32Array(pictures.data.length);
  pictures.data.forEach((byte, index) => {
    const [place, channel] = [Math.floor(index / 3), index % 3];
    const target = (Math.floor(place / plane) * 3 + channel) * plane + (place % plane);
    pixels[target] = (byte / 255 - (mean[channel] ?? 0)) / (std[channel] ?? 1);
  });
  const wide = (numbers: ArrayLike<number>) => BigInt64Array.from(Array.from(numbers, BigInt));
  return { pixels, image, text, texts: { ids: wide(ids.data), mask: wide(mask.data), count, length } };
}

/** Null when there is no such file or it holds something else: then there is nothing to compare with. */
function arrayIn(path: string): NpyArray | null {
  try {
    return parseNpy(readFileSync(path), path);
  } catch {
    return null;
  }
}

/** Pictures that run together: more than one, as in use, and not many, since large models need the memory. */
const GOLDEN_AT_ONCE = 8;

/** How far the graphs are from the expected numbers. */
export async function compareGolden(
  golden: Golden,
  graphs: { readonly image: string; readonly text: string },
  sizePx: number,
): Promise<{ image: Comparison; text: Comparison }> {
  const image = compareVectors(
    await runImages(graphs.image, golden.pixels, sizePx, GOLDEN_AT_ONCE),
    golden.image,
  );
  const text = compareVectors(await runTexts(graphs.text, golden.texts), golden.text);
  return { image, text };
}

export const worseOfBoth = (
  one: { image: Comparison; text: Comparison },
  other: { image: Comparison; text: Comparison },
) => ({ image: worse(one.image, other.image), text: worse(one.text, other.text) });
