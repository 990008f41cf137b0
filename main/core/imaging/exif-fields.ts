import { describedFields, type FoundField } from './described-identity.ts';
import type { FileBytes } from './file-bytes.ts';
import { iptcFields, xmpFields } from './xmp-fields.ts';

/** What a TIFF or an EXIF block says of persons and places. */
export interface ExifFields {
  readonly found: readonly FoundField[];
  /** Every directory and every text was read; false where damage, or a limit, ended the walk. */
  readonly whole: boolean;
}

const SUB_IFDS = 330;
const EXIF_IFD = 34665;
const GPS_IFD = 34853;
const GPS_LATITUDE = 2;
const GPS_LONGITUDE = 4;

/** Artist, HostComputer, XPAuthor; CameraOwnerName, Photographer of Exif 3. */
const ownerTags: ReadonlySet<number> = new Set([315, 316, 0x9c9d, 0xa430, 0xa437]);
/** DocumentName, PageName: names of files, or of what somebody called the picture. */
const titleTags: ReadonlySet<number> = new Set([269, 285]);
/** ImageDescription, Copyright, XPTitle, XPComment, XPSubject, UserComment; Hamamatsu's properties. */
const captionTags: ReadonlySet<number> = new Set([270, 33432, 0x9c9b, 0x9c9c, 0x9c9f, 0x9286, 65449]);
/** What Hamamatsu's scanners read from the label. */
const NDPI_SLIDE_LABEL = 65427;
const XMP = 700;
const IPTC = 33723;
/** The XP tags are UTF-16. */
const isWide = (tag: number) => tag >= 0x9c9b && tag <= 0x9c9f;

const MOST_DIRECTORIES = 5000;
const MOST_ENTRIES = 1024;
const LONGEST_VALUE = 4 * 1024 * 1024;
/** Of all texts of a file together: pages repeat their description. */
const MOST_BYTES = 64 * 1024 * 1024;
const typeSizes: Readonly<Record<number, number>> = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 13: 4, 16: 8, 18: 8,
}; // prettier-ignore

/**
 * Walks the directories of a TIFF, BigTIFF or EXIF block: the chain of pages, and the smaller copies, EXIF and GPS
 * directories below them (TIFF 6.0 section 2; Exif 2.32 section 4.6). Damage ends the walk with what was found.
 */
export async function exifFields(file: FileBytes): Promise<ExifFields> {
  const found: FoundField[] = [];
  const texts = new Set<string>();
  let left = MOST_BYTES;
  let whole = true;
  const head = await file.read(0, 16);
  if (head.length < 8) return { found, whole: false };
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
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { at, gps } = next;
    if (at === 0 || seen.has(at)) continue;
    if (at >= file.size || seen.size >= MOST_DIRECTORIES) {
      whole = false;
      continue;
    }
    seen.add(at);
    const counted = await file.read(at, countSize);
    const count = counted.length < countSize ? 0 : big ? u64(counted, 0) : u16(counted, 0);
    if (count === 0 || count > MOST_ENTRIES) {
      whole = false;
      continue;
    }
    const directory = await file.read(at + countSize, count * entrySize + offsetSize);
    for (let entry = 0; (entry + 1) * entrySize <= directory.length && entry < count; entry++)
      await look(directory, entry * entrySize, gps);
    if (directory.length === count * entrySize + offsetSize)
      waiting.push({ at: offsetAt(directory, count * entrySize), gps: false });
    else whole &&= directory.length === count * entrySize;
  }
  return { found, whole };

  async function look(directory: Buffer, at: number, gps: boolean): Promise<void> {
    const tag = u16(directory, at);
    const valueAt = at + (big ? 12 : 8);
    if (gps) {
      if (tag === GPS_LATITUDE || tag === GPS_LONGITUDE) found.push({ field: 'gpsPosition', value: '' });
    } else if (tag === EXIF_IFD || tag === GPS_IFD)
      waiting.push({ at: offsetAt(directory, valueAt), gps: tag === GPS_IFD });
    else if (tag === SUB_IFDS) {
      const offsets = await bytesAt(directory, at);
      const step = typeSizes[u16(directory, at + 2)] === 8 ? 8 : 4;
      for (let from = 0; from + step <= offsets.length; from += step)
        waiting.push({ at: step === 8 ? u64(offsets, from) : u32(offsets, from), gps: false });
    } else if (tag === IPTC) found.push(...iptcFields(await bytesAt(directory, at)));
    else if (ownerTags.has(tag)) found.push({ field: 'owner', value: await textAt(directory, at, tag) });
    else if (titleTags.has(tag)) found.push({ field: 'title', value: await textAt(directory, at, tag) });
    else if (tag === NDPI_SLIDE_LABEL)
      found.push({ field: 'accession', value: await textAt(directory, at, tag) });
    else if (captionTags.has(tag) || tag === XMP) {
      const text = await textAt(directory, at, tag);
      if (texts.has(text)) return;
      texts.add(text);
      // Ventana keeps its own XML where XMP stands.
      found.push(...(/<(?:x:xmpmeta|rdf:RDF)\b/.test(text) ? xmpFields(text) : describedFields(text)));
    }
  }

  async function bytesAt(directory: Buffer, at: number): Promise<Buffer> {
    const count = big ? u64(directory, at + 4) : u32(directory, at + 4);
    const length = count * (typeSizes[u16(directory, at + 2)] ?? 1);
    const valueAt = at + (big ? 12 : 8);
    const most = Math.min(LONGEST_VALUE, left);
    if (length > most) whole = false;
    if (length <= offsetSize) return directory.subarray(valueAt, valueAt + length);
    const wanted = Math.min(length, most);
    const bytes = await file.read(offsetAt(directory, valueAt), wanted);
    // Part of it, or all, lies outside of the file.
    if (bytes.length < wanted) whole = false;
    left -= bytes.length;
    return bytes;
  }

  async function textAt(directory: Buffer, at: number, tag: number): Promise<string> {
    const bytes = await bytesAt(directory, at);
    // UserComment begins with eight bytes that name its character code.
    const text = (isWide(tag) ? bytes.toString('utf16le') : utf8OrLatin1(bytes)).replace(
      /^(ASCII|UNICODE|JIS)\0+/,
      '',
    );
    return text.replaceAll('\0', ' ').trim();
  }
}

/** TIFF says ASCII; writers use either. */
function utf8OrLatin1(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text;
}
