import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { ArchiveError } from '../../../../preload/contract/faults.ts';

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
 * Runs an image graph on the processor, picture by picture as well as all at once is left to the caller.
 *
 * @throws ArchiveError `model.failed` when the runtime refuses the graph.
 */
export function runImages(path: string, pixels: Float32Array, sizePx: number): Promise<Vectors> {
  const count = pixels.length / (3 * sizePx * sizePx);
  return run(path, { pixels: new Tensor('float32', pixels, [count, 3, sizePx, sizePx]) }, 'image');
}

/** Runs a text graph on the processor. @throws ArchiveError `model.failed` */
export function runTexts(path: string, { ids, mask, count, length }: TextBatch): Promise<Vectors> {
  const shape = [count, length];
  return run(path, { ids: new Tensor('int64', ids, shape), mask: new Tensor('int64', mask, shape) }, 'text');
}

async function run(path: string, feeds: Record<string, Tensor>, output: string): Promise<Vectors> {
  try {
    const session = await InferenceSession.create(path, { executionProviders: ['cpu'], logSeverityLevel: 3 });
    try {
      const vectors = (await session.run(feeds))[output];
      if (!vectors || !(vectors.data instanceof Float32Array)) throw new Error(`no output ${output}`);
      return { data: vectors.data, dimensions: vectors.dims[1] ?? 0 };
    } finally {
      await session.release();
    }
  } catch (cause) {
    throw new ArchiveError('model.failed', { graph: output }, { cause });
  }
}
