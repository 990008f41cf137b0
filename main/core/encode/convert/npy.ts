import { readFileSync } from 'node:fs';

/** An array as numpy saves it. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/**
 * Reads a `.npy` file of float32, int32 or uint8 in C order.
 *
 * @returns null when there is no such file or it holds something else.
 * @see numpy.lib.format, version 1.0
 */
export function readNumpy(path: string): NumpyArray | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return null;
  }
  if (bytes.length < 10 || bytes.toString('latin1', 1, 6) !== 'NUMPY') return null;
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, start);
  const type = /'descr': '([^']+)'/.exec(header)?.[1];
  const sizes = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (sizes === undefined || !header.includes("'fortran_order': False")) return null;
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length) as ArrayBuffer;
  if (type === '<f4') return { shape, data: new Float32Array(data) };
  if (type === '<i4') return { shape, data: new Int32Array(data) };
  if (type === '|u1') return { shape, data: new Uint8Array(data) };
  return null;
}
