import { describedFields, type FoundField } from './described-identity.ts';
import { exifFields } from './exif-fields.ts';
import { bytesOf, type FileBytes } from './file-bytes.ts';
import type { RasterFormat } from './sniff.ts';
import { iptcFields, xmpFields } from './xmp-fields.ts';

/** What a picture's own format says in words, beside EXIF, XMP and IPTC where its decoder finds those. */
export interface CommentFields {
  readonly found: readonly FoundField[];
  /** The walk came to the picture, or to the end of the file. */
  readonly whole: boolean;
}

/** Called with what was found in a piece of the file. */
type Found = (fields: readonly FoundField[]) => void;
/** Part of the file; null where all parts together would be too much. */
type Part = (at: number, length: number) => Promise<Buffer | null>;

/** Of all texts of a file together. */
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PIECES = 10_000;
/** GIF is walked to its end: comments may stand behind its last frame. */
const LARGEST_GIF = 64 * 1024 * 1024;

/** JPEG's comment segments, GIF's comment extensions, boxes and comments of JPEG 2000. */
export async function commentFields(file: FileBytes, format: RasterFormat): Promise<CommentFields> {
  const found: FoundField[] = [];
  const add: Found = (fields) => found.push(...fields);
  let left = MOST_BYTES;
  const part: Part = async (at, length) => {
    left -= length;
    return left < 0 ? null : await file.read(at, length);
  };
  switch (format) {
    case 'jpeg':
      return { found, whole: await jpegComments(file, part, add) };
    case 'gif':
      return { found, whole: file.size <= LARGEST_GIF && gifComments(await file.read(0, file.size), add) };
    case 'jp2':
      return { found, whole: await jp2Boxes(file, part, add) };
    default:
      return { found, whole: true };
  }
}

/** Segments up to the first scan (ITU-T T.81 B.1.1.3 and B.2.4.5). */
async function jpegComments(file: FileBytes, part: Part, add: Found): Promise<boolean> {
  let at = 2;
  for (let piece = 0; piece < MOST_PIECES; piece++) {
    const head = await file.read(at, 4);
    if (head.length < 4 || head[0] !== 0xff) return false;
    const marker = head[1] ?? 0;
    if (marker === 0xda) return true;
    if (marker === 0xff) {
      // A fill byte.
      at += 1;
      continue;
    }
    const length = head.readUInt16BE(2);
    if (length < 2) return false;
    if (marker === 0xfe) {
      const text = await part(at + 4, length - 2);
      if (!text) return false;
      add(described(text));
    }
    at += 2 + length;
  }
  return false;
}

/** Blocks up to the trailer (GIF89a, sections 18 to 27). */
function gifComments(bytes: Buffer, add: Found): boolean {
  const table = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + table(bytes[10] ?? 0);
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === 0x3b) return true;
    if (kind === 0x2c) at += 11 + table(bytes[at + 9] ?? 0);
    else if (kind === 0x21) at += 2;
    else return false;
    const isComment = kind === 0x21 && bytes[at - 1] === 0xfe;
    const parts: Buffer[] = [];
    for (let size = bytes[at]; size !== 0; size = bytes[at]) {
      if (size === undefined) return false;
      if (isComment) parts.push(bytes.subarray(at + 1, at + 1 + size));
      at += 1 + size;
    }
    at += 1;
    if (isComment) add(described(Buffer.concat(parts)));
  }
  return false;
}

/** Identifiers of UUID boxes: XMP, EXIF and IPTC. */
const uuids: Readonly<Record<string, 'xmp' | 'exif' | 'iptc'>> = {
  be7acfcb97a942e89c71999491e3afac: 'xmp',
  '4a706754696666457869662d3e4a5032': 'exif',
  '33c7a4d2b81d4723a0baf1a3e097ad38': 'iptc',
};

/** Boxes of the outermost level (ITU-T T.800 I.4), or the header of a bare codestream. */
async function jp2Boxes(file: FileBytes, part: Part, add: Found): Promise<boolean> {
  if ((await file.read(0, 2)).readUInt16BE(0) === 0xff4f) return await codestreamComments(file, 0, part, add);
  let whole = true;
  for (let at = 0, piece = 0; at < file.size && piece < MOST_PIECES; piece++) {
    const head = await file.read(at, 16);
    if (head.length < 8) return false;
    const short = head.readUInt32BE(0);
    const isLong = short === 1;
    if (isLong && head.length < 16) return false;
    const size = isLong ? Number(head.readBigUInt64BE(8)) : short === 0 ? file.size - at : short;
    const start = at + (isLong ? 16 : 8);
    const length = at + size - start;
    if (length < 0 || at + size > file.size) return false;
    const type = head.toString('latin1', 4, 8);
    if (type === 'jp2c') whole = (await codestreamComments(file, start, part, add)) && whole;
    if (type === 'xml ' || type === 'uuid') {
      const body = await part(start, length);
      if (!body) return false;
      if (type === 'xml ') add(described(body));
      else whole = (await uuidFields(body, add)) && whole;
    }
    at += size;
  }
  return whole;
}

async function uuidFields(body: Buffer, add: Found): Promise<boolean> {
  const inside = body.subarray(16);
  switch (uuids[body.toString('hex', 0, 16)]) {
    case 'xmp':
      add(xmpFields(inside.toString('utf8')));
      return true;
    case 'iptc':
      add(iptcFields(inside));
      return true;
    case 'exif': {
      const { found, whole } = await exifFields(bytesOf(inside));
      add(found);
      return whole;
    }
    default:
      return true;
  }
}

/** Comment segments of the main header (T.800 A.9.2). */
async function codestreamComments(file: FileBytes, start: number, part: Part, add: Found): Promise<boolean> {
  let at = start + 2;
  for (let piece = 0; piece < MOST_PIECES; piece++) {
    const head = await file.read(at, 6);
    const marker = head.length < 6 ? 0 : head.readUInt16BE(0);
    if (marker === 0xff90) return true;
    if (marker < 0xff00) return false;
    const length = head.readUInt16BE(2);
    // Registration 1: text.
    if (marker === 0xff64 && head.readUInt16BE(4) === 1) {
      const text = await part(at + 6, length - 4);
      if (!text) return false;
      add(described(text));
    }
    at += 2 + length;
  }
  return false;
}

const described = (bytes: Buffer): FoundField[] =>
  describedFields(bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1').replaceAll('\0', ' '));

const isUtf8 = (bytes: Buffer) => !bytes.toString('utf8').includes('\uFFFD');
