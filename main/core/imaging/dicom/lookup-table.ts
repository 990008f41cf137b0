import type { LookupTable } from '../../domain/window-level.ts';
import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { items, numbers, valueBytes } from './values.ts';

/** The three values of a LUT descriptor (PS3.3 C.11.1.1.1). */
export interface LutDescriptor {
  readonly entries: number;
  readonly first: number;
  readonly bits: number;
}

/**
 * Reads a LUT descriptor. 0 entries stand for 65,536; the first input value is signed where the input is, whatever
 * VR the writer chose.
 */
export function lutDescriptor(dataSet: DataSet, tag: number, signed: boolean): LutDescriptor | undefined {
  const [entries, first, bits] = numbers(dataSet, tag, 'US');
  if (entries === undefined || first === undefined || bits === undefined) return undefined;
  const count = entries & 0xffff || 65_536;
  const low = first & 0xffff;
  return { entries: count, first: signed && low > 0x7fff ? low - 0x10000 : low, bits: bits > 16 ? 16 : bits };
}

/** The first LUT of a Modality or VOI LUT Sequence, or undefined where there is none that can be used. */
export function lutOf(dataSet: DataSet, sequence: number, signed: boolean): LookupTable | undefined {
  const item = items(dataSet, sequence)[0];
  const descriptor = item && lutDescriptor(item, tags.lutDescriptor, signed);
  if (!item || !descriptor) return undefined;
  const entries = lutEntries(valueBytes(item, tags.lutData), descriptor, item.bigEndian);
  return entries.length === 0 ? undefined : { first: descriptor.first, entries, bits: descriptor.bits };
}

/** LUT data as numbers: 16-bit words, or bytes where 8-bit entries were packed. A short table ends early. */
export function lutEntries(bytes: Buffer, { entries, bits }: LutDescriptor, bigEndian: boolean): Uint16Array {
  const packed = bits <= 8 && bytes.length < entries * 2;
  const count = Math.min(entries, packed ? bytes.length : bytes.length >> 1);
  const values = new Uint16Array(count);
  for (let index = 0; index < count; index++) {
    if (packed) values[index] = bytes[index] ?? 0;
    else values[index] = bigEndian ? bytes.readUInt16BE(index * 2) : bytes.readUInt16LE(index * 2);
  }
  return values;
}
