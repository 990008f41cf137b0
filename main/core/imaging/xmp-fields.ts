import type { IdentityField } from '../domain/identity.ts';
import type { FoundField } from './described-identity.ts';

/** Where XMP names people and places (XMP part 2; IPTC Photo Metadata). */
const elements: readonly (readonly [field: IdentityField, element: string])[] = [
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
const dataSets: ReadonlyMap<number, IdentityField> = new Map([
  [80, 'owner'],
  [118, 'owner'],
  [122, 'owner'],
  [5, 'caption'],
  [105, 'caption'],
  [120, 'caption'],
]);

/**
 * Elements and attributes by name; the markup inside an element is dropped. An element that does not end, or ends too
 * far away, is `unread`.
 */
export function xmpFields(xmp: string): FoundField[] {
  return elements.flatMap(([field, name]) => {
    const inside = [
      ...xmp.matchAll(new RegExp(`<${name}(?=[\\s>])[^>]{0,512}>([\\s\\S]{0,4096}?)</${name}>`, 'g')),
    ];
    const begun = [...xmp.matchAll(new RegExp(`<${name}(?=[\\s>/])[^>]{0,512}`, 'g'))];
    const attributes = xmp.matchAll(new RegExp(`\\s${name}="([^"]{0,4096})"`, 'g'));
    const values = [...inside, ...attributes].map((match) =>
      (match[1] ?? '').replace(/<[^>]*>/g, ' ').trim(),
    );
    const found: FoundField[] = values.filter(Boolean).map((value) => ({ field, value }));
    const withContent = begun.filter(([start]) => !start.endsWith('/'));
    return withContent.length > inside.length ? [...found, { field: 'unread', value: '' }] : found;
  });
}

/** Records of IPTC, alone or inside Photoshop's image resources. */
export function iptcFields(bytes: Buffer): FoundField[] {
  const found: FoundField[] = [];
  // Inside Photoshop's image resources the records begin somewhere; each starts with 1C 02.
  for (let at = bytes.indexOf(Buffer.of(0x1c, 0x02)); at >= 0 && at + 5 <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 3);
    const field = dataSets.get(bytes[at + 2] ?? 0);
    if (field) found.push({ field, value: bytes.toString('utf8', at + 5, at + 5 + length) });
    at = bytes.indexOf(Buffer.of(0x1c, 0x02), at + 5 + length);
  }
  return found;
}
