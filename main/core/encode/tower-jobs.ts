import type { BundleManifest } from './bundle.ts';
import type { TowerAnswer, TowerCall } from './encoder-messages.ts';
import { toTensor } from './preprocess.ts';
import type { Encoded, Tokenizer } from './tokenizer/tokenizer.ts';
import type { Batch, Tower } from './tower.ts';
import { checkUnitRows } from './vectors-check.ts';

/** A request in pieces: each `step` runs one batch, so that another request can come in between. */
export interface Job {
  /** Rows still to run. */
  readonly left: () => number;
  readonly step: () => Promise<void>;
  readonly answer: () => TowerAnswer;
}

export const withoutTexts = { truncatedWords: [], tokens: [], measured: null };

/** Pictures, as bytes after cropping or as values after normalising. */
export function imageJob(
  tower: Tower,
  manifest: BundleManifest,
  call: Extract<TowerCall, { kind: 'images' | 'tensors' }>,
): Job {
  const { dimensions, preprocessing } = manifest;
  const perPicture = 3 * preprocessing.sizePx ** 2;
  const vectors = new Float32Array(call.count * dimensions);
  /** What the graph is fed, batch after batch in the same memory: fresh megabytes each time keep the collector busy. */
  let fed = new Float32Array(0);
  let done = 0;

  function take(most: number): Batch {
    const count = Math.min(most, call.count - done);
    const values =
      call.kind === 'tensors'
        ? call.values.subarray(done * perPicture, (done + count) * perPicture)
        : tensors(call.pixels, done, count);
    const shape = [count, 3, preprocessing.sizePx, preprocessing.sizePx];
    return { count, feeds: { pixels: { values, shape } } };
  }

  function tensors(pixels: Uint8Array, from: number, count: number): Float32Array {
    if (fed.length < count * perPicture) fed = new Float32Array(count * perPicture);
    const values = fed.subarray(0, count * perPicture);
    for (let picture = 0; picture < count; picture += 1) {
      const at = (from + picture) * perPicture;
      toTensor(pixels.subarray(at, at + perPicture), preprocessing, values, picture * perPicture);
    }
    return values;
  }

  async function step(): Promise<void> {
    const batch = await tower.run(take);
    vectors.set(checkUnitRows(batch.vectors, batch.count, dimensions), done * dimensions);
    done += batch.count;
  }

  return { left: () => call.count - done, step, answer: () => ({ ...withoutTexts, vectors }) };
}

/** Padding is wasted work: texts run together only when the longest is at most so much longer than the shortest. */
const LONGEST_TO_SHORTEST = 1.25;
const SPARE_TOKENS = 4;

/** Texts, each at its true length, similar lengths together. */
export function textJob(
  tower: Tower,
  manifest: BundleManifest,
  tokenizer: Tokenizer,
  texts: readonly string[],
): Job {
  const { dimensions } = manifest;
  const encoded = texts.map((text) => tokenizer.encode(text));
  const order = encoded.map((_, index) => index).sort((a, b) => lengthOf(a) - lengthOf(b));
  const vectors = new Float32Array(texts.length * dimensions);
  let done = 0;

  function lengthOf(index: number): number {
    return encoded[index]?.ids.length ?? 0;
  }

  function take(most: number): Batch {
    const shortest = lengthOf(order[done] ?? 0);
    const longest = Math.max(shortest * LONGEST_TO_SHORTEST, shortest + SPARE_TOKENS);
    const rows: Encoded[] = [];
    for (const index of order.slice(done, done + most)) {
      const row = encoded[index];
      if (row === undefined || row.ids.length > longest) break;
      rows.push(row);
    }
    return { count: rows.length, feeds: textFeeds(rows, manifest.tokenizer.padId) };
  }

  async function step(): Promise<void> {
    const batch = await tower.run(take);
    const checked = checkUnitRows(batch.vectors, batch.count, dimensions);
    for (let row = 0; row < batch.count; row += 1) {
      const index = order[done + row] ?? 0;
      vectors.set(checked.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions);
    }
    done += batch.count;
  }

  const answer = () => ({
    vectors,
    truncatedWords: encoded.map(({ truncatedWords }) => truncatedWords),
    tokens: encoded.map(({ tokens }) => tokens),
    measured: null,
  });
  return { left: () => texts.length - done, step, answer };
}

function textFeeds(rows: readonly Encoded[], padId: number): Batch['feeds'] {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const ids = new BigInt64Array(rows.length * width).fill(BigInt(padId));
  const mask = new BigInt64Array(rows.length * width);
  rows.forEach((row, index) => {
    ids.set(Array.from(row.ids, BigInt), index * width);
    mask.set(Array.from(row.mask, BigInt), index * width);
  });
  const shape = [rows.length, width];
  return { ids: { values: ids, shape }, mask: { values: mask, shape } };
}
