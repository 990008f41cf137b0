import type { BundleManifest, Precision } from './bundle.ts';
import { createEncoder } from './encoder.ts';
import type { DeviceName } from './encoder-messages.ts';
import { isProven } from './precision.ts';

export interface BenchLine {
  readonly what: 'images' | 'texts';
  readonly precision: Precision;
  readonly device: DeviceName;
  /** So many at a time. */
  readonly batch: number;
  /** For one batch. */
  readonly ms: number;
  readonly perSecond: number;
}

export interface BenchOptions {
  readonly folder: string;
  readonly manifest: BundleManifest;
  readonly device?: string;
  readonly runtimes: string;
  readonly onLine?: (line: BenchLine) => void;
}

const TEXT_BATCHES = [1, 16];
const TEXT_ROUNDS = 5;

/**
 * Times a bundle on this machine: pictures in every usable precision at the batch that suits it, short texts alone
 * and several at once.
 *
 * @throws ArchiveError as `createEncoder` and its calls do.
 */
export async function benchBundle(options: BenchOptions, signal: AbortSignal): Promise<BenchLine[]> {
  const { manifest, onLine = () => {} } = options;
  const lines: BenchLine[] = [];
  const add = (line: BenchLine) => {
    lines.push(line);
    onLine(line);
  };
  const precisions = Object.keys(manifest.precisions) as Precision[];
  for (const precision of precisions.filter((one) => isProven(manifest, one))) {
    add(await benchImages(options, precision, signal));
  }
  for (const line of await benchTexts(options, signal)) add(line);
  return lines;
}

async function benchImages(
  options: BenchOptions,
  precision: Precision,
  signal: AbortSignal,
): Promise<BenchLine> {
  const encoder = await createEncoder({ ...options, precision });
  try {
    const { device, batchSize: batch, msPerPicture } = await encoder.prepareImages(signal);
    const each = msPerPicture ?? NaN;
    return { what: 'images', precision, device, batch, ms: each * batch, perSecond: 1000 / each };
  } finally {
    await encoder.close();
  }
}

async function benchTexts(options: BenchOptions, signal: AbortSignal): Promise<BenchLine[]> {
  const encoder = await createEncoder(options);
  try {
    await encoder.encodeTexts(['chest x-ray'], signal);
    let asked = 0;
    const lines: BenchLine[] = [];
    for (const batch of TEXT_BATCHES) {
      const times: number[] = [];
      for (let round = 0; round < TEXT_ROUNDS; round += 1) {
        // Numbered, since a repeated text would be answered from memory.
        const texts = Array.from({ length: batch }, () => `chest x-ray with effusion ${(asked += 1)}`);
        const before = performance.now();
        await encoder.encodeTexts(texts, signal);
        times.push(performance.now() - before);
      }
      const ms = times.sort((a, b) => a - b)[TEXT_ROUNDS >> 1] ?? NaN;
      const { precision, device } = encoder.texts;
      lines.push({ what: 'texts', precision, device, batch, ms, perSecond: (1000 * batch) / ms });
    }
    return lines;
  } finally {
    await encoder.close();
  }
}
