import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { DataSet, Element } from './parse.ts';
import { tags } from './tags.ts';
import { number, text } from './values.ts';

/** The Image Pixel module (PS3.3 C.7.6.3), checked. */
export interface ImageDescription {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** 1, 3 or 4. */
  readonly samples: number;
  /** Upper case, as written: MONOCHROME1, RGB, YBR_FULL_422, PALETTE COLOR, … */
  readonly photometric: string;
  /** 1, 8, 16, 32 or 64. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Samples by plane instead of by pixel. */
  readonly planar: boolean;
  /** Float or double float pixel data. */
  readonly float: boolean;
}

/** Most pixels of a frame that is decoded whole in memory; a DICOM frame cannot be shrunk while it loads. */
const MOST_FRAME_PIXELS = 128 * 1024 * 1024;

const MOST_FRAMES = 1_000_000;

const photometrics: Readonly<Record<string, number>> = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  'PALETTE COLOR': 1,
  RGB: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_PARTIAL_422: 3,
  YBR_PARTIAL_420: 3,
  YBR_ICT: 3,
  YBR_RCT: 3,
};

/**
 * What the header says about the pixels, refused where it contradicts itself or is out of all proportion.
 *
 * @throws ArchiveError `dicom.inconsistent` (details name the attribute), `dicom.photometric`, `image.too-large`.
 */
export function describeImage(dataSet: DataSet, pixels: Element, pixelCap: number): ImageDescription {
  const float = pixels.tag !== tags.pixelData;
  const rows = required(dataSet, tags.rows, 'Rows');
  const columns = required(dataSet, tags.columns, 'Columns');
  const samples = number(dataSet, tags.samplesPerPixel, 'US') ?? 1;
  const frames = number(dataSet, tags.numberOfFrames, 'text') ?? 1;
  const photometric = (
    text(dataSet, tags.photometricInterpretation) ?? defaultPhotometric(samples)
  ).toUpperCase();
  const bitsAllocated = float
    ? pixels.tag === tags.floatPixelData
      ? 32
      : 64
    : required(dataSet, tags.bitsAllocated, 'BitsAllocated');
  const bitsStored = float ? bitsAllocated : (number(dataSet, tags.bitsStored, 'US') ?? bitsAllocated);
  const highBit = float ? bitsStored - 1 : (number(dataSet, tags.highBit, 'US') ?? bitsStored - 1);

  within(rows, 1, 65_535, 'Rows');
  within(columns, 1, 65_535, 'Columns');
  within(frames, 1, MOST_FRAMES, 'NumberOfFrames');
  if (rows * columns > Math.min(pixelCap, MOST_FRAME_PIXELS))
    throw new ArchiveError('image.too-large', { width: columns, height: rows });
  const expectedSamples = photometrics[photometric];
  if (expectedSamples === undefined)
    throw new ArchiveError('dicom.photometric', { photometric: known(photometric) });
  if (samples !== expectedSamples)
    throw new ArchiveError('dicom.inconsistent', { at: 'SamplesPerPixel', value: samples });
  if (![1, 8, 16, 32, 64].includes(bitsAllocated) || (bitsAllocated === 64 && !float))
    throw new ArchiveError('dicom.inconsistent', { at: 'BitsAllocated', value: bitsAllocated });
  within(bitsStored, 1, bitsAllocated, 'BitsStored');

  return {
    rows,
    columns,
    frames,
    samples,
    photometric,
    bitsAllocated,
    bitsStored,
    // A high bit below the stored bits makes no sense; the values then lie at the bottom, as nearly always.
    highBit: highBit >= bitsStored - 1 && highBit < bitsAllocated ? highBit : bitsStored - 1,
    signed: !float && number(dataSet, tags.pixelRepresentation, 'US') === 1,
    planar: samples > 1 && number(dataSet, tags.planarConfiguration, 'US') === 1,
    float,
  };
}

function required(dataSet: DataSet, tag: number, name: string): number {
  const value = number(dataSet, tag, 'US');
  if (value === undefined) throw new ArchiveError('dicom.inconsistent', { at: name });
  return value;
}

function within(value: number, least: number, most: number, at: string): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new ArchiveError('dicom.inconsistent', { at, value });
}

function defaultPhotometric(samples: number): string {
  return samples === 3 ? 'RGB' : 'MONOCHROME2';
}

/** A defined term of the standard may be shown; free text in its place may not. */
function known(photometric: string): string {
  return ['HSV', 'ARGB', 'CMYK', 'XYB', 'YBR_PARTIAL_420'].includes(photometric) ? photometric : 'unknown';
}
