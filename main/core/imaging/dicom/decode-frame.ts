import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { statedColour, type ColourModel } from './colour.ts';
import type { ImageDescription } from './image-description.ts';
import type { StoredValues } from './native-pixels.ts';
import { decodeRle } from './rle.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';

export interface DecodedFrame {
  readonly values: StoredValues;
  /** Of three-sample frames: what the decoder left the samples as. */
  readonly colour: ColourModel;
}

/**
 * Decodes the bytes of one compressed frame.
 *
 * @throws ArchiveError `dicom.transfer-syntax`, `dicom.video`, `dicom.truncated`, `dicom.inconsistent`,
 *   `image.unreadable`.
 */
export async function decodeFrame(
  bytes: Buffer,
  image: ImageDescription,
  syntax: TransferSyntax,
): Promise<DecodedFrame> {
  const colour = statedColour(image.photometric);
  switch (syntax.codec) {
    case 'rle':
      return { values: decodeRle(bytes, image), colour };
    case 'video':
      throw new ArchiveError('dicom.video', { transferSyntax: syntax.name });
    default:
      throw new ArchiveError('dicom.transfer-syntax', { transferSyntax: syntax.name });
  }
}
