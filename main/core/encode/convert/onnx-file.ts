import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeModel, type DataPlace, type Graph } from './onnx-model.ts';

/**
 * Weights above this go to a file of their own: the runtime maps it instead of parsing it, and protobuf itself ends
 * at 2 GiB.
 */
const MAX_INLINE_BYTES = 32 * 2 ** 20;
/** Shape inference reads small constants and looks for them only in the model itself. */
const MIN_EXTERNAL_BYTES = 1024;
/** One memory page: a mapping begins there. */
const ALIGNMENT = 4096;

/**
 * Writes a graph as `NAME.onnx` and, when it is large, its weights as `NAME.onnx.data`; one weight at a time is in
 * memory. Both are on the disk when it returns.
 *
 * @returns the names of the files, the graph first.
 */
export function writeOnnx(folder: string, name: string, graph: Graph, producer: string): string[] {
  const modelFile = `${name}.onnx`;
  const total = graph.initializers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const places =
    total > MAX_INLINE_BYTES ? writeData(folder, `${modelFile}.data`, graph) : new Map<string, DataPlace>();
  const file = openSync(join(folder, modelFile), 'wx');
  try {
    writeAll(
      file,
      encodeModel(graph, producer, (initializer) => places.get(initializer) ?? null),
    );
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return places.size > 0 ? [modelFile, `${modelFile}.data`] : [modelFile];
}

function writeData(folder: string, dataFile: string, graph: Graph): Map<string, DataPlace> {
  const places = new Map<string, DataPlace>();
  const file = openSync(join(folder, dataFile), 'wx');
  try {
    let offset = 0;
    for (const { name, sizeBytes, bytes } of graph.initializers) {
      if (sizeBytes < MIN_EXTERNAL_BYTES) continue;
      writeAll(file, bytes(), offset);
      places.set(name, { file: dataFile, offset });
      offset = Math.ceil((offset + sizeBytes) / ALIGNMENT) * ALIGNMENT;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return places;
}

function writeAll(file: number, bytes: Uint8Array, position = 0): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}
