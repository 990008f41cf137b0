import type { FileBytes } from './file-bytes.ts';

/** Text of a TIFF or of an EXIF block that may name somebody, and whether a position is in it. */
export interface ExifFields {
  readonly owners: readonly string[];
  readonly captions: readonly string[];
  readonly position: boolean;
}

const EXIF_IFD = 34665;
const GPS_IFD = 34853;
const GPS_LATITUDE = 2;
const GPS_LONGITUDE = 4;

/** Artist, HostComputer, XPAuthor; CameraOwnerName, Photographer of Exif 3. */
const ownerTags: ReadonlySet<number> = new Set([315, 316, 0x9c9d, 0xa430, 0xa437]);
/** DocumentName, ImageDescription, PageName; XPTitle, XPComment, XPSubject; UserComment. */
const captionTags: ReadonlySet<number> = new Set([269, 270, 285, 0x9c9b, 0x9c9c, 0x9c9f, 0x9286]);
/** The XP tags are UTF-16. */
const isWide = (tag: number) => tag >= 0x9c9b && tag <= 0x9c9f;

const MOST_DIRECTORIES = 64;
const MOST_ENTRIES = 1024;
const LONGEST_TEXT = 4096;
const typeSizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  7: 1,
  13: 4,
  16: 8,
  18: 8,
};

/**
 * Walks the directories of a TIFF, BigTIFF or EXIF block: the chain of pages, and the EXIF and GPS directories below
 * them (TIFF 6.0 section 2; Exif 2.32 section 4.6). Damage ends the walk with what was found.
 */
export async function exifFields(file: FileBytes): Promise<ExifFields> {
  const owners: string[] = [];
  const captions: string[] = [];
  let position = false;
  const head = await file.read(0, 16);
  if (head.length < 8) return { owners, captions, position };
  const little = head[0] === 0x49;
  const u16 = (bytes: Buffer, at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const u64 = (bytes: Buffer, at: number) =>
    Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  const big = u16(head, 2) === 43 && head.length >= 16;
  const offsetAt = (bytes: Buffer, at: number) => (big ? u64(bytes, at) : u32(bytes, at));
  const entrySize = big ? 20 : 12;
  const countSize = big ? 8 : 2;
  const offsetSize = big ? 8 : 4;

  const waiting: { at: number; gps: boolean }[] = [{ at: offsetAt(head, big ? 8 : 4), gps: false }];
  const seen = new Set<number>();
  for (let next = waiting.shift(); next && seen.size < MOST_DIRECTORIES; next = waiting.shift()) {
    const { at, gps } = next;
    if (at <= 0 || at >= file.size || seen.has(at)) continue;
    seen.add(at);
    const counted = await file.read(at, countSize);
    if (counted.length < countSize) continue;
    const count = big ? u64(counted, 0) : u16(counted, 0);
    if (count > MOST_ENTRIES) continue;
    const directory = await file.read(at + countSize, count * entrySize + offsetSize);
    for (let entry = 0; (entry + 1) * entrySize <= directory.length && entry < count; entry++)
      await look(directory, entry * entrySize, gps);
    if (directory.length === count * entrySize + offsetSize)
      waiting.push({ at: offsetAt(directory, count * entrySize), gps: false });
  }
  return { owners, captions, position };

  async function look(directory: Buffer, at: number, gps: boolean): Promise<void> {
    const tag = u16(directory, at);
    const valueAt = at + (big ? 12 : 8);
    if (gps) position ||= tag === GPS_LATITUDE || tag === GPS_LONGITUDE;
    else if (tag === EXIF_IFD || tag === GPS_IFD)
      waiting.push({ at: offsetAt(directory, valueAt), gps: tag === GPS_IFD });
    else if (ownerTags.has(tag)) owners.push(await textAt(directory, at, tag));
    else if (captionTags.has(tag)) captions.push(await textAt(directory, at, tag));
  }

  async function textAt(directory: Buffer, at: number, tag: number): Promise<string> {
    const count = big ? u64(directory, at + 4) : u32(directory, at + 4);
    const length = Math.min(count * (typeSizes[u16(directory, at + 2)] ?? 1), LONGEST_TEXT);
    const valueAt = at + (big ? 12 : 8);
    const bytes =
      length <= offsetSize
        ? directory.subarray(valueAt, valueAt + length)
        : await file.read(offsetAt(directory, valueAt), length);
    // UserComment begins with eight bytes that name its character code.
    const text = bytes.toString(isWide(tag) ? 'utf16le' : 'latin1').replace(/^(ASCII|UNICODE|JIS)\0+/, '');
    return text.replaceAll('\0', ' ').trim();
  }
}
