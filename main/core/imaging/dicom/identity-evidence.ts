import type { IdentityEvidence, IdentityField, PixelFacts } from '../../domain/identity.ts';
import type { DataSet, Element } from './parse.ts';
import type { DicomHeader } from './read-header.ts';
import { WHOLE_SLIDE } from './sop-classes.ts';
import { tags } from './tags.ts';
import { charsetOf, items, text, texts, uid } from './values.ts';

/** Elements that hold something about a person, at any depth of the data set (after PS3.15 table E.1-1). */
const fieldsByTag: ReadonlyMap<number, IdentityField> = new Map<number, IdentityField>([
  [0x00100010, 'patientName'],
  [0x00101001, 'otherPatientName'], [0x00101005, 'otherPatientName'], [0x00101060, 'otherPatientName'],
  [0x00102297, 'otherPatientName'],
  [0x00100020, 'patientId'],
  [0x00101000, 'otherPatientId'], [0x00101050, 'otherPatientId'], [0x00101090, 'otherPatientId'],
  [0x00100030, 'birthDate'],
  [0x00101010, 'age'],
  [0x00101040, 'contact'], [0x00102154, 'contact'], [0x00102155, 'contact'], [0x00102299, 'contact'],
  [0x00380300, 'contact'], [0x00080092, 'contact'], [0x00080094, 'contact'], [0x00401102, 'contact'],
  [0x00401103, 'contact'],
  [0x00080050, 'accession'], [0x00402016, 'accession'], [0x00402017, 'accession'], [0x00380010, 'accession'],
  [0x00080090, 'physician'], [0x0008009c, 'physician'], [0x00081048, 'physician'], [0x00081050, 'physician'],
  [0x00081060, 'physician'], [0x00081070, 'physician'], [0x00321032, 'physician'], [0x00400006, 'physician'],
  [0x0040a075, 'physician'], [0x0040a123, 'person'], [0x00700084, 'person'], [0x40080102, 'physician'],
  [0x4008010a, 'physician'], [0x4008010b, 'physician'], [0x4008010c, 'physician'], [0x40080114, 'physician'],
  [0x00080080, 'institution'], [0x00080081, 'institution'], [0x00081040, 'institution'],
  [0x00084000, 'comment'], [0x001021b0, 'comment'], [0x00104000, 'comment'], [0x00184000, 'comment'],
  [0x00204000, 'comment'], [0x00284000, 'comment'], [0x00324000, 'comment'], [0x00380500, 'comment'],
  [0x00384000, 'comment'], [0x00400280, 'comment'], [0x00401400, 'comment'], [0x00402400, 'comment'],
  [0x40004000, 'comment'], [0x40080115, 'comment'], [0x00102180, 'comment'],
  [0x00081030, 'description'], [0x0008103e, 'description'], [0x00081080, 'description'], [0x00181030, 'description'],
  [0x00321060, 'description'], [0x00400007, 'description'], [0x00400254, 'description'], [0x00082111, 'description'],
]); // prettier-ignore

const textVrs: ReadonlySet<string> = new Set('AE CS LO LT PN SH ST UC UN UR UT'.split(' '));

/** Of a long value, this much is looked at, in bytes; the rest of a comment is a comment too. */
const LONGEST_LOOK = 4096;
/** Data sets nest; the parser refuses what is deeper. */
const DEEPEST = 24;

/** Readable for at least this many letters in a row: shorter text is a code of the device's own. */
const READABLE = /\p{L}{4,}/u;

/** PS3.16 CID 7050: the basic profile and its options. */
const PROFILE_CODE = /^1131\d\d$/;
const SECONDARY_CAPTURE = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.[1-4])?$/;
/** Conversion Types (PS3.3 C.8.6.1) of scanners, screens and video. */
const capturing: ReadonlySet<string> = new Set('DV DI DF WSD SD SI DRW'.split(' '));

/** What the header says about persons and about text in the pixels. Raw values: for the judge only. */
export function identityEvidence(header: DicomHeader): IdentityEvidence {
  const { dataSet } = header;
  const charset = charsetOf(dataSet);
  const fields: { field: IdentityField; value: string }[] = [];
  for (const [holder, element] of everyElement(dataSet, 0)) {
    const field = fieldOf(element);
    if (!field) continue;
    const value = lookAt(holder, element, charset);
    if (field === 'private' && !isReadable(value)) continue;
    fields.push({ field, value });
  }
  const options = profileCodes(dataSet);
  return { fields, pixels: pixelFacts(header), statement: statementOf(dataSet, options), options };
}

function* everyElement(dataSet: DataSet, depth: number): Generator<readonly [DataSet, Element]> {
  for (const element of dataSet.elements.values()) {
    yield [dataSet, element];
    if (depth < DEEPEST) for (const item of items(dataSet, element.tag)) yield* everyElement(item, depth + 1);
  }
}

function fieldOf({ tag, vr, items: nested }: Element): IdentityField | undefined {
  const field = fieldsByTag.get(tag);
  if (field) return field;
  const group = tag >>> 16;
  if (group >= 0x6000 && group <= 0x60ff && group % 2 === 0)
    return (tag & 0xffff) === 0x3000 || (tag & 0xffff) === 0x0010 ? 'overlay' : undefined;
  if (group % 2 === 1) {
    // Creators (gggg,0010–00FF) name the maker of the block.
    const isCreator = (tag & 0xffff) >= 0x10 && (tag & 0xffff) <= 0xff;
    return !isCreator && !nested && (vr === null || textVrs.has(vr)) ? 'private' : undefined;
  }
  return vr === 'PN' ? 'person' : undefined;
}

function lookAt({ bytes }: DataSet, { offset, length }: Element, charset: 'latin1' | 'utf8'): string {
  const look = bytes.subarray(offset, offset + Math.min(length ?? 0, LONGEST_LOOK));
  return look.toString(charset).replaceAll('\0', ' ').trim();
}

/** Binary values of private elements are not text, even where a few bytes of them can be read. */
function isReadable(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- Control characters tell binary from text.
  return READABLE.test(value) && !/[\x01-\x08\x0e-\x1a\x7f]/.test(value);
}

function profileCodes(dataSet: DataSet): string[] {
  return items(dataSet, tags.deidentificationMethodCodeSequence).flatMap((item) => {
    const code = text(item, tags.codeValue);
    return code && PROFILE_CODE.test(code) ? [code] : [];
  });
}

function statementOf(dataSet: DataSet, codes: readonly string[]): IdentityEvidence['statement'] {
  const stated = text(dataSet, tags.patientIdentityRemoved)?.toUpperCase();
  if (stated === 'NO') return 'not-removed';
  return stated === 'YES' || codes.length > 0 ? 'removed' : 'none';
}

function pixelFacts({ dataSet, mediaSopClassUid }: DicomHeader): PixelFacts {
  const word = (tag: number) => text(dataSet, tag)?.toUpperCase() ?? '';
  const sopClass = uid(dataSet, tags.sopClassUid) ?? mediaSopClassUid ?? '';
  const conversion = word(tags.conversionType);
  return {
    burnedIn: word(tags.burnedInAnnotation),
    recognizable: word(tags.recognizableVisualFeatures),
    modality: word(tags.modality),
    captured: capturing.has(conversion) || (conversion === '' && SECONDARY_CAPTURE.test(sopClass)),
    slideImage: sopClass === WHOLE_SLIDE ? (texts(dataSet, tags.imageType)[2]?.toUpperCase() ?? '') : '',
  };
}
