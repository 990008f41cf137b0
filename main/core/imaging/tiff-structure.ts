import type { FileBytes } from './file-bytes.ts';

/** One image file directory, as far as deciding what kind of TIFF it is needs it. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly tiled: boolean;
  /** NewSubfileType bit 0: a smaller copy of another page. */
  readonly reduced: boolean;
  readonly subPages: number;
  /** ImageDescription and Software, at most 512 characters together; may identify the scanner. */
  readonly description: string;
  readonly tags: ReadonlySet<number>;
}

const MOST_PAGES = 10_000;
const MOST_ENTRIES = 4096;
const DESCRIPTION_BYTES = 512;

const tag = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  imageDescription: 270,
  software: 305,
  tileWidth: 322,
  subIfds: 330,
} as const;

const typeSizes: Readonly<Record<number, number>> = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}; // prettier-ignore

/**
 * The pages of a TIFF or BigTIFF (TIFF 6.0 section 2; BigTIFF 43), read by range. Damage ends the list: what
 * was understood so far is returned, and decoding will say what is wrong.
 */
export async function tiffPages(file: FileBytes): Promise<TiffPage[]> {
  const head = await file.read(0, 16);
  if (head.length < 8) return [];
  const little = head[0] === 0x49;
  const big = (little ? head.readUInt16LE(2) : head.readUInt16BE(2)) === 43;
  const u16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const u64 = (bytes: Buffer, at: number) =>
    Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  const offset = (bytes: Buffer, at: number) => (big ? u64(bytes, at) : u32(bytes, at));
  const entrySize = big ? 20 : 12;
  const offsetSize = big ? 8 : 4;

  const pages: TiffPage[] = [];
  const seen = new Set<number>();
  if (big && head.length < 16) return pages;
  let at = offset(head, big ? 8 : 4);
  while (at > 0 && at < file.size && !seen.has(at) && pages.length < MOST_PAGES) {
    seen.add(at);
    const countBytes = await file.read(at, big ? 8 : 2);
    if (countBytes.length < (big ? 8 : 2)) break;
    const count = big ? u64(countBytes, 0) : u16(countBytes, 0);
    if (count === 0 || count > MOST_ENTRIES) break;
    const start = at + countBytes.length;
    const directory = await file.read(start, count * entrySize + offsetSize);
    if (directory.length < count * entrySize) break;
    pages.push(await pageOf(directory, count));
    if (directory.length < count * entrySize + offsetSize) break;
    at = offset(directory, count * entrySize);
  }
  return pages;

  async function pageOf(directory: Buffer, count: number): Promise<TiffPage> {
    const numbers = new Map<number, number>();
    const counts = new Map<number, number>();
    let description = '';
    for (let entry = 0; entry < count; entry++) {
      const from = entry * entrySize;
      const id = u16(directory, from);
      const type = u16(directory, from + 2);
      const values = big ? u64(directory, from + 4) : u32(directory, from + 4);
      const valueAt = from + (big ? 12 : 8);
      counts.set(id, values);
      numbers.set(id, type === 3 ? u16(directory, valueAt) : offset(directory, valueAt));
      if (id === tag.imageDescription || id === tag.software) {
        const length = Math.min(values * (typeSizes[type] ?? 1), DESCRIPTION_BYTES);
        const text =
          length <= offsetSize
            ? directory.subarray(valueAt, valueAt + length)
            : await file.read(offset(directory, valueAt), length);
        description += text.toString('latin1').split('\0')[0] + '\n';
      }
    }
    return {
      width: numbers.get(tag.imageWidth) ?? 0,
      height: numbers.get(tag.imageLength) ?? 0,
      tiled: numbers.has(tag.tileWidth),
      reduced: ((numbers.get(tag.newSubfileType) ?? 0) & 1) === 1,
      subPages: numbers.has(tag.subIfds) ? (counts.get(tag.subIfds) ?? 0) : 0,
      description,
      tags: new Set(numbers.keys()),
    };
  }
}
