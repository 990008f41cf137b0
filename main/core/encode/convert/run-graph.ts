import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { exactInt8 } from '../exact-int8.ts';

/** Rows of unit length, one after the other. */
export interface Vectors {
  readonly data: Float32Array;
  readonly dimensions: number;
}

export interface TextBatch {
  readonly ids: BigInt64Array;
  readonly mask: BigInt64Array;
  readonly count: number;
  readonly length: number;
}

/** The runtime and its version, for the record. */
export const runtimeName = `onnxruntime-node ${env.versions.node ?? env.versions.common}`;

/**
 * Runs an image graph on the processor.
 *
 * @param atOnce - how many pictures run together.
 * @throws ArchiveError `model.failed` when the runtime refuses the graph.
 */
export function runImages(
  path: string,
  pixels: Float32Array,
  sizePx: number,
  atOnce: number,
): Promise<Vectors> {
  const size = 3 * sizePx * sizePx;
  const feeds = [];
  for (let first = 0; first < pixels.length; first += atOnce * size) {
    const values = pixels.subarray(first, first + atOnce * size);
    feeds.push({ pixels: new Tensor('float32', values, [values.length / size, 3, sizePx, sizePx]) });
  }
  return run(path, feeds, 'image');
}

/** Runs a text graph on the processor. @throws ArchiveError `model.failed` */
export function runTexts(path: string, { ids, mask, count, length }: TextBatch): Promise<Vectors> {
  const shape = [count, length];
  const feeds = { ids: new Tensor('int64', ids, shape), mask: new Tensor('int64', mask, shape) };
  return run(path, [feeds], 'text');
}

async function run(
  path: string,
  batches: readonly Record<string, Tensor>[],
  output: string,
): Promise<Vectors> {
  try {
    const session = await InferenceSession.create(path, {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
      extra: { session: await exactInt8({ InferenceSession, Tensor }) },
    });
    try {
      const parts: number[][] = [];
      let dimensions = 0;
      for (const feeds of batches) {
        const vectors = (await session.run(feeds))[output];
        if (!vectors || !(vectors.data instanceof Float32Array)) throw new Error(`no output ${output}`);
        parts.push([...vectors.data]);
        dimensions = vectors.dims[1] ?? 0;
      }
      return { data: Float32Array.from(parts.flat()), dimensions };
    } finally {
      await session.release();
    }
  } catch (cause) {
    throw new ArchiveError('model.failed', { graph: output }, { cause });
  }
}
