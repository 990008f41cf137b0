import { parseItems, type DataSet, type Element } from './parse.ts';
import { tags } from './tags.ts';

/** How a number is stored where the element does not say: implicit VR, or VR UN. */
export type NumberForm = 'US' | 'SS' | 'UL' | 'FL' | 'FD' | 'text';

/** The longest text value that is read; allow-listed values are far shorter. */
const LONGEST_TEXT = 65_536;

/** The bytes of a value, a view; empty where the element is absent or has undefined length. */
export function valueBytes(dataSet: DataSet, tag: number): Buffer {
  const element = dataSet.elements.get(tag);
  if (!element || element.length === null) return dataSet.bytes.subarray(0, 0);
  return dataSet.bytes.subarray(element.offset, element.offset + element.length);
}

/** All values of a text element, padding removed; empty where absent. */
export function texts(dataSet: DataSet, tag: number, charset: 'latin1' | 'utf8' = 'latin1'): string[] {
  const bytes = valueBytes(dataSet, tag);
  if (bytes.length === 0 || bytes.length > LONGEST_TEXT) return [];
  return bytes
    .toString(charset)
    .split('\\')
    .map((value) => value.replaceAll('\0', ' ').trim());
}

/** The first value of a text element; undefined where absent or empty. */
export function text(dataSet: DataSet, tag: number, charset?: 'latin1' | 'utf8'): string | undefined {
  return texts(dataSet, tag, charset)[0] || undefined;
}

/** A unique identifier; undefined where absent or where what is written is none (PS3.5 section 9.1). */
export function uid(dataSet: DataSet, tag: number): string | undefined {
  const written = text(dataSet, tag);
  return written && /^[0-9.]{1,64}$/.test(written) ? written : undefined;
}

/** All numbers of an element, whichever way they are written; those that are none are left out. */
export function numbers(dataSet: DataSet, tag: number, form: NumberForm): number[] {
  const element = dataSet.elements.get(tag);
  if (!element) return [];
  const bytes = valueBytes(dataSet, tag);
  const reader = readerOf(element, form);
  if (!reader) return texts(dataSet, tag).map(parseDecimal).filter(Number.isFinite);
  const values: number[] = [];
  for (let at = 0; at + reader.size <= bytes.length; at += reader.size)
    values.push(reader.read(bytes, at, dataSet.bigEndian));
  return values.filter(Number.isFinite);
}

/** The first number of an element; undefined where there is none. */
export function number(dataSet: DataSet, tag: number, form: NumberForm): number | undefined {
  return numbers(dataSet, tag, form)[0];
}

/** The items of a sequence; empty where absent. */
export function items(dataSet: DataSet, tag: number): readonly DataSet[] {
  const element = dataSet.elements.get(tag);
  if (!element) return [];
  if (element.items) return element.items;
  if (element.vr !== 'UN' || element.length === null) return [];
  return parseItems(dataSet.bytes, element.offset, element.length);
}

/** The character set of the file's text: Latin-1 stands in for the many that attributes rarely need. */
export function charsetOf(dataSet: DataSet): 'latin1' | 'utf8' {
  return texts(dataSet, tags.specificCharacterSet).includes('ISO_IR 192') ? 'utf8' : 'latin1';
}

interface NumberReader {
  readonly size: number;
  readonly read: (bytes: Buffer, at: number, bigEndian: boolean) => number;
}

const readers: Readonly<Record<string, NumberReader>> = {
  US: { size: 2, read: (b, at, big) => (big ? b.readUInt16BE(at) : b.readUInt16LE(at)) },
  SS: { size: 2, read: (b, at, big) => (big ? b.readInt16BE(at) : b.readInt16LE(at)) },
  UL: { size: 4, read: (b, at, big) => (big ? b.readUInt32BE(at) : b.readUInt32LE(at)) },
  SL: { size: 4, read: (b, at, big) => (big ? b.readInt32BE(at) : b.readInt32LE(at)) },
  FL: { size: 4, read: (b, at, big) => (big ? b.readFloatBE(at) : b.readFloatLE(at)) },
  FD: { size: 8, read: (b, at, big) => (big ? b.readDoubleBE(at) : b.readDoubleLE(at)) },
};

function readerOf(element: Element, form: NumberForm): NumberReader | undefined {
  const { vr } = element;
  // US or SS: the file's choice stands. OW and UN say nothing about what is in them.
  if (vr && vr in readers) return readers[vr];
  if (vr === null || vr === 'UN' || vr === 'OW' || vr === 'OB') return readers[form];
  return undefined;
}

function parseDecimal(written: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(written) ? Number(written) : Number.NaN;
}
