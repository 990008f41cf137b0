import { inflateRawSync, constants } from 'node:zlib';

import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { FileBytes } from '../file-bytes.ts';
import { dataSetStart } from './data-set-start.ts';
import { parseDataSet, type DataSet, type Element } from './parse.ts';
import { tags } from './tags.ts';
import {
  explicitBigEndian,
  explicitLittleEndian,
  implicitLittleEndian,
  transferSyntax,
  type TransferSyntax,
} from './transfer-syntaxes.ts';
import { uid } from './values.ts';

/** A DICOM file up to its pixel data. */
export interface DicomHeader {
  readonly dataSet: DataSet;
  readonly syntax: TransferSyntax;
  /** Media Storage SOP Class UID of the file meta information, where there is one. */
  readonly mediaSopClassUid: string | undefined;
  /** Where the pixel data lies, in `body`; null where the file has none. */
  readonly pixels: Element | null;
  /** False where the file ended inside an element or made no sense from some point on. */
  readonly whole: boolean;
  /** What the positions of the elements belong to: the file, or its inflated bytes. */
  readonly body: 'file' | Buffer;
}

const FIRST_READ = 256 * 1024;
const GROWTH = 8;

/** Headers are far smaller; a file that needs more before its pixel data is none that can be shown. */
const LONGEST_HEADER = 256 * 1024 * 1024;

/** Most bytes that a deflated data set may become: it is held whole, and a megabyte can become a gigabyte. */
const MOST_INFLATED = 256 * 1024 * 1024;

/**
 * Reads a DICOM file, with or without preamble and file meta information, up to its pixel data. Only as much of
 * the file is read as that takes; a deflated one is inflated whole.
 *
 * @throws ArchiveError `dicom.unreadable`, `image.too-large` for what inflates without end, `file.unreadable`,
 *   `file.changed`.
 */
export async function readHeader(file: FileBytes): Promise<DicomHeader> {
  for (let wanted = FIRST_READ; ; wanted *= GROWTH) {
    const bytes = await file.read(0, Math.min(wanted, LONGEST_HEADER));
    const complete = bytes.length >= file.size;
    const header = headerOf(bytes, complete);
    if (header) return header;
    if (!complete && bytes.length >= LONGEST_HEADER) throw new ArchiveError('dicom.unreadable');
  }
}

/** The header of the bytes, or null where more of them are needed. */
function headerOf(bytes: Buffer, complete: boolean): DicomHeader | null {
  const preamble =
    bytes.toString('latin1', 128, 132) === 'DICM' && dataSetStart(bytes.subarray(132)) !== null;
  const start = preamble ? 132 : 0;
  const meta = parseDataSet(bytes, start, { explicit: true, bigEndian: false }, 0x0002);
  const hasMeta = meta.dataSet.elements.size > 0 && dataSetStart(bytes.subarray(start))?.meta === true;
  const at = hasMeta ? meta.at : start;
  const declared = hasMeta ? uid(meta.dataSet, tags.transferSyntaxUid) : undefined;
  const mediaSopClassUid = hasMeta ? uid(meta.dataSet, tags.mediaStorageSopClassUid) : undefined;

  if (declared && transferSyntax(declared).deflated) {
    if (!complete) return null;
    const syntax = transferSyntax(declared);
    const body = inflate(bytes.subarray(at));
    const { dataSet, pixels, stopped } = parseDataSet(body, 0, syntax);
    const whole = stopped === 'pixels' || stopped === 'end';
    return { dataSet, syntax, mediaSopClassUid, pixels, whole, body };
  }

  const syntax = syntaxAt(bytes, at, declared);
  const { dataSet, pixels, stopped } = parseDataSet(bytes, at, syntax);
  if (stopped !== 'pixels' && stopped !== 'damaged' && !complete) return null;
  if (dataSet.elements.size === 0 && !pixels) throw new ArchiveError('dicom.unreadable');
  const whole = stopped === 'pixels' || stopped === 'end';
  return { dataSet, syntax, mediaSopClassUid, pixels, whole, body: 'file' };
}

/**
 * The declared syntax, its encoding corrected by what the first element shows: headers that say implicit over an
 * explicit data set, or the reverse, are common, and pydicom and dcmtk read them the same way.
 */
function syntaxAt(bytes: Buffer, at: number, declared: string | undefined): TransferSyntax {
  const start = dataSetStart(bytes.subarray(at, at + 16));
  if (!declared) {
    if (!start) return implicitLittleEndian;
    if (start.bigEndian) return { ...explicitBigEndian, explicit: start.explicit };
    return start.explicit ? explicitLittleEndian : implicitLittleEndian;
  }
  const syntax = transferSyntax(declared);
  if (!start || start.meta) return syntax;
  return { ...syntax, explicit: start.explicit, bigEndian: start.bigEndian };
}

function inflate(bytes: Buffer): Buffer {
  try {
    // A sync flush at the end accepts streams whose last block was cut off.
    return inflateRawSync(bytes, { maxOutputLength: MOST_INFLATED, finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    const tooLarge = error instanceof RangeError;
    throw new ArchiveError(tooLarge ? 'image.too-large' : 'dicom.unreadable', {}, { cause: error });
  }
}
