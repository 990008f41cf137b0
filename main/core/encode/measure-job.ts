import type { BundleManifest } from './bundle.ts';
import type { Measurement } from './encoder-messages.ts';
import type { Tower } from './tower.ts';
import { imageJob, withoutTexts, type Job } from './tower-jobs.ts';

const MEASURED_RUNS = 2;
/** A larger batch has to be at least so much quicker per picture, since a query waits for it. */
const WORTH_WHILE = 0.92;
const LONGEST_BATCH_MS = 1000;
/** Pictures of which the vectors are given back, so that devices can be compared. */
export const PROBE_PICTURES = 2;

/** Times growing batches of made-up pictures until a larger one no longer pays. */
export function measureJob(tower: Tower, manifest: BundleManifest, mostRows: number): Job {
  let best: Measurement | undefined;
  let vectors = new Float32Array(0);
  let left = 1;

  async function step(): Promise<void> {
    vectors = (await timed(PROBE_PICTURES)).vectors;
    for (let rows = 1; rows <= mostRows; rows *= 2) {
      tower.setBatchSize(rows);
      await timed(rows);
      const runs = [];
      for (let run = 0; run < MEASURED_RUNS; run += 1) runs.push((await timed(rows)).ms);
      const msPerPicture = Math.min(...runs) / rows;
      if (best && msPerPicture > best.msPerPicture * WORTH_WHILE) break;
      best = { batchSize: rows, msPerPicture };
      if (msPerPicture * rows * 2 > LONGEST_BATCH_MS) break;
    }
    if (best) tower.setBatchSize(best.batchSize);
    left = 0;
  }

  async function timed(count: number): Promise<{ ms: number; vectors: Float32Array<ArrayBuffer> }> {
    const job = imageJob(tower, manifest, { kind: 'images', pixels: probePixels(manifest, count), count });
    const before = performance.now();
    while (job.left() > 0) await job.step();
    return { ms: performance.now() - before, vectors: Float32Array.from(job.answer().vectors) };
  }

  return { left: () => left, step, answer: () => ({ ...withoutTexts, vectors, measured: best ?? null }) };
}

/** Colours in slow waves, another wave per picture: unlike noise, they move a model's output. */
function probePixels({ preprocessing }: BundleManifest, count: number): Uint8Array {
  const { sizePx } = preprocessing;
  const pixels = new Uint8Array(count * sizePx * sizePx * 3);
  for (let at = 0; at < pixels.length; at += 1) {
    const pixel = Math.floor(at / 3);
    const wave =
      (pixel % sizePx) * (1 + (Math.floor(pixel / sizePx ** 2) % 3)) + Math.floor(pixel / sizePx) * 2;
    pixels[at] = 128 + 127 * Math.sin(wave / 17 + (at % 3));
  }
  return pixels;
}
