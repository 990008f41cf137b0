import { open, readFile, rename, rm } from 'node:fs/promises';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import { fileFault } from '../../../preload/contract/file-fault.ts';

export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Uint8Array | Float32Array | Float64Array | Int32Array;
}

const magic = Buffer.from('\x93NUMPY', 'latin1');
const kinds = { '|u1': Uint8Array, '<f4': Float32Array, '<f8': Float64Array, '<i4': Int32Array } as const;

/**
 * Reads a NumPy array of uint8, float32, float64 or int32, little-endian, C order.
 *
 * @throws ArchiveError `file.unsupported` when it is another kind of file or array, `file.missing`,
 *   `file.unreadable`.
 * @see numpy.lib.format, versions 1.0 to 3.0.
 */
export async function readNpy(path: string): Promise<NpyArray> {
  let file: Buffer;
  try {
    file = await readFile(path);
  } catch (cause) {
    throw fileFault(cause, { path });
  }
  return parseNpy(file, path);
}

/** The array in the bytes of a .npy file. @throws ArchiveError `file.unsupported`, as {@link readNpy} does. */
export function parseNpy(file: Buffer, path: string): NpyArray {
  const refuse = (reason: string) => new ArchiveError('file.unsupported', { path, reason });
  if (file.length < 12 || !file.subarray(0, 6).equals(magic)) throw refuse('not a .npy file');
  const wide = (file[6] as number) > 1;
  const start = wide ? 12 : 10;
  const dataAt = start + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.subarray(start, dataAt).toString('latin1');
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const dimensions = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (!/'fortran_order':\s*False/.test(header) || dimensions === undefined) throw refuse('not in C order');
  if (!(descr in kinds)) throw refuse(`values of type ${descr || 'unknown'}`);
  const shape = dimensions.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  const Kind = kinds[descr as keyof typeof kinds];
  const length = shape.reduce((product, size) => product * size, 1);
  const bytes = file.subarray(dataAt);
  if (bytes.length !== length * Kind.BYTES_PER_ELEMENT)
    throw refuse(`${bytes.length} bytes are not ${dimensions}`);
  // A copy, since the data need not lie at a multiple of four.
  return { shape, data: new Kind(new Uint8Array(bytes).buffer) };
}

/** Writes a float32 array as .npy version 1.0, under a temporary name first. @throws what `node:fs` throws. */
export async function writeNpy(path: string, data: Float32Array, shape: readonly number[]): Promise<void> {
  const length = shape.reduce((product, size) => product * size, 1);
  if (length !== data.length) throw new RangeError(`${data.length} values are not ${shape.join(' x ')}`);
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // The data begin at a multiple of 64.
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00\0\0${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);

  const temporary = `${path}.partial`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(head);
      await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
