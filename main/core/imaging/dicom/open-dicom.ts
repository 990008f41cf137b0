import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { IdentityEvidence } from '../../domain/identity.ts';
import type { WindowWish } from '../../domain/window-policy.ts';
import { withFile, type FileBytes } from '../file-bytes.ts';
import { DEFAULT_PIXEL_CAP, type Picture } from '../picture.ts';
import { attributesOf, identifiersOf, type Attribute, type Identifiers } from './attributes.ts';
import { toRgb } from './colour.ts';
import { decodeFrame, type DecodedFrame } from './decode-frame.ts';
import { statedColour } from './colour.ts';
import { identityEvidence } from './identity-evidence.ts';
import { describeImage, type ImageDescription } from './image-description.ts';
import { readFragments, readFrame, type FragmentTable } from './locate-frame.ts';
import { modalityOf } from './modality.ts';
import { nativeRange, unpackNative } from './native-pixels.ts';
import { paletteToRgb } from './palette.ts';
import type { Element } from './parse.ts';
import { readHeader, type DicomHeader } from './read-header.ts';
import { isHounsfield, renderGrey } from './render.ts';
import { MEDIA_DIRECTORY, sopClassName, WHOLE_SLIDE } from './sop-classes.ts';
import { tags } from './tags.ts';
import { uid, valueBytes } from './values.ts';

/** A DICOM file with a picture, header read, pixels not yet. */
export interface DicomFile {
  readonly header: DicomHeader;
  readonly image: ImageDescription;
  readonly sopClassUid: string | undefined;
  readonly attributes: readonly Attribute[];
  readonly identifiers: Identifiers;
  /** Raw values about persons, for the judge alone. */
  readonly evidence: IdentityEvidence;
  /** True where grey values are Hounsfield units after rescale. */
  readonly hounsfield: boolean;
  /**
   * The values of a frame as stored.
   *
   * @throws ArchiveError `image.frame-missing`, `dicom.*`, `image.unreadable`, `file.changed`.
   */
  stored(frame: number): Promise<DecodedFrame>;
  /** A frame as people and models see it. @throws as `stored`, and `request.invalid` for the window. */
  picture(frame: number, window: WindowWish): Promise<Picture>;
  /** The picture of a frame that is decoded already. @throws ArchiveError `request.invalid` for the window. */
  show(decoded: DecodedFrame, frame: number, window: WindowWish): Picture;
}

/**
 * Opens a DICOM file. Only its header is read; a frame is read and decoded when it is asked for.
 *
 * @throws ArchiveError `file.sidecar` for a DICOMDIR, `file.unsupported` for a whole slide, `file.no-picture` with
 *   the SOP class' name, `dicom.video`, `dicom.*`, `image.too-large`.
 */
export async function openDicom(path: string, pixelCap = DEFAULT_PIXEL_CAP): Promise<DicomFile> {
  return await withFile(path, async (file) => {
    const header = await readHeader(file);
    const { dataSet, pixels, syntax } = header;
    const sopClassUid = uid(dataSet, tags.sopClassUid) ?? header.mediaSopClassUid;
    if (dataSet.elements.has(tags.directoryRecordSequence) || sopClassUid === MEDIA_DIRECTORY)
      throw new ArchiveError('file.sidecar', { what: 'DICOMDIR' });
    if (sopClassUid === WHOLE_SLIDE) throw new ArchiveError('file.unsupported', { what: 'whole slide' });
    if (!pixels) throw noPicture(header, sopClassUid);
    if (syntax.codec === 'video') throw new ArchiveError('dicom.video', { transferSyntax: syntax.name });
    const image = describeImage(dataSet, pixels, pixelCap);
    const facts = {
      header,
      image,
      sopClassUid,
      attributes: attributesOf(header, image),
      identifiers: identifiersOf(header),
      evidence: identityEvidence(header),
      hounsfield: image.samples === 1 && isHounsfield(dataSet, modalityOf(dataSet, 0, image.signed)),
    };
    return { ...facts, ...frameReader(path, file.size, header, image, pixels) };
  });
}

/** A file that broke off before its pixel data may well have had some. */
function noPicture(header: DicomHeader, sopClassUid: string | undefined): ArchiveError {
  const described = header.dataSet.elements.has(tags.rows);
  if (!header.whole && described) return new ArchiveError('dicom.truncated');
  return new ArchiveError('file.no-picture', { sopClass: sopClassName(sopClassUid) });
}

function frameReader(
  path: string,
  size: number,
  header: DicomHeader,
  image: ImageDescription,
  pixels: Element,
) {
  const { dataSet, syntax, body } = header;
  let table: FragmentTable | undefined;

  async function stored(frame: number): Promise<DecodedFrame> {
    if (!Number.isInteger(frame) || frame < 0 || frame >= image.frames)
      throw new ArchiveError('image.frame-missing', { frame, frames: image.frames });
    if (body !== 'file') return await storedIn(bytesIn(body), frame);
    return await withFile(path, async (file) => {
      if (file.size !== size) throw new ArchiveError('file.changed');
      return await storedIn(file, frame);
    });
  }

  async function storedIn(file: FileBytes, frame: number): Promise<DecodedFrame> {
    if (pixels.length !== null) return await native(file, frame, pixels.length);
    table ??= await readFragments(file, pixels.offset, extendedOffsets());
    return await decodeFrame(await readFrame(file, table, frame, image.frames, syntax.codec), image, syntax);
  }

  async function native(file: FileBytes, frame: number, length: number): Promise<DecodedFrame> {
    // Some writers compress and yet give the element a length: one fragment without its item.
    if (syntax.encapsulated && syntax.codec !== 'none')
      return await decodeFrame(await file.read(pixels.offset, length), image, syntax);
    if (syntax.codec === 'none')
      throw new ArchiveError('dicom.transfer-syntax', { transferSyntax: syntax.name });
    const range = nativeRange(image, frame);
    const available = Math.min(length, file.size - pixels.offset) - range.start;
    if (available < range.length) throw new ArchiveError('dicom.truncated', { frame });
    const inWords = syntax.bigEndian && pixels.vr === 'OW' && image.bitsAllocated === 8;
    const bytes = inWords
      ? await readSwapped(file, pixels.offset, range)
      : await file.read(pixels.offset + range.start, range.length);
    const values = unpackNative(bytes, image, range.bit, syntax.bigEndian);
    return { values, colour: statedColour(image.photometric) };
  }

  function extendedOffsets(): number[] {
    const bytes = valueBytes(dataSet, tags.extendedOffsetTable);
    return Array.from({ length: bytes.length >> 3 }, (_, index) => Number(bytes.readBigUInt64LE(index * 8)));
  }

  async function picture(frame: number, window: WindowWish): Promise<Picture> {
    return show(await stored(frame), frame, window);
  }

  function show({ values, colour }: DecodedFrame, frame: number, window: WindowWish): Picture {
    const size = { width: image.columns, height: image.rows };
    if (image.photometric === 'PALETTE COLOR')
      return {
        ...size,
        data: paletteToRgb(values, dataSet, image.signed),
        window: null,
        notes: ['palette expanded'],
      };
    if (image.samples > 1) return { ...size, data: toRgb(values, image, colour), window: null, notes: [] };
    const { rgb, window: applied, notes } = renderGrey(values, dataSet, image, frame, window);
    return { ...size, data: rgb, window: applied, notes };
  }

  return { stored, picture, show };
}

/** 8-bit samples that were packed in big-endian 16-bit words; a frame may begin and end within one. */
async function readSwapped(
  file: FileBytes,
  offset: number,
  { start, length }: { start: number; length: number },
): Promise<Buffer> {
  const from = start - (start % 2);
  const words = await file.read(offset + from, start - from + length + ((start + length) % 2));
  if (words.length % 2 !== 0) throw new ArchiveError('dicom.truncated');
  return words.swap16().subarray(start - from, start - from + length);
}

function bytesIn(buffer: Buffer): FileBytes {
  return {
    size: buffer.length,
    read: (position, length) => Promise.resolve(buffer.subarray(position, position + length)),
  };
}
