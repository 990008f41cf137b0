import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { attributesOf, identifiersOf, type Attribute, type Identifiers } from '../../dicom/attributes.ts';
import { frameScopes, firstAnswer } from '../../dicom/functional-groups.ts';
import { describeImage, type ImageDescription } from '../../dicom/image-description.ts';
import type { DataSet, Element } from '../../dicom/parse.ts';
import { readHeader, type DicomHeader } from '../../dicom/read-header.ts';
import { WHOLE_SLIDE } from '../../dicom/sop-classes.ts';
import { tags } from '../../dicom/tags.ts';
import { items, number, numbers, text, texts, uid } from '../../dicom/values.ts';
import type { FileBytes } from '../../file-bytes.ts';
import { MOST_TILE_PIXELS } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import { placement, type FramesAt } from './wsi-placement.ts';

/** What the third value of Image Type says that an instance shows (PS3.3 C.8.12.4.1.1). */
export type Flavour = 'volume' | 'thumbnail' | 'label' | 'overview';

/** One VL Whole Slide Microscopy instance: one level of a slide, or one of the pictures beside it. */
export interface WsiInstance {
  readonly flavour: Flavour;
  readonly seriesUid: string | undefined;
  readonly header: DicomHeader;
  readonly image: ImageDescription;
  readonly pixels: Element;
  /** Total Pixel Matrix. */
  readonly width: number;
  readonly height: number;
  /** Frames that cover a tile of the grid, whole or in part, uppermost first; none where nothing was scanned. */
  readonly framesAt: FramesAt;
  /** The instances that an image of many frames was split into (PS3.3 C.7.6.16.2.2.4); null for a whole one. */
  readonly concatenation: { readonly uid: string; readonly number: number; readonly total: number } | null;
  /** µm. */
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly objectivePower: number | null;
  readonly attributes: readonly Attribute[];
  readonly identifiers: Identifiers;
}

/** Whole Slide Microscopy Image and its functional groups (PS3.3 C.8.12.4, C.8.12.6). */
const wsi = {
  specimenLabelInImage: 0x00480010,
  totalColumns: 0x00480006,
  totalRows: 0x00480007,
  opticalPathSequence: 0x00480105,
  objectiveLensPower: 0x00480112,
  concatenationUid: 0x00209161,
  inConcatenationNumber: 0x00209162,
  inConcatenationTotal: 0x00209163,
  containerIdentifier: 0x00400512,
} as const;

const LARGEST_SIDE = 2 ** 31;
const MOST_TILES = 4 * 1024 * 1024;

/**
 * Reads the header of an instance.
 *
 * @returns null for DICOM of another SOP class.
 * @throws ArchiveError `slide.unreadable`, `dicom.*`, `image.too-large`.
 */
export async function readWsiInstance(file: FileBytes): Promise<WsiInstance | null> {
  const header = await readHeader(file);
  const { dataSet, pixels } = header;
  if ((uid(dataSet, tags.sopClassUid) ?? header.mediaSopClassUid) !== WHOLE_SLIDE) return null;
  if (!pixels) throw new ArchiveError(header.whole ? 'file.no-picture' : 'dicom.truncated');
  const image = describeImage(dataSet, pixels, MOST_TILE_PIXELS);
  const width = number(dataSet, wsi.totalColumns, 'UL') ?? image.columns;
  const height = number(dataSet, wsi.totalRows, 'UL') ?? image.rows;
  for (const side of [width, height])
    if (side < 1 || side > LARGEST_SIDE) throw unreadable('a size makes no sense');
  const columns = Math.ceil(width / image.columns);
  const rows = Math.ceil(height / image.rows);
  if (columns * rows > MOST_TILES) throw unreadable('more tiles than any slide has');
  const spacing = firstAnswer(frameScopes(dataSet, tags.pixelMeasuresSequence, 0), (scope) => {
    const pair = numbers(scope, tags.pixelSpacing, 'text');
    return pair.length >= 2 && pair.every((value) => value > 0) ? pair : undefined;
  });
  // Pixel Spacing is row spacing (down) first, in mm (PS3.3 10.7.1.3).
  const [down, across] = spacing ?? [];
  const path = items(dataSet, wsi.opticalPathSequence)[0];
  const container = text(dataSet, wsi.containerIdentifier);
  return {
    flavour: flavourOf(dataSet),
    seriesUid: uid(dataSet, tags.seriesInstanceUid),
    header,
    image,
    pixels,
    width,
    height,
    framesAt: placement(dataSet, image, columns, rows),
    concatenation: concatenationOf(dataSet),
    mppX: across === undefined ? null : across * 1000,
    mppY: down === undefined ? null : down * 1000,
    objectivePower: (path && number(path, wsi.objectiveLensPower, 'text')) ?? null,
    attributes: attributesOf(header, image),
    identifiers: { ...identifiersOf(header), ...(container ? { container } : {}) },
  };
}

function flavourOf(dataSet: DataSet): Flavour {
  const named = texts(dataSet, tags.imageType)[2]?.toUpperCase();
  if (named === 'LABEL') return 'label';
  // A picture that shows the label is treated as one, whatever else it is.
  if (text(dataSet, wsi.specimenLabelInImage)?.toUpperCase() === 'YES' && named !== 'VOLUME') return 'label';
  if (named === 'OVERVIEW' || named === 'LOCALIZER') return named === 'OVERVIEW' ? 'overview' : 'thumbnail';
  return named === 'THUMBNAIL' ? 'thumbnail' : 'volume';
}

function concatenationOf(dataSet: DataSet): WsiInstance['concatenation'] {
  const name = uid(dataSet, wsi.concatenationUid);
  if (!name) return null;
  const part = number(dataSet, wsi.inConcatenationNumber, 'US') ?? 1;
  return { uid: name, number: part, total: number(dataSet, wsi.inConcatenationTotal, 'US') ?? 0 };
}
