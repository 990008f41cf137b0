import type { Metadata } from 'sharp';

import { noPixelFacts, type IdentityEvidence, type IdentityField } from '../domain/identity.ts';
import { exifFields } from './exif-fields.ts';
import { withFile, type FileBytes } from './file-bytes.ts';

interface Found {
  readonly field: IdentityField;
  readonly value: string;
}

const LONGEST_XMP = 1 << 20;

/** Where XMP names people and places (XMP part 2; IPTC Photo Metadata). */
const xmpFields: readonly (readonly [field: IdentityField, element: string])[] = [
  ['gpsPosition', 'exif:GPSLatitude'],
  ['gpsPosition', 'exif:GPSLongitude'],
  ['shownPerson', 'Iptc4xmpExt:PersonInImage'],
  ['shownPerson', 'mwg-rs:Name'],
  ['owner', 'dc:creator'],
  ['owner', 'aux:OwnerName'],
  ['owner', 'exifEX:CameraOwnerName'],
  ['caption', 'dc:description'],
  ['caption', 'dc:title'],
  ['caption', 'photoshop:Headline'],
];

/** Datasets of the IPTC application record (IIM 4.2): by-line, writer, contact; headline, caption. */
const iptcFields: ReadonlyMap<number, IdentityField> = new Map([
  [80, 'owner'],
  [118, 'owner'],
  [122, 'owner'],
  [5, 'caption'],
  [105, 'caption'],
  [120, 'caption'],
]);

/** Keywords of PNG text that name its maker; all other text is a caption. */
const pngOwners = /^(author|artist|creator)$/i;
const pngBlocks = /^(raw profile|xml:|icc|date:|software$)/i;

/**
 * What the metadata of a picture says about persons and places: EXIF, XMP, IPTC, PNG text, TIFF tags.
 *
 * @param header - of the library that reads the format; left out where it has none.
 */
export async function rasterEvidence(path: string, header?: Metadata): Promise<IdentityEvidence> {
  const fields: Found[] = [];
  // Of a TIFF the file itself is the EXIF structure.
  const isTiff = header ? header.format === 'tiff' : true;
  if (isTiff) fields.push(...(await withFile(path, tiffFields)));
  if (header?.exif) fields.push(...fromExif(await exifFields(bufferOf(exifBody(header.exif)))));
  if (header?.xmp) fields.push(...fromXmp(header.xmp.subarray(0, LONGEST_XMP).toString('utf8')));
  if (header?.iptc) fields.push(...fromIptc(header.iptc));
  for (const { keyword, text } of header?.comments ?? [])
    if (!pngBlocks.test(keyword))
      fields.push({ field: pngOwners.test(keyword) ? 'owner' : 'caption', value: text });
  return { fields, pixels: noPixelFacts, statement: 'none', options: [] };
}

async function tiffFields(file: FileBytes): Promise<Found[]> {
  const mark = (await file.read(0, 4)).toString('latin1');
  return /^(II[*+]\0|MM\0[*+])/.test(mark) ? fromExif(await exifFields(file)) : [];
}

const exifBody = (exif: Buffer): Buffer =>
  exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;

const bufferOf = (buffer: Buffer): FileBytes => ({
  size: buffer.length,
  read: (position, length) => Promise.resolve(buffer.subarray(position, position + length)),
});

function fromExif({ owners, captions, position }: Awaited<ReturnType<typeof exifFields>>): Found[] {
  return [
    ...owners.map((value) => ({ field: 'owner' as const, value })),
    ...captions.map((value) => ({ field: 'caption' as const, value })),
    ...(position ? [{ field: 'gpsPosition' as const, value: '' }] : []),
  ];
}

/** Elements and attributes by name; the markup inside an element is dropped. */
function fromXmp(xmp: string): Found[] {
  return xmpFields.flatMap(([field, name]) => {
    const inside = new RegExp(`<${name}\\b[^>]{0,512}>([\\s\\S]{0,4096}?)</${name}>`, 'g');
    const attribute = new RegExp(`\\s${name}="([^"]{0,4096})"`, 'g');
    const values = [...xmp.matchAll(inside), ...xmp.matchAll(attribute)].map((match) =>
      (match[1] ?? '').replace(/<[^>]*>/g, ' ').trim(),
    );
    return values.filter(Boolean).map((value) => ({ field, value }));
  });
}

function fromIptc(bytes: Buffer): Found[] {
  const found: Found[] = [];
  // Inside Photoshop's image resources the records begin somewhere; each starts with 1C 02.
  for (let at = bytes.indexOf(Buffer.of(0x1c, 0x02)); at >= 0 && at + 5 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 3);
    const field = iptcFields.get(bytes[at + 2] ?? 0);
    if (field) found.push({ field, value: bytes.toString('utf8', at + 5, at + 5 + length) });
    at = bytes.indexOf(Buffer.of(0x1c, 0x02), at + 5 + length);
  }
  return found;
}
