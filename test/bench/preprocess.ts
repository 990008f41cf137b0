import { parseArgs } from 'node:util';

import sharp from 'sharp';

import type { Preprocessing } from '../../main/core/encode/bundle.ts';
import { preprocess } from '../../main/core/encode/preprocess.ts';

const rule: Preprocessing = {
  version: '1',
  sizePx: 224,
  resize: 'shortest',
  interpolation: 'bicubic',
  cropRounding: 'open_clip',
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

/**
 * Our exact bicubic against sharp's cubic resize and crop of the same decoded pixels, in turns in one run, one
 * thread each. `--rounds N` (default 15) measured rounds per size.
 *
 * @returns medians in milliseconds per size, and `ratio` = sharp / ours (above 1: ours is faster).
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '15' } },
    strict: false,
  });
  const rounds = Number(values.rounds);
  sharp.concurrency(1);
  sharp.cache(false);
  const sizes: Record<string, unknown> = {};
  for (const [width, height] of [
    [512, 512],
    [1024, 1024],
    [3000, 2000],
  ] as const) {
    sizes[`${width}x${height}`] = await compare(width, height, rounds);
  }
  return { bench: 'preprocess', rounds, sizes };
}

async function compare(width: number, height: number, rounds: number): Promise<Record<string, number>> {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 1) data[at] = Math.imul(at, 2654435761) >>> 24;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = -3; round < rounds; round += 1) {
    const ourMs = await timed(() => preprocess({ width, height, channels: 3, data }, rule));
    const sharpMs = await timed(() => withSharp(data, width, height));
    if (round < 0) continue;
    ours.push(ourMs);
    theirs.push(sharpMs);
  }
  const oursMs = median(ours);
  const sharpMs = median(theirs);
  return { oursMs, sharpMs, ratio: sharpMs / oursMs };
}

async function withSharp(data: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const short = Math.min(width, height);
  const resized = { width: Math.trunc((224 * width) / short), height: Math.trunc((224 * height) / short) };
  return await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ ...resized, fit: 'fill', kernel: 'cubic' })
    .extract({
      left: Math.floor((resized.width - 224) / 2),
      top: Math.floor((resized.height - 224) / 2),
      width: 224,
      height: 224,
    })
    .raw()
    .toBuffer();
}

async function timed(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(2));
}
