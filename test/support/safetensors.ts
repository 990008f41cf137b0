import { closeSync, openSync, writeSync } from 'node:fs';

export interface TensorEntry {
  readonly name: string;
  /** In the format's words: F32, F16, BF16, I64, … */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
  /** Made when written, so that one tensor at a time is in memory. */
  readonly bytes: () => Uint8Array;
}

/** Writes a safetensors file: the header's length (uint64), JSON, then the numbers. */
export function writeSafetensors(path: string, entries: readonly TensorEntry[]): void {
  let end = 0;
  const header = entries.map(({ name, dtype, shape, sizeBytes }) => {
    const begin = end;
    end += sizeBytes;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const json = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(header) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'w');
  try {
    for (const part of [length, json]) writeSync(file, part);
    for (const { bytes } of entries) writeSync(file, bytes());
  } finally {
    closeSync(file);
  }
}

export function floatEntry(
  name: string,
  shape: readonly number[],
  values: () => Float32Array<ArrayBuffer>,
): TensorEntry {
  const sizeBytes = 4 * shape.reduce((product, size) => product * size, 1);
  return { name, dtype: 'F32', shape, sizeBytes, bytes: () => new Uint8Array(values().buffer) };
}

/** A file of float32 tensors in memory. @param valueAt - by its place among all values. */
export function safetensorsOf(
  shapes: Readonly<Record<string, readonly number[]>>,
  valueAt: (at: number) => number,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const header = Object.entries(shapes).map(([name, shape]) => {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [at, (at += bytes)] }] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const values = Float32Array.from({ length: at / 4 }, (_, index) => valueAt(index));
  return new Uint8Array(Buffer.concat([length, json, Buffer.from(values.buffer)]));
}
