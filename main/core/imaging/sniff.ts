import { basename, extname } from 'node:path';

import { withFile, type FileBytes } from './file-bytes.ts';
import { looksLikeDataSet } from './dicom/data-set-start.ts';
import { tiffPages, type TiffPage } from './tiff-structure.ts';

/** Picture formats that are decoded. */
export type RasterFormat = 'jpeg' | 'png' | 'tiff' | 'webp' | 'gif' | 'avif' | 'jp2';

/** What a file is, by its content; its name decides only where a format is a file with a folder beside it. */
export type Sniffed =
  | { readonly is: 'dicom'; readonly preamble: boolean }
  /** `tiled`: a TIFF that can be read by region although it is small enough to be a picture. */
  | { readonly is: 'image'; readonly format: RasterFormat; readonly pages: number; readonly tiled?: boolean }
  | { readonly is: 'slide'; readonly what: string }
  | { readonly is: 'other'; readonly what: string }
  | { readonly is: 'empty' };

const HEAD_BYTES = 1024;

/** A single-level tiled TIFF above this many pixels is a slide: it is made to be read by region. */
const SLIDE_PIXELS = 64 * 1024 * 1024;

const slideMakers: readonly (readonly [what: string, mark: RegExp])[] = [
  ['Aperio', /^Aperio /m],
  ['Leica', /www\.leica-microsystems\.com\/scn/i],
  ['Ventana', /<iScan|<EncodeInfo/],
  ['Philips', /^Philips DP|<DataObject ObjectType="DPUfsImport"/m],
  ['Trestle', /^MedScan/m],
];

/** Tag that only Hamamatsu NDPI writes in every page. */
const NDPI_TAG = 65420;

const signatures: readonly (readonly [what: string, at: number, bytes: string])[] = [
  ['PDF', 0, '%PDF-'],
  ['zip archive', 0, 'PK\x03\x04'],
  ['zip archive', 0, 'PK\x05\x06'],
  ['gzip archive', 0, '\x1f\x8b'],
  ['7-Zip archive', 0, '7z\xbc\xaf\x27\x1c'],
  ['tar archive', 257, 'ustar'],
  ['SQLite database', 0, 'SQLite format 3\0'],
  ['NIfTI image', 344, 'n+1\0'],
  ['NumPy array', 0, '\x93NUMPY'],
  ['HDF5 file', 0, '\x89HDF\r\n\x1a\n'],
  ['executable', 0, '\x7fELF'],
  ['executable', 0, 'MZ'],
  ['OLE compound file', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['BMP picture', 0, 'BM'],
  ['icon', 0, '\0\0\x01\0'],
  ['Photoshop picture', 0, '8BPS'],
  ['JPEG XL picture', 0, '\xff\x0a'],
  ['JPEG XL picture', 0, '\0\0\0\x0cJXL '],
  ['EBML video', 0, '\x1aE\xdf\xa3'],
  ['Olympus tile data', 0, 'SIS\0'],
];

/**
 * What kind of file this is. Never decodes; reads the first kilobyte and, for TIFF, the directories.
 *
 * @throws ArchiveError `file.missing`, `file.unreadable`, `file.changed`.
 */
export function sniff(path: string): Promise<Sniffed> {
  return withFile(path, (file) => kindOf(file, basename(path)));
}

async function kindOf(file: FileBytes, name: string): Promise<Sniffed> {
  if (file.size === 0) return { is: 'empty' };
  const head = await file.read(0, HEAD_BYTES);
  const starts = (bytes: string, at = 0) =>
    head.length >= at + bytes.length && head.toString('latin1', at, at + bytes.length) === bytes;
  const extension = extname(name).toLowerCase();

  // DICOM first: its preamble may be a valid TIFF header (PS3.10 section 7.1), and so may be mistaken for one.
  if (starts('DICM', 128) && (head[132] === 2 || head[132] === 8) && head[133] === 0)
    return { is: 'dicom', preamble: true };

  if (starts('\xff\xd8\xff')) return extension === '.mrxs' ? { is: 'slide', what: 'MIRAX' } : picture('jpeg');
  if (starts('\x89PNG\r\n\x1a\n')) return picture('png');
  if (starts('GIF87a') || starts('GIF89a')) return picture('gif');
  if (starts('RIFF') && starts('WEBP', 8)) return picture('webp');
  if (starts('\0\0\0\x0cjP  \r\n\x87\n') || starts('\xff\x4f\xff\x51')) return picture('jp2');
  if (starts('ftyp', 4)) return isoMedia(head.toString('latin1', 8, 12));
  if (starts('II*\0') || starts('MM\0*') || starts('II+\0') || starts('MM\0+'))
    return extension === '.vsi' ? { is: 'slide', what: 'Olympus' } : kindOfTiff(await tiffPages(file));
  if (starts('ZISRAWFILE')) return { is: 'slide', what: 'Zeiss' };

  if (looksLikeDataSet(head)) return { is: 'dicom', preamble: false };
  const known = signatures.find(([, at, bytes]) => starts(bytes, at));
  if (known) return { is: 'other', what: known[0] };
  return { is: 'other', what: textKind(head) ?? 'unknown' };
}

function picture(format: RasterFormat): Sniffed {
  return { is: 'image', format, pages: 1 };
}

function isoMedia(brand: string): Sniffed {
  if (brand === 'avif' || brand === 'avis') return picture('avif');
  return { is: 'other', what: /^(heic|heix|mif1|msf1|hevc)$/.test(brand) ? 'HEIC picture' : 'video' };
}

function kindOfTiff(pages: readonly TiffPage[]): Sniffed {
  const first = pages[0];
  if (!first) return { is: 'image', format: 'tiff', pages: 1 };
  if (pages.some(({ tags }) => tags.has(NDPI_TAG))) return { is: 'slide', what: 'Hamamatsu' };
  const maker = slideMakers.find(([, mark]) => mark.test(first.description));
  if (maker) return { is: 'slide', what: maker[0] };
  if (isPyramid(first, pages) || (first.tiled && first.width * first.height > SLIDE_PIXELS))
    return { is: 'slide', what: 'tiled TIFF' };
  return { is: 'image', format: 'tiff', pages: pages.length, ...(first.tiled ? { tiled: true } : {}) };
}

/**
 * A tiled page with smaller tiled copies of itself, marked as such or following in the file; or a page of strips, far
 * larger than a screen, with marked ones: a lone marked copy of a photograph is its thumbnail.
 */
function isPyramid(first: TiffPage, pages: readonly TiffPage[]): boolean {
  if (first.tiled && first.subPages > 0) return true;
  return pages.slice(1).some((page) => {
    const ratio = first.width / page.width;
    const sameShape = Math.abs(first.height / page.height / ratio - 1) < 0.05;
    if (!sameShape || page.tiled !== first.tiled) return false;
    if (!first.tiled) return page.reduced && first.width * first.height > SLIDE_PIXELS;
    return page.reduced || ratio >= 1.9;
  });
}

/** Names plain text by its look, or null where the bytes are no text. */
function textKind(head: Buffer): string | null {
  const text = head.toString('utf8');
  // eslint-disable-next-line no-control-regex -- control characters are what tells binary from text
  if (/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return null;
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('<?xml') || start.startsWith('<'))
    return /<svg[\s>]/.test(text) ? 'SVG drawing' : 'XML';
  if (/^(\{\s*["}]|\[\s*["{[\]\d-])/.test(start)) return 'JSON';
  return 'text';
}
