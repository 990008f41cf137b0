import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { IdentityEvidence } from '../domain/identity.ts';
import { representativeFrames, type FramePolicy } from '../domain/frame-policy.ts';
import { ctPresets, type WindowWish } from '../domain/window-policy.ts';
import type { Attribute, Identifiers } from './dicom/attributes.ts';
import type { ImageDescription } from './dicom/image-description.ts';
import { openDicom } from './dicom/open-dicom.ts';
import { DEFAULT_PIXEL_CAP, type Picture } from './picture.ts';
import { openRaster, type RasterInfo } from './raster.ts';
import { sniff, type RasterFormat } from './sniff.ts';

export interface PictureOptions {
  /** From 0; 0 by default. */
  readonly frame?: number;
  /** For grey DICOM; `auto` by default. */
  readonly window?: WindowWish;
}

/** A file that can become pictures. Nothing is kept open; each picture is read when it is asked for. */
export interface OpenedFile {
  readonly kind: 'image' | 'dicom';
  /** Pixels, upright, of the first frame. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** How the file holds its pixels; nothing about persons. */
  readonly info: RasterInfo | DicomInfo;
  /** Allow-listed facts that may be stored and shown. */
  readonly attributes: readonly Attribute[];
  /** Raw; to be hashed with the archive's secret before anything is stored. */
  readonly identifiers: Identifiers;
  /** Raw values about persons: for the judge alone, in the thread that read them. */
  readonly evidence: IdentityEvidence;
  readonly notes: readonly string[];
  /** @throws ArchiveError `image.*`, `dicom.*`, `file.changed`, `request.invalid` for the window. */
  picture(options?: PictureOptions): Promise<Picture>;
  /** One frame in several windows, decoded once. @throws as `picture`. */
  pictures(frame: number, windows: readonly WindowWish[]): Promise<Picture[]>;
  /** Names of window presets that fit the values: those of CT in Hounsfield units, else none. */
  readonly presets: readonly string[];
  /** The frames that stand for the file in search, ascending. */
  representativeFrames(policy?: FramePolicy): number[];
}

/** The Image Pixel module and what it is written in. */
export interface DicomInfo extends ImageDescription {
  readonly format: 'dicom';
  readonly sopClassUid: string | null;
  readonly transferSyntaxUid: string;
  readonly transferSyntax: string;
}

export interface OpenOptions {
  /** Most pixels of a frame. */
  readonly pixelCap?: number;
}

/**
 * Opens a picture or DICOM file by what it is, whatever its name.
 *
 * @throws ArchiveError `file.empty`, `file.unsupported` (details: `what`), `file.no-picture`, `file.sidecar`,
 *   `file.missing`, `file.unreadable`, `image.*`, `dicom.*`.
 */
export async function openFile(path: string, options: OpenOptions = {}): Promise<OpenedFile> {
  const { pixelCap = DEFAULT_PIXEL_CAP } = options;
  const found = await sniff(path);
  switch (found.is) {
    case 'empty':
      throw new ArchiveError('file.empty');
    case 'other':
      throw new ArchiveError('file.unsupported', { what: found.what });
    case 'slide':
      throw new ArchiveError('file.unsupported', { what: 'whole slide', maker: found.what });
    case 'image':
      return await openedImage(path, found.format, pixelCap);
    case 'dicom':
      return await openedDicom(path, pixelCap);
  }
}

async function openedImage(path: string, format: RasterFormat, pixelCap: number): Promise<OpenedFile> {
  const { info, evidence, picture } = await openRaster(path, format, pixelCap);
  return {
    kind: 'image',
    width: info.width,
    height: info.height,
    frames: info.frames,
    info,
    attributes: imageAttributes(info),
    identifiers: {},
    evidence,
    notes: info.notes,
    picture: ({ frame = 0 } = {}) => picture(frame),
    pictures: async (frame) => [await picture(frame)],
    presets: [],
    representativeFrames: (policy) => representativeFrames(info.frames, policy),
  };
}

function imageAttributes({ format, colorSpace, bitDepth }: RasterInfo): Attribute[] {
  return [
    { name: 'format', text: format },
    { name: 'colorSpace', text: colorSpace },
    { name: 'bitDepth', number: bitDepth, unit: 'bit' },
  ];
}

async function openedDicom(path: string, pixelCap: number): Promise<OpenedFile> {
  const opened = await openDicom(path, pixelCap);
  const { header, image, sopClassUid, attributes, identifiers, evidence, picture } = opened;
  const { uid, name } = header.syntax;
  return {
    kind: 'dicom',
    width: image.columns,
    height: image.rows,
    frames: image.frames,
    info: {
      ...image,
      format: 'dicom',
      sopClassUid: sopClassUid ?? null,
      transferSyntaxUid: uid,
      transferSyntax: name,
    },
    attributes,
    identifiers,
    evidence,
    notes: [],
    picture: ({ frame = 0, window = 'auto' } = {}) => picture(frame, window),
    async pictures(frame, windows) {
      const decoded = await opened.stored(frame);
      return windows.map((window) => opened.show(decoded, frame, window));
    },
    presets: opened.hounsfield ? Object.keys(ctPresets) : [],
    representativeFrames: (policy) => representativeFrames(image.frames, policy),
  };
}
