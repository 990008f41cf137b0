import { deflateRawSync } from 'node:zlib';

/** One data element to write. Text is written as Latin-1, numbers by their VR. */
export interface DicomElement {
  readonly tag: number;
  readonly vr: string;
  readonly value: string | readonly number[] | Uint8Array | readonly (readonly DicomElement[])[];
}

export type DicomEncoding = 'implicit' | 'explicit' | 'big-endian' | 'deflated';

/** A picture, and whatever else the file should say. All but the size and the pixels has a default. */
export interface DicomRecipe {
  readonly columns: number;
  readonly rows: number;
  /** Stored values, samples interleaved unless `planar`, frame after frame; or `fragments`. */
  readonly pixels?: ArrayLike<number>;
  /** Encapsulated pixel data: compressed fragments, with the UID of their transfer syntax. */
  readonly fragments?: readonly Uint8Array[];
  readonly transferSyntaxUid?: string;
  /** How the data set is written; `explicit` by default, and always for fragments. */
  readonly encoding?: DicomEncoding;
  readonly frames?: number;
  readonly samples?: 1 | 3;
  readonly photometric?: string;
  readonly bitsAllocated?: 1 | 8 | 16 | 32;
  readonly bitsStored?: number;
  readonly highBit?: number;
  readonly signed?: boolean;
  readonly planar?: boolean;
  /** Float pixel data (7FE0,0008) instead of integers. */
  readonly float?: boolean;
  readonly modality?: string;
  readonly sopClassUid?: string;
  readonly sopInstanceUid?: string;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly patientId?: string;
  readonly patientName?: string;
  /** Further elements, or others in place of those above. */
  readonly elements?: readonly DicomElement[];
  /** Tags to leave out. */
  readonly without?: readonly number[];
  /** False for a file that begins with its data set, as some old ones do. */
  readonly preamble?: boolean;
}

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
/** A UUID-derived root that belongs to no one (PS3.5 annex B.2). */
const UID = '2.25.160398243';

const syntaxes: Readonly<Record<DicomEncoding, string>> = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  'big-endian': '1.2.840.10008.1.2.2',
  deflated: '1.2.840.10008.1.2.1.99',
};

/**
 * A minimal DICOM file (PS3.10) with the picture of the recipe: for tests without shared data, and for demo files.
 */
export function buildDicom(recipe: DicomRecipe): Uint8Array {
  const encoding = recipe.fragments ? 'explicit' : (recipe.encoding ?? 'explicit');
  const form: Form = { explicit: encoding !== 'implicit', bigEndian: encoding === 'big-endian' };
  const elements = new Map(standardElements(recipe).map((element) => [element.tag, element]));
  for (const element of recipe.elements ?? []) elements.set(element.tag, element);
  for (const tag of recipe.without ?? []) elements.delete(tag);
  const sorted = [...elements.values()].sort((a, b) => a.tag - b.tag);
  const body = Buffer.concat([...sorted.map((element) => encode(element, form)), pixelElement(recipe, form)]);
  if (recipe.preamble === false) return body;

  const meta = Buffer.concat(
    [
      ui(0x00020002, recipe.sopClassUid ?? SECONDARY_CAPTURE),
      ui(0x00020003, recipe.sopInstanceUid ?? `${UID}.3`),
      ui(0x00020010, recipe.transferSyntaxUid ?? syntaxes[encoding]),
    ].map((element) => encode(element, { explicit: true, bigEndian: false })),
  );
  const length: DicomElement = { tag: 0x00020000, vr: 'UL', value: [meta.length] };
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    encode(length, { explicit: true, bigEndian: false }),
    meta,
    encoding === 'deflated' ? deflateRawSync(body) : body,
  ]);
}

/** Shorthand for an element of text. */
export function textElement(tag: number, vr: string, value: string): DicomElement {
  return { tag, vr, value };
}

function standardElements(recipe: DicomRecipe): DicomElement[] {
  const { samples = 1, bitsAllocated = 16, float = false } = recipe;
  const bitsStored = recipe.bitsStored ?? bitsAllocated;
  const us = (tag: number, value: number): DicomElement => ({ tag, vr: 'US', value: [value] });
  return [
    ui(0x00080016, recipe.sopClassUid ?? SECONDARY_CAPTURE),
    ui(0x00080018, recipe.sopInstanceUid ?? `${UID}.3`),
    textElement(0x00080060, 'CS', recipe.modality ?? 'OT'),
    textElement(0x00100010, 'PN', recipe.patientName ?? ''),
    textElement(0x00100020, 'LO', recipe.patientId ?? ''),
    ui(0x0020000d, recipe.studyUid ?? `${UID}.1`),
    ui(0x0020000e, recipe.seriesUid ?? `${UID}.2`),
    us(0x00280002, samples),
    textElement(0x00280004, 'CS', recipe.photometric ?? (samples === 3 ? 'RGB' : 'MONOCHROME2')),
    ...(samples === 3 ? [us(0x00280006, recipe.planar ? 1 : 0)] : []),
    ...(recipe.frames ? [textElement(0x00280008, 'IS', String(recipe.frames))] : []),
    us(0x00280010, recipe.rows),
    us(0x00280011, recipe.columns),
    // Else the identity check would look for text in it: the default class is that of captured screens.
    textElement(0x00280301, 'CS', 'NO'),
    us(0x00280100, float ? 32 : bitsAllocated),
    ...(float
      ? []
      : [
          us(0x00280101, bitsStored),
          us(0x00280102, recipe.highBit ?? bitsStored - 1),
          us(0x00280103, recipe.signed ? 1 : 0),
        ]),
  ];
}

function ui(tag: number, value: string): DicomElement {
  return textElement(tag, 'UI', value);
}

interface Form {
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const sizes: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  OF: 4,
  FD: 8,
  OB: 1,
  UN: 1,
};

function encode(element: DicomElement, form: Form): Buffer {
  const value = valueOf(element, form);
  return Buffer.concat([header(element.tag, element.vr, value.length, form), value]);
}

function header(tag: number, vr: string, length: number, { explicit, bigEndian }: Form): Buffer {
  const words = number(bigEndian);
  const tagBytes = Buffer.concat([words(tag >>> 16, 2), words(tag & 0xffff, 2)]);
  if (!explicit || tag >>> 16 === 0xfffe) return Buffer.concat([tagBytes, words(length, 4)]);
  const long = longVrs.has(vr);
  const lengthBytes = long ? Buffer.concat([Buffer.alloc(2), words(length, 4)]) : words(length, 2);
  return Buffer.concat([tagBytes, Buffer.from(vr, 'latin1'), lengthBytes]);
}

function valueOf({ vr, value }: DicomElement, form: Form): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'latin1');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  if (value instanceof Uint8Array)
    return value.length % 2 === 0 ? Buffer.from(value) : Buffer.concat([value, Buffer.alloc(1)]);
  if (vr === 'SQ') {
    const items = (value as readonly (readonly DicomElement[])[]).map((elements) => {
      const body = Buffer.concat(elements.map((element) => encode(element, form)));
      return Buffer.concat([header(0xfffee000, '', body.length, form), body]);
    });
    return Buffer.concat(items);
  }
  const numbers = value as readonly number[];
  if (vr === 'IS' || vr === 'DS') return valueOf({ tag: 0, vr, value: numbers.join('\\') }, form);
  return samplesOf(numbers, sizes[vr] ?? 2, form.bigEndian, vr === 'FL' || vr === 'FD' || vr === 'OF');
}

function pixelElement(recipe: DicomRecipe, form: Form): Buffer {
  const { pixels, fragments, bitsAllocated = 16, float = false } = recipe;
  if (fragments) {
    const items = [new Uint8Array(), ...fragments].map((fragment) => {
      const padded = fragment.length % 2 === 0 ? fragment : Buffer.concat([fragment, Buffer.alloc(1)]);
      return Buffer.concat([header(0xfffee000, '', padded.length, form), padded]);
    });
    return Buffer.concat([
      header(0x7fe00010, 'OB', 0xffffffff, form),
      ...items,
      header(0xfffee0dd, '', 0, form),
    ]);
  }
  if (!pixels) return Buffer.alloc(0);
  if (float) {
    const bytes = samplesOf(pixels, 4, form.bigEndian, true);
    return Buffer.concat([header(0x7fe00008, 'OF', bytes.length, form), bytes]);
  }
  const bytes =
    bitsAllocated === 1 ? packBits(pixels) : samplesOf(pixels, bitsAllocated / 8, form.bigEndian, false);
  const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  const vr = bitsAllocated > 8 ? 'OW' : 'OB';
  return Buffer.concat([header(0x7fe00010, vr, padded.length, form), padded]);
}

function samplesOf(values: ArrayLike<number>, size: number, bigEndian: boolean, float: boolean): Buffer {
  const bytes = Buffer.alloc(values.length * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    const at = index * size;
    if (float && size === 8) view.setFloat64(at, value, !bigEndian);
    else if (float) view.setFloat32(at, value, !bigEndian);
    else if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, !bigEndian);
    else view.setUint32(at, value, !bigEndian);
  }
  return bytes;
}

/** One bit per pixel, the first in the lowest bit (PS3.5 section 8.1.1). */
function packBits(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (let index = 0; index < values.length; index++)
    if (values[index]) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  return bytes;
}

function number(bigEndian: boolean) {
  return (value: number, size: 2 | 4): Buffer => samplesOf([value], size, bigEndian, false);
}
