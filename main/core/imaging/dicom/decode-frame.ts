import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { decodeJpeg } from '../codecs/jpeg/decode-jpeg.ts';
import { hasComponentTransform, isCompleteJ2k, readCodestream } from '../codecs/codestream.ts';
import { statedColour, type ColourModel } from './colour.ts';
import type { ImageDescription } from './image-description.ts';
import { correctBits, interleave, typed, type StoredValues } from './native-pixels.ts';
import { decodeRle } from './rle.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';
import { decodeWasm, type WasmCodec, type WasmFrame } from '../codecs/wasm-codecs.ts';

export interface DecodedFrame {
  readonly values: StoredValues;
  /** Of three-sample frames: what the decoder left the samples as. */
  readonly colour: ColourModel;
}

/**
 * Decodes the bytes of one compressed frame. What the codestream is decides, not what the transfer syntax calls it:
 * mislabelled files are common, and the size is compared before memory is taken.
 *
 * @throws ArchiveError `dicom.transfer-syntax`, `dicom.truncated`, `dicom.inconsistent`, `image.unreadable`.
 */
export async function decodeFrame(
  bytes: Buffer,
  image: ImageDescription,
  syntax: TransferSyntax,
): Promise<DecodedFrame> {
  if (syntax.codec === 'rle')
    return { values: decodeRle(bytes, image), colour: statedColour(image.photometric) };
  if (syntax.codec === 'none' || syntax.codec === 'native')
    throw new ArchiveError('dicom.transfer-syntax', { transferSyntax: syntax.name });
  if (image.float) throw new ArchiveError('dicom.inconsistent', { at: 'FloatPixelData' });
  const codestream = readCodestream(bytes);
  if (!codestream) throw new ArchiveError('dicom.truncated');
  checkSize(codestream, image);
  switch (codestream.codec) {
    case 'jpeg':
      return jpegFrame(bytes, image);
    case 'jpeg-ls':
      return wasmFrame(await decodeWasm('jpeg-ls', terminated(bytes)), 'jpeg-ls', bytes, image);
    default: {
      if (!isCompleteJ2k(bytes)) throw new ArchiveError('dicom.truncated');
      const codec = codestream.codec === 'htj2k' || syntax.codec === 'htj2k' ? 'htj2k' : 'jpeg-2000';
      return wasmFrame(await decodeWasm(codec, bytes), codec, bytes, image);
    }
  }
}

/** With an end marker after it: without one CharLS searches for it for half a minute before it gives up. */
function terminated(codestream: Buffer): Buffer {
  return Buffer.concat([codestream, Buffer.of(0xff, 0xd9)]);
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly components: number;
}

function checkSize({ width, height, components }: Size, image: ImageDescription): void {
  if (width !== image.columns || height !== image.rows)
    throw new ArchiveError('dicom.inconsistent', { at: 'Rows, Columns', width, height });
  if (components !== image.samples) throw new ArchiveError('dicom.inconsistent', { at: 'SamplesPerPixel' });
}

function jpegFrame(bytes: Buffer, image: ImageDescription): DecodedFrame {
  const jpeg = decodeJpeg(bytes, ({ width, height, components }) =>
    checkSize({ width, height, components: components.length }, image),
  );
  const values = asStored(jpeg.values, jpeg.precision, false, image);
  // Lossless JPEG is coded as it is; its markers are habit.
  const marked = jpeg.lossless ? undefined : jpeg.colour;
  const colour =
    marked === undefined ? statedColour(image.photometric) : marked === 'rgb' ? 'rgb' : 'ybr-full';
  return { values, colour };
}

function wasmFrame(
  { info, bytes, planar }: WasmFrame,
  codec: WasmCodec,
  encoded: Buffer,
  image: ImageDescription,
): DecodedFrame {
  const { bitsPerSample, isSigned = false } = info;
  const count = image.rows * image.columns * image.samples;
  const size = bitsPerSample <= 8 ? 1 : bitsPerSample <= 16 ? 2 : 4;
  if (bytes.length < count * size) throw new ArchiveError('image.truncated');
  const raw = typed(bytes.buffer, { ...image, bitsAllocated: size * 8, signed: isSigned }).subarray(0, count);
  const ordered =
    planar && image.samples > 1 ? interleave(raw, image.rows * image.columns, image.samples) : raw;
  const values = asStored(ordered, bitsPerSample, isSigned, image);
  // JPEG 2000 undoes its own transform, so the samples are RGB already where it has one.
  const transformed = codec !== 'jpeg-ls' && image.samples === 3 && hasComponentTransform(encoded);
  return { values, colour: transformed ? 'rgb' : statedColour(image.photometric) };
}

/** Decoded samples as the header describes stored values: of its size, and of its sign where the codec lost it. */
function asStored(
  decoded: StoredValues,
  precision: number,
  decodedSigned: boolean,
  image: ImageDescription,
): StoredValues {
  const bytesPerSample = Math.max(1, image.bitsAllocated / 8);
  const values = typed(new ArrayBuffer(decoded.length * bytesPerSample), {
    ...image,
    bitsAllocated: bytesPerSample * 8,
  });
  values.set(decoded as Uint16Array);
  if (decodedSigned === image.signed) return values;
  const bitsStored = Math.min(image.bitsStored, precision);
  return correctBits(values, {
    ...image,
    bitsAllocated: bytesPerSample * 8,
    bitsStored,
    highBit: bitsStored - 1,
  });
}
