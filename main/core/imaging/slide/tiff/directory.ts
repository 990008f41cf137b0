import type { FileBytes } from '../../file-bytes.ts';
import { unreadable } from '../slide-fault.ts';

/** One image file directory; values are read when they are asked for. */
export interface TiffDirectory {
  has(tag: number): boolean;
  /** How many values the entry says it has; 0 where it is absent. */
  count(tag: number): number;
  /** First value; undefined where the entry is absent. */
  number(tag: number): Promise<number | undefined>;
  /** All values; rationals as quotients. @throws ArchiveError `slide.unreadable` where there are more than `most`. */
  numbers(tag: number, most?: number): Promise<Float64Array>;
  bytes(tag: number, most?: number): Promise<Buffer>;
  /** ASCII up to its first NUL; '' where absent. */
  text(tag: number): Promise<string>;
}

export interface TiffFile {
  readonly big: boolean;
  /** Of the main chain, in the file's order. */
  readonly directories: readonly TiffDirectory[];
  /** Those that the SubIFDs entry of a directory points at. */
  subDirectories(parent: TiffDirectory): Promise<TiffDirectory[]>;
}

interface Entry {
  readonly type: number;
  readonly count: number;
  readonly size: number;
  readonly position: number;
}

const MOST_DIRECTORIES = 5000;
const MOST_SUB_DIRECTORIES = 64;
const MOST_ENTRIES = 1024;
const MOST_VALUES = 65_536;
const MOST_BYTES = 4 * 1024 * 1024;
const SUB_IFDS = 330;

const typeSizes: Readonly<Record<number, number>> = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}; // prettier-ignore

/**
 * Reads the directories of a TIFF or BigTIFF of either byte order (TIFF 6.0 section 2; BigTIFF version 43). A chain that
 * leads back into itself, or out of the file, is a fault, not an endless list.
 *
 * @throws ArchiveError `slide.unreadable`.
 */
export async function readTiff(file: FileBytes): Promise<TiffFile> {
  const head = await file.read(0, 16);
  if (head.length < 8) throw unreadable('no TIFF header');
  const little = head.toString('latin1', 0, 2) === 'II';
  const u16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const u64 = (bytes: Buffer, at: number) =>
    Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  const version = u16(head, 2);
  if (version !== 42 && version !== 43) throw unreadable('no TIFF header');
  const big = version === 43;
  if (big && head.length < 16) throw unreadable('ends early');
  const offset = (bytes: Buffer, at: number) => (big ? u64(bytes, at) : u32(bytes, at));
  const [entrySize, countSize, offsetSize] = big ? [20, 8, 8] : [12, 2, 4];

  const directories: TiffDirectory[] = [];
  const seen = new Set<number>();
  for (let at = offset(head, big ? 8 : 4); at !== 0;) {
    if (seen.has(at)) throw unreadable('its directories form a circle');
    if (seen.size >= MOST_DIRECTORIES) throw unreadable('more directories than any slide has');
    seen.add(at);
    const { directory, next } = await readDirectory(at);
    directories.push(directory);
    at = next;
  }
  if (directories.length === 0) throw unreadable('no directory');

  async function readDirectory(at: number): Promise<{ directory: TiffDirectory; next: number }> {
    if (at < 8 || at >= file.size) throw unreadable('a directory lies outside the file');
    const countBytes = await file.read(at, countSize);
    if (countBytes.length < countSize) throw unreadable('ends early');
    const entries = big ? u64(countBytes, 0) : u16(countBytes, 0);
    if (entries === 0 || entries > MOST_ENTRIES) throw unreadable('a directory is damaged');
    const start = at + countSize;
    const bytes = await file.read(start, entries * entrySize + offsetSize);
    if (bytes.length < entries * entrySize) throw unreadable('ends early');
    const known = new Map<number, Entry>();
    for (let index = 0; index < entries; index++) {
      const from = index * entrySize;
      const type = u16(bytes, from + 2);
      const count = big ? u64(bytes, from + 4) : u32(bytes, from + 4);
      const valueAt = from + (big ? 12 : 8);
      const size = count * (typeSizes[type] ?? 1);
      const position = size <= offsetSize ? start + valueAt : offset(bytes, valueAt);
      known.set(u16(bytes, from), { type, count, size, position });
    }
    const whole = bytes.length >= entries * entrySize + offsetSize;
    return { directory: directoryOf(known), next: whole ? offset(bytes, entries * entrySize) : 0 };
  }

  function directoryOf(known: ReadonlyMap<number, Entry>): TiffDirectory {
    async function bytesOf({ size, position }: Entry, most: number): Promise<Buffer> {
      if (size > most) throw unreadable('an entry is larger than any slide needs');
      if (position + size > file.size) throw unreadable('an entry lies outside the file');
      return await file.read(position, size);
    }
    async function numbers(tag: number, most = MOST_VALUES): Promise<Float64Array> {
      const entry = known.get(tag);
      if (!entry) return new Float64Array(0);
      if (entry.count > most) throw unreadable('an entry is larger than any slide needs');
      const bytes = await bytesOf(entry, Infinity);
      const step = typeSizes[entry.type] ?? 1;
      const values = new Float64Array(entry.count);
      for (let index = 0; index < entry.count; index++)
        values[index] = valueAt(bytes, index * step, entry.type);
      return values;
    }
    return {
      has: (tag) => known.has(tag),
      count: (tag) => known.get(tag)?.count ?? 0,
      number: async (tag) => (await numbers(tag))[0],
      numbers,
      bytes: async (tag, most = MOST_BYTES) => {
        const entry = known.get(tag);
        return entry ? await bytesOf(entry, most) : Buffer.alloc(0);
      },
      text: async (tag) => {
        const entry = known.get(tag);
        if (!entry) return '';
        return ((await bytesOf(entry, MOST_BYTES)).toString('utf8').split('\0')[0] ?? '').trim();
      },
    };
  }

  function valueAt(bytes: Buffer, at: number, type: number): number {
    switch (type) {
      case 3:
        return u16(bytes, at);
      case 4:
      case 13:
        return u32(bytes, at);
      case 5:
        return u32(bytes, at) / u32(bytes, at + 4);
      case 6:
        return bytes.readInt8(at);
      case 8:
        return little ? bytes.readInt16LE(at) : bytes.readInt16BE(at);
      case 9:
        return u32(bytes, at) | 0;
      case 10:
        return (u32(bytes, at) | 0) / (u32(bytes, at + 4) | 0);
      case 11:
        return little ? bytes.readFloatLE(at) : bytes.readFloatBE(at);
      case 12:
        return little ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at);
      case 16:
      case 17:
      case 18:
        return u64(bytes, at);
      default:
        return bytes[at] ?? 0;
    }
  }

  return {
    big,
    directories,
    async subDirectories(parent) {
      const found: TiffDirectory[] = [];
      for (const at of await parent.numbers(SUB_IFDS, MOST_SUB_DIRECTORIES)) {
        if (seen.has(at)) throw unreadable('its directories form a circle');
        seen.add(at);
        found.push((await readDirectory(at)).directory);
      }
      return found;
    },
  };
}
