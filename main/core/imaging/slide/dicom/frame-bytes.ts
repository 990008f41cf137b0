import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { readFragments, readFrame, type FragmentTable } from '../../dicom/locate-frame.ts';
import { nativeRange } from '../../dicom/native-pixels.ts';
import { tags } from '../../dicom/tags.ts';
import { valueBytes } from '../../dicom/values.ts';
import type { FileBytes } from '../../file-bytes.ts';
import { unreadable } from '../slide-fault.ts';
import type { WsiInstance } from './wsi-instance.ts';

const ITEM = 0xfffee000;
const MOST_FRAME_BYTES = 128 * 1024 * 1024;

/**
 * The stored bytes of frames, one by one. With a complete offset table, basic or extended, a frame is found without
 * walking over all others (PS3.5 A.4): a level may hold a hundred thousand of them.
 */
export function frameBytes(file: FileBytes, instance: WsiInstance): (frame: number) => Promise<Buffer> {
  const { pixels, image, header } = instance;
  if (pixels.length !== null) {
    const { length } = pixels;
    return async (frame) => {
      const range = nativeRange(image, frame);
      if (range.start + range.length > Math.min(length, file.size - pixels.offset))
        throw new ArchiveError('dicom.truncated', { frame });
      return await file.read(pixels.offset + range.start, range.length);
    };
  }
  let table: Promise<Offsets | null> | undefined;
  let walked: Promise<FragmentTable> | undefined;
  return async (frame) => {
    const offsets = await (table ??= readOffsets(file, instance));
    if (offsets) return await frameByOffset(file, offsets, frame);
    walked ??= readFragments(file, pixels.offset, []);
    return await readFrame(file, await walked, frame, image.frames, header.syntax.codec);
  };
}

interface Offsets {
  /** Position of the first fragment's item. */
  readonly first: number;
  readonly starts: Float64Array;
}

/** Null where there is no table with an entry for every frame. */
async function readOffsets(file: FileBytes, { header, image, pixels }: WsiInstance): Promise<Offsets | null> {
  const head = await file.read(pixels.offset, 8);
  if (head.length < 8 || tagOf(head) !== ITEM)
    throw new ArchiveError('dicom.inconsistent', { at: 'PixelData' });
  const basic = head.readUInt32LE(4);
  const first = pixels.offset + 8 + basic;
  const extended = valueBytes(header.dataSet, tags.extendedOffsetTable);
  if (extended.length === image.frames * 8)
    return {
      first,
      starts: Float64Array.from({ length: image.frames }, (_, at) =>
        Number(extended.readBigUInt64LE(at * 8)),
      ),
    };
  if (basic !== image.frames * 4) return null;
  const bytes = await file.read(pixels.offset + 8, basic);
  if (bytes.length < basic) throw new ArchiveError('dicom.truncated');
  const starts = Float64Array.from({ length: image.frames }, (_, at) => bytes.readUInt32LE(at * 4));
  // Writers leave zeros where they did not know, and offsets past 4 GiB wrap around.
  return starts.every((start, at) => at === 0 || start > (starts[at - 1] ?? 0)) ? { first, starts } : null;
}

/** Joins the fragments from the frame's first to the next frame's. */
async function frameByOffset(file: FileBytes, { first, starts }: Offsets, frame: number): Promise<Buffer> {
  const start = starts[frame];
  if (start === undefined) throw new ArchiveError('image.frame-missing', { frame });
  const end = starts[frame + 1] ?? Infinity;
  const parts: Buffer[] = [];
  let total = 0;
  for (let at = start; at < end;) {
    const head = await file.read(first + at, 8);
    if (head.length < 8 || tagOf(head) !== ITEM) break;
    const length = head.readUInt32LE(4);
    total += length;
    if (total > MOST_FRAME_BYTES) throw unreadable('a tile is too large');
    const bytes = await file.read(first + at + 8, length);
    if (bytes.length + 1 < length) throw new ArchiveError('dicom.truncated', { frame });
    parts.push(bytes);
    at += 8 + length;
  }
  const [only] = parts;
  if (!only) throw new ArchiveError('dicom.truncated', { frame });
  return parts.length === 1 ? only : Buffer.concat(parts);
}

const tagOf = (bytes: Buffer) => bytes.readUInt16LE(0) * 0x10000 + bytes.readUInt16LE(2);
