import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { FileBytes } from '../file-bytes.ts';
import type { Codec } from './transfer-syntaxes.ts';

/** One fragment of encapsulated pixel data. */
interface Fragment {
  /** Of the item's tag, counted from the first fragment, as offset tables count (PS3.5 A.4). */
  readonly offset: number;
  readonly position: number;
  readonly length: number;
  /** True where the fragment begins a codestream. */
  readonly starts: boolean;
  /** True where the file ends before the fragment does. */
  readonly cut: boolean;
}

/** Where the frames of encapsulated pixel data lie. */
export interface FragmentTable {
  readonly fragments: readonly Fragment[];
  /** Offsets of the frames, of the basic or the extended offset table; empty where there is none. */
  readonly offsets: readonly number[];
}

const ITEM = 0xfffee000;
const SEQUENCE_END = 0xfffee0dd;
const MOST_FRAGMENTS = 2_000_000;
const READ_AHEAD = 64 * 1024;

/** A last fragment may lack its padding. */
const PADDING = 1;

/**
 * Walks the items of encapsulated pixel data. The data may end without a delimiter; a last fragment that is
 * longer than the file is marked as cut.
 *
 * @param start - position after the header of the pixel data element.
 * @param extendedOffsets - of the Extended Offset Table, empty where there is none.
 * @throws ArchiveError `dicom.truncated`, `dicom.inconsistent`.
 */
export async function readFragments(
  file: FileBytes,
  start: number,
  extendedOffsets: readonly number[],
): Promise<FragmentTable> {
  const fragments: Fragment[] = [];
  let offsets = extendedOffsets;
  let window = await file.read(start, READ_AHEAD);
  let windowAt = start;
  let firstFragment = 0;
  for (let at = start, item = 0; ; item++) {
    if (at + 12 > windowAt + window.length) {
      window = await file.read(at, READ_AHEAD);
      windowAt = at;
    }
    const from = at - windowAt;
    if (window.length < from + 8) break;
    const tag = window.readUInt16LE(from) * 0x10000 + window.readUInt16LE(from + 2);
    const length = window.readUInt32LE(from + 4);
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM || item > MOST_FRAGMENTS) {
      if (item === 0) throw new ArchiveError('dicom.inconsistent', { at: 'PixelData' });
      break;
    }
    if (item === 0) {
      if (offsets.length === 0 && length > 0) offsets = offsetsOf(await file.read(at + 8, length));
      firstFragment = at + 8 + length;
    } else {
      const available = Math.max(0, Math.min(length, file.size - at - 8));
      const starts = isCodestreamStart(window.subarray(from + 8, from + 12));
      const cut = length - available > PADDING;
      fragments.push({ offset: at - firstFragment, position: at + 8, length: available, starts, cut });
    }
    at += 8 + length;
  }
  if (fragments.length === 0) throw new ArchiveError('dicom.truncated');
  return { fragments, offsets };
}

/**
 * The bytes of one frame: its fragments, joined. By the offset table where its entries are fragments; else one
 * fragment each; else split where a codestream begins.
 *
 * @throws ArchiveError `dicom.truncated` where the frame has no fragments, or the file ends within one.
 */
export async function readFrame(
  file: FileBytes,
  table: FragmentTable,
  frame: number,
  frames: number,
  codec: Codec,
): Promise<Buffer> {
  const parts = fragmentsOf(table, frame, frames, codec);
  if (parts.length === 0 || parts.some(({ cut }) => cut))
    throw new ArchiveError('dicom.truncated', { frame });
  const buffers: Buffer[] = [];
  for (const { position, length } of parts) buffers.push(await file.read(position, length));
  return buffers.length === 1 && buffers[0] ? buffers[0] : Buffer.concat(buffers);
}

function fragmentsOf(
  { fragments, offsets }: FragmentTable,
  frame: number,
  frames: number,
  codec: Codec,
): readonly Fragment[] {
  if (frames === 1) return fragments;
  if (offsets.length === frames) {
    const first = fragments.findIndex(({ offset }) => offset === offsets[frame]);
    const next = fragments.findIndex(({ offset }) => offset === offsets[frame + 1]);
    if (first >= 0 && (next > first || frame === frames - 1))
      return fragments.slice(first, next > first ? next : undefined);
  }
  if (fragments.length === frames || codec === 'rle') return fragments.slice(frame, frame + 1);
  const starts = fragments.flatMap(({ starts }, index) => (starts ? [index] : []));
  const first = starts[frame];
  return first === undefined ? [] : fragments.slice(first, starts[frame + 1]);
}

function offsetsOf(bytes: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) offsets.push(bytes.readUInt32LE(at));
  return offsets;
}

/** SOI of JPEG and JPEG-LS, SOC and SIZ of JPEG 2000. */
function isCodestreamStart(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  return (a === 0xff && b === 0xd8 && c === 0xff) || (a === 0xff && b === 0x4f && c === 0xff && d === 0x51);
}
