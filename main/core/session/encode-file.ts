import { resolve } from 'node:path';
import type { fileMethods } from '../../../preload/contract/files.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { z } from 'zod';
import { findBundle } from '../encode/bundles.ts';
import { createEncoder, type Encoder } from '../encode/encoder.ts';
import { readNpy, writeNpy } from '../encode/npy.ts';
import type { Program } from './program.ts';

type Request = z.output<(typeof fileMethods)['model.encode']['input']>;
type Answer = z.output<(typeof fileMethods)['model.encode']['output']>;

/**
 * Encodes texts, picture files or prepared pictures and writes the vectors as .npy: how a bundle is compared with
 * another program's numbers.
 *
 * @throws ArchiveError `model.missing`, `model.precision`, `device.unavailable`, `file.unsupported` for a .npy of
 *   another shape, and what reading the pictures throws.
 */
export async function encodeFile(program: Program, request: Request, signal: AbortSignal): Promise<Answer> {
  const started = performance.now();
  const { models } = program;
  const { folder } = await findBundle(request.modelId, models.places);
  const device = models.device();
  const encoder = await createEncoder({
    folder,
    runtimes: models.runtimes,
    ...(request.precision === undefined ? {} : { precision: request.precision }),
    ...(device === undefined ? {} : { device }),
  });
  try {
    const { vectors, truncatedWords } = await vectorsOf(program, encoder, request.input, signal);
    const { dimensions } = encoder.manifest;
    const rows = vectors.length / dimensions;
    const path = resolve(request.out);
    await writeNpy(path, vectors, [rows, dimensions]).catch((cause: unknown) => {
      throw new ArchiveError('file.unwritable', { path }, { cause });
    });
    const tookMs = performance.now() - started;
    return { path, rows, dimensions, device: encoder.device.name, truncatedWords, tookMs };
  } finally {
    await encoder.close();
  }
}

async function vectorsOf(program: Program, encoder: Encoder, input: Request['input'], signal: AbortSignal) {
  if (input.is === 'texts') {
    const { vectors, truncatedWords } = await encoder.encodeTexts(input.texts, signal);
    return { vectors, truncatedWords: [...truncatedWords] };
  }
  if (input.is === 'tensors')
    return { vectors: await fromNpy(encoder, input.path, signal), truncatedWords: [] };
  const { preprocessing, dimensions } = encoder.manifest;
  const vectors = new Float32Array(input.paths.length * dimensions);
  for (const [index, path] of input.paths.entries()) {
    const { regions } = await program.pool.read({ path: resolve(path), preprocessing, frames: [0] }, signal);
    const pixels = regions[0]?.pixels;
    if (!pixels) throw new ArchiveError('file.no-picture', { path });
    vectors.set(await encoder.encodeImages(pixels, 1, signal), index * dimensions);
  }
  return { vectors, truncatedWords: [] };
}

async function fromNpy(encoder: Encoder, path: string, signal: AbortSignal): Promise<Float32Array> {
  const { shape, data } = await readNpy(resolve(path));
  const { sizePx } = encoder.manifest.preprocessing;
  const [count = 0, ...picture] = shape;
  const fits = (expected: readonly number[]) => picture.join() === expected.join();
  if (data instanceof Uint8Array && fits([sizePx, sizePx, 3]))
    return encoder.encodeImages(data, count, signal);
  if (data instanceof Float32Array && fits([3, sizePx, sizePx]))
    return encoder.encodeTensors(data, count, signal);
  throw new ArchiveError('file.unsupported', {
    path,
    what: `an array of ${shape.join(' × ')}`,
    expected: `uint8 n × ${sizePx} × ${sizePx} × 3 or float32 n × 3 × ${sizePx} × ${sizePx}`,
  });
}
