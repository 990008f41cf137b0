import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { lutDescriptor, lutEntries, type LutDescriptor } from './lookup-table.ts';
import type { StoredValues } from './native-pixels.ts';
import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { valueBytes } from './values.ts';

const channels = [
  [tags.redPaletteDescriptor, tags.redPalette, tags.segmentedRedPalette],
  [tags.greenPaletteDescriptor, tags.greenPalette, tags.segmentedGreenPalette],
  [tags.bluePaletteDescriptor, tags.bluePalette, tags.segmentedBluePalette],
] as const;

/**
 * Indices of a PALETTE COLOR image as 8-bit RGB (PS3.3 C.7.6.3.1.5 and C.7.9). Indices below the first entry take
 * the first, above the last the last.
 *
 * @throws ArchiveError `dicom.inconsistent` where a table is missing or empty.
 */
export function paletteToRgb(values: StoredValues, dataSet: DataSet, signed: boolean): Uint8Array {
  const tables = channels.map(([descriptorTag, plainTag, segmentedTag]) => {
    const descriptor = lutDescriptor(dataSet, descriptorTag, signed);
    if (!descriptor)
      throw new ArchiveError('dicom.inconsistent', { at: 'PaletteColorLookupTableDescriptor' });
    const plain = valueBytes(dataSet, plainTag);
    const entries =
      plain.length > 0
        ? lutEntries(plain, descriptor, dataSet.bigEndian)
        : expandSegments(valueBytes(dataSet, segmentedTag), descriptor, dataSet.bigEndian);
    if (entries.length === 0)
      throw new ArchiveError('dicom.inconsistent', { at: 'PaletteColorLookupTableData' });
    return { entries, descriptor };
  });
  // Some writers state 16 bits and store 8; a whole palette below 256 would be black.
  const deep = tables.some(({ entries }) => entries.some((value) => value > 255));
  const shift = deep ? 8 : 0;

  const rgb = new Uint8Array(values.length * 3);
  tables.forEach(({ entries, descriptor: { first } }, channel) => {
    const last = entries.length - 1;
    for (let pixel = 0; pixel < values.length; pixel++) {
      const index = Math.min(Math.max((values[pixel] ?? 0) - first, 0), last);
      rgb[pixel * 3 + channel] = (entries[index] ?? 0) >> shift;
    }
  });
  return rgb;
}

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;

/**
 * Segmented palette data (PS3.3 C.7.9.2): runs of entries, lines from the last entry to a new one, and copies of
 * earlier segments by byte offset.
 */
export function expandSegments(
  bytes: Buffer,
  { entries, bits }: LutDescriptor,
  bigEndian: boolean,
): Uint16Array {
  const wide = bits > 8;
  const size = wide ? 2 : 1;
  const words = Math.floor(bytes.length / size);
  const word = (index: number) =>
    wide ? (bigEndian ? bytes.readUInt16BE(index * 2) : bytes.readUInt16LE(index * 2)) : (bytes[index] ?? 0);
  const values = new Uint16Array(entries);
  let filled = 0;

  /** Reads `count` segments from word `at` on; those that an indirect one names may not be indirect themselves. */
  function run(at: number, count: number, nested: boolean): void {
    for (let segment = 0; segment < count && at + 1 < words && filled < entries; segment++) {
      const operation = word(at);
      const length = word(at + 1);
      at += 2;
      if (operation === DISCRETE) {
        for (let index = 0; index < length && at + index < words && filled < entries; index++)
          values[filled++] = word(at + index);
        at += length;
      } else if (operation === LINEAR && at < words) {
        const from = values[filled - 1] ?? 0;
        const to = word(at++);
        for (let index = 1; index <= length && filled < entries; index++)
          values[filled++] = Math.round(from + ((to - from) * index) / length);
      } else if (operation === INDIRECT && !nested && at + (wide ? 1 : 3) < words) {
        const offset = wide ? word(at) + word(at + 1) * 0x10000 : bytes.readUInt32LE(at);
        at += wide ? 2 : 4;
        run(Math.floor(offset / size), length, true);
      } else return;
    }
  }

  run(0, Number.MAX_SAFE_INTEGER, false);
  return values.subarray(0, filled);
}
