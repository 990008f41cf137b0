import { valueRepresentations } from './data-set-start.ts';
import { tags } from './tags.ts';

/** One data element: where its value lies. Tags are numbers, 0xGGGGEEEE. */
export interface Element {
  readonly tag: number;
  /** Two letters, or null where the encoding does not say (implicit VR). */
  readonly vr: string | null;
  /** Of the value, in `DataSet.bytes`. */
  readonly offset: number;
  /** Bytes; null for undefined length. */
  readonly length: number | null;
  /** Of a sequence that was recognised as one. */
  readonly items: readonly DataSet[] | null;
}

export interface DataSet {
  readonly bytes: Buffer;
  readonly bigEndian: boolean;
  readonly elements: ReadonlyMap<number, Element>;
}

export interface Encoding {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

/**
 * How far the parser came: `pixels` at the head of the pixel data, `end` at the end of the bytes between two
 * elements, `short` inside an element that ends beyond the bytes, `damaged` where no element can be.
 */
export interface Parsed {
  readonly dataSet: DataSet;
  readonly stopped: 'pixels' | 'end' | 'short' | 'damaged';
  readonly pixels: Element | null;
  /** Position after the last element that was read. */
  readonly at: number;
}

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;
const UNDEFINED = 0xffffffff;

/** Deeper nesting than any information object has. */
const DEEPEST = 24;

/** VRs whose explicit header has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
const longVrs = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));

/** Raised inside the parser only: the bytes end before the element does, or make no sense. */
class Stop extends Error {
  readonly why: 'short' | 'damaged';
  constructor(why: 'short' | 'damaged') {
    super(why);
    this.why = why;
  }
}

/**
 * Reads a data set from `start` until its pixel data or its end (PS3.5 sections 7.1 to 7.5). Own code rather than a
 * library's, because it must stop at the pixel data of a file of which only the head is in memory, know every VR
 * (libraries misread OV, SV, UV), and keep what it understood of a damaged file. Values are not copied.
 *
 * @param lastGroup - stops before the first element of a later group.
 */
export function parseDataSet(bytes: Buffer, start: number, encoding: Encoding, lastGroup = 0xffff): Parsed {
  const elements = new Map<number, Element>();
  const dataSet = { bytes, bigEndian: encoding.bigEndian, elements };
  const cursor = { at: start };
  let at = start;
  try {
    while (cursor.at < bytes.length) {
      if (lastGroup < 0xffff && groupAt(bytes, cursor.at, encoding.bigEndian) > lastGroup) break;
      const element = readElement(bytes, cursor, encoding, bytes.length, 0);
      at = cursor.at;
      if (isPixelData(element.tag)) return { dataSet, stopped: 'pixels', pixels: element, at };
      if (!elements.has(element.tag)) elements.set(element.tag, element);
    }
    return { dataSet, stopped: 'end', pixels: null, at };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { dataSet, stopped: error.why, pixels: null, at };
  }
}

/** The items in the value of an element that did not look like a sequence, of VR UN for instance: implicit VR. */
export function parseItems(bytes: Buffer, offset: number, length: number): DataSet[] {
  const encoding = { explicit: false, bigEndian: false };
  try {
    return readItems(bytes, { at: offset }, encoding, offset + length, offset + length, 0);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return [];
  }
}

function isPixelData(tag: number): boolean {
  return tag === tags.pixelData || tag === tags.floatPixelData || tag === tags.doubleFloatPixelData;
}

interface Cursor {
  at: number;
}

function readElement(
  bytes: Buffer,
  cursor: Cursor,
  encoding: Encoding,
  limit: number,
  depth: number,
): Element {
  const { bigEndian } = encoding;
  const tag = readTag(bytes, cursor, bigEndian, limit);
  let vr: string | null = null;
  let length: number;
  const mark = isVrMark(bytes, cursor.at);
  if (encoding.explicit && mark && tag >>> 16 !== 0xfffe) {
    need(cursor.at + 4, limit);
    vr = bytes.toString('latin1', cursor.at, cursor.at + 2);
    const reserved = u16(bytes, cursor.at + 2, bigEndian);
    // A VR unknown to this table is new, and new ones have the long form (PS3.5 section 7.1.2).
    const long = longVrs.has(vr) || (!valueRepresentations.has(vr) && reserved === 0);
    if (long) need(cursor.at + 8, limit);
    length = long ? u32(bytes, cursor.at + 4, bigEndian) : reserved;
    cursor.at += long ? 8 : 4;
  } else {
    // Also in explicit data sets where a writer left the VR out: such files exist.
    need(cursor.at + 4, limit);
    length = u32(bytes, cursor.at, bigEndian);
    cursor.at += 4;
  }
  const offset = cursor.at;
  const undefinedLength = length === UNDEFINED;
  if (depth === 0 && isPixelData(tag))
    return { tag, vr, offset, length: undefinedLength ? null : length, items: null };

  const inner = vr === 'UN' ? { explicit: false, bigEndian: false } : encoding;
  if (undefinedLength) {
    const items =
      vr === 'OB' || vr === 'OW' || isPixelData(tag)
        ? skipFragments(bytes, cursor, bigEndian, limit)
        : readItems(bytes, cursor, inner, null, limit, depth + 1);
    return { tag, vr, offset, length: null, items };
  }
  need(offset + length, limit);
  cursor.at = offset + length;
  const items =
    vr === 'SQ' || (vr === null && startsWithItem(bytes, offset, length, bigEndian))
      ? wholeItems(bytes, offset, length, encoding, depth + 1)
      : null;
  return { tag, vr, offset, length, items };
}

/** Items of a sequence of known length: damage inside it does not reach the elements after it. */
function wholeItems(bytes: Buffer, offset: number, length: number, encoding: Encoding, depth: number) {
  const items: DataSet[] = [];
  try {
    readItems(bytes, { at: offset }, encoding, offset + length, offset + length, depth, items);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  return items;
}

function readItems(
  bytes: Buffer,
  cursor: Cursor,
  encoding: Encoding,
  end: number | null,
  limit: number,
  depth: number,
  items: DataSet[] = [],
): DataSet[] {
  if (depth > DEEPEST) throw new Stop('damaged');
  while (end === null || cursor.at < end) {
    const tag = readTag(bytes, cursor, encoding.bigEndian, limit);
    need(cursor.at + 4, limit);
    const length = u32(bytes, cursor.at, encoding.bigEndian);
    cursor.at += 4;
    if (tag === SEQUENCE_END) break;
    if (tag !== ITEM) throw new Stop('damaged');
    const itemEnd = length === UNDEFINED ? null : cursor.at + length;
    if (itemEnd !== null) need(itemEnd, limit);
    const elements = new Map<number, Element>();
    items.push({ bytes, bigEndian: encoding.bigEndian, elements });
    while (itemEnd === null || cursor.at < itemEnd) {
      const element = readElement(bytes, cursor, encoding, itemEnd ?? limit, depth);
      if (element.tag === ITEM_END) break;
      elements.set(element.tag, element);
    }
    if (itemEnd !== null) cursor.at = itemEnd;
  }
  return items;
}

/** Passes over encapsulated pixel data inside an item, an icon's. */
function skipFragments(bytes: Buffer, cursor: Cursor, bigEndian: boolean, limit: number): null {
  for (;;) {
    const tag = readTag(bytes, cursor, bigEndian, limit);
    need(cursor.at + 4, limit);
    const length = u32(bytes, cursor.at, bigEndian);
    cursor.at += 4;
    if (tag === SEQUENCE_END) return null;
    if (tag !== ITEM) throw new Stop('damaged');
    need(cursor.at + length, limit);
    cursor.at += length;
  }
}

function readTag(bytes: Buffer, cursor: Cursor, bigEndian: boolean, limit: number): number {
  need(cursor.at + 4, limit);
  const tag = u16(bytes, cursor.at, bigEndian) * 0x10000 + u16(bytes, cursor.at + 2, bigEndian);
  cursor.at += 4;
  return tag;
}

function need(end: number, limit: number): void {
  if (end > limit) throw new Stop('short');
}

function startsWithItem(bytes: Buffer, offset: number, length: number, bigEndian: boolean): boolean {
  if (length < 8) return false;
  const tag = u16(bytes, offset, bigEndian) * 0x10000 + u16(bytes, offset + 2, bigEndian);
  return tag === ITEM || tag === SEQUENCE_END;
}

function groupAt(bytes: Buffer, at: number, bigEndian: boolean): number {
  need(at + 2, bytes.length);
  return u16(bytes, at, bigEndian);
}

/** True where two capital letters stand: a VR, known or not. */
function isVrMark(bytes: Buffer, at: number): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  return first >= 0x41 && first <= 0x5a && second >= 0x41 && second <= 0x5a;
}

const u16 = (bytes: Buffer, at: number, bigEndian: boolean) =>
  bigEndian ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
const u32 = (bytes: Buffer, at: number, bigEndian: boolean) =>
  bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
