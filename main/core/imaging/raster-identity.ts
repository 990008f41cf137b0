import type { Metadata } from 'sharp';

import { noPixelFacts, type IdentityEvidence } from '../domain/identity.ts';
import type { FoundField } from './described-identity.ts';
import { exifFields, type ExifFields } from './exif-fields.ts';
import { bytesOf, withFile, type FileBytes } from './file-bytes.ts';
import { commentFields } from './raster-comments.ts';
import type { RasterFormat } from './sniff.ts';
import { iptcFields, xmpFields } from './xmp-fields.ts';

const LONGEST_XMP = 1 << 20;

/** Keywords of PNG text that name its maker; all other text is a caption. */
const pngOwners = /^(author|artist|creator)$/i;
const pngBlocks = /^(raw profile|xml:|icc|date:|software$)/i;

/**
 * What the metadata of a picture says about persons and places: EXIF, XMP, IPTC, comments, TIFF tags.
 *
 * @param header - of the library that reads the format; left out where it has none.
 */
export async function rasterEvidence(
  path: string,
  format: RasterFormat,
  header?: Metadata,
): Promise<IdentityEvidence> {
  const fields: FoundField[] = [];
  // Of a TIFF the file itself is the EXIF structure.
  const blocks = [
    format === 'tiff' ? await withFile(path, tiffFields) : null,
    await withFile(path, (file) => commentFields(file, format)),
    header?.exif ? await exifFields(bytesOf(exifBody(header.exif))) : null,
  ];
  for (const block of blocks) fields.push(...(block?.found ?? []));
  if (header?.xmp) fields.push(...xmpFields(header.xmp.subarray(0, LONGEST_XMP).toString('utf8')));
  if (header?.iptc) fields.push(...iptcFields(header.iptc));
  const isLong = header?.xmp !== undefined && header.xmp.length > LONGEST_XMP;
  // What stands behind the damage may name somebody: a person looks before the picture is let in.
  if (isLong || blocks.some((block) => block?.whole === false)) fields.push({ field: 'unread', value: '' });
  for (const { keyword, text } of header?.comments ?? [])
    if (!pngBlocks.test(keyword))
      fields.push({ field: pngOwners.test(keyword) ? 'owner' : 'caption', value: text });
  return { fields, pixels: noPixelFacts, statement: 'none', options: [] };
}

async function tiffFields(file: FileBytes): Promise<ExifFields | null> {
  const mark = (await file.read(0, 4)).toString('latin1');
  return /^(II[*+]\0|MM\0[*+])/.test(mark) ? await exifFields(file) : null;
}

const exifBody = (exif: Buffer): Buffer =>
  exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
