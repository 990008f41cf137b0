import { createHash } from 'node:crypto';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import { modalityOf } from './dicom/modality.ts';
import type { StoredValues } from './dicom/native-pixels.ts';
import { openDicom, type DicomFile } from './dicom/open-dicom.ts';
import { fileWindows } from './dicom/render.ts';
import { mayKeep } from './dicom/vocabulary.ts';
import { openRaster } from './raster.ts';
import { inspectSlide, type SlideInspection } from './slide/inspect-slide.ts';
import { sniff, type RasterFormat } from './sniff.ts';

export interface Statistics {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export interface DicomInspection {
  readonly kind: 'dicom';
  readonly sopClassUid: string | null;
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly photometric: string;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly slope: number;
  readonly intercept: number;
  readonly windows: readonly {
    readonly center: number;
    readonly width: number;
    readonly explanation: string;
  }[];
  /**
   * Of the stored values of the frame; the hash is of little-endian int32, row by row, samples interleaved (unsigned
   * 32-bit keep their bits), float pixel data as float32.
   */
  readonly pixels: Statistics & { readonly sha256: string };
  /** Of grey frames, after rescale or Modality LUT. */
  readonly modality?: Statistics;
  /** Of colour frames, 0 to 255. */
  readonly rgb?: { readonly mean: readonly [number, number, number] };
}

export interface ImageInspection {
  readonly kind: 'image';
  readonly format: RasterFormat;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly orientation: number;
  readonly colorSpace: string;
  readonly bitDepth: number;
  readonly rgb: { readonly mean: readonly [number, number, number] };
  readonly notes: readonly string[];
}

export type Inspection = DicomInspection | ImageInspection | SlideInspection;

export interface InspectOptions {
  /** From 0; 0 by default. */
  readonly frame?: number;
  /** Where libopenslide is; left out: found by its name. */
  readonly openSlideLibrary?: string;
}

/**
 * What a file holds, in numbers that can be compared with another reader's. Nothing that identifies a person is among
 * them.
 *
 * @throws ArchiveError as `openFile` and its pictures do.
 */
export async function inspectFile(path: string, options: InspectOptions = {}): Promise<Inspection> {
  const { frame = 0, openSlideLibrary } = options;
  const slide = () => inspectSlide(path, openSlideLibrary === undefined ? {} : { library: openSlideLibrary });
  const found = await sniff(path);
  switch (found.is) {
    case 'empty':
      throw new ArchiveError('file.empty');
    case 'other':
      throw new ArchiveError('file.unsupported', { what: found.what });
    case 'slide':
      return await slide();
    case 'image':
      // A tiled TIFF is made to be read by region, also a small one that is imported as a picture.
      if (found.tiled) return await slide();
      return await inspectImage(path, found.format, frame);
    case 'dicom':
      try {
        return await inspectDicom(await openDicom(path), frame);
      } catch (error) {
        if (error instanceof ArchiveError && error.details['what'] === 'whole slide') return await slide();
        throw error;
      }
  }
}

async function inspectImage(path: string, format: RasterFormat, frame: number): Promise<ImageInspection> {
  const { info, picture } = await openRaster(path, format);
  const { data, notes } = await picture(frame);
  const { width, height, frames, orientation, colorSpace, bitDepth } = info;
  const rgb = { mean: meanRgb(data) };
  return { kind: 'image', format, width, height, frames, orientation, colorSpace, bitDepth, rgb, notes };
}

async function inspectDicom(file: DicomFile, frame: number): Promise<DicomInspection> {
  const { header, image, sopClassUid } = file;
  const { dataSet, syntax } = header;
  const decoded = await file.stored(frame);
  const { values } = decoded;
  const modality = modalityOf(dataSet, frame, image.signed);
  const windows = fileWindows(dataSet, frame).map(({ center, width, explanation }) => ({
    center,
    width,
    explanation: mayKeep('windowExplanation', explanation) ? explanation : '',
  }));
  const isColour = image.samples > 1 || image.photometric === 'PALETTE COLOR';
  return {
    kind: 'dicom',
    sopClassUid: sopClassUid ?? null,
    transferSyntaxUid: syntax.uid,
    rows: image.rows,
    columns: image.columns,
    frames: image.frames,
    photometric: image.photometric,
    bitsAllocated: image.bitsAllocated,
    bitsStored: image.bitsStored,
    signed: image.signed,
    slope: modality.slope,
    intercept: modality.intercept,
    windows,
    pixels: { ...statistics(values, (value) => value), sha256: hashOf(values) },
    ...(isColour
      ? { rgb: { mean: meanRgb(file.show(decoded, frame, 'auto').data) } }
      : { modality: statistics(values, modality.apply) }),
  };
}

function statistics(values: StoredValues, apply: (value: number) => number): Statistics {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let counted = 0;
  for (let index = 0; index < values.length; index++) {
    const value = apply(values[index] ?? 0);
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    counted++;
  }
  return counted === 0 ? { min: 0, max: 0, mean: 0 } : { min, max, mean: sum / counted };
}

const HASH_CHUNK = 1 << 20;

function hashOf(values: StoredValues): string {
  const float = values instanceof Float32Array || values instanceof Float64Array;
  const hash = createHash('sha256');
  for (let at = 0; at < values.length; at += HASH_CHUNK) {
    const part = values.subarray(at, at + HASH_CHUNK);
    const words = float ? new Float32Array(part) : new Int32Array(part);
    hash.update(new Uint8Array(words.buffer));
  }
  return hash.digest('hex');
}

function meanRgb(rgb: Uint8Array): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    sums[0] += rgb[at] ?? 0;
    sums[1] += rgb[at + 1] ?? 0;
    sums[2] += rgb[at + 2] ?? 0;
  }
  const pixels = rgb.length / 3;
  return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels];
}
