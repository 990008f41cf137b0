import type { DicomHeader } from './read-header.ts';
import { firstAnswer, frameScopes } from './functional-groups.ts';
import type { ImageDescription } from './image-description.ts';
import type { DataSet } from './parse.ts';
import { tags } from './tags.ts';
import { mayKeep } from './vocabulary.ts';
import { charsetOf, items, number, numbers, text, texts } from './values.ts';

/** One value of a file that may be stored, shown and filtered by. */
export interface Attribute {
  readonly name: string;
  readonly text?: string;
  readonly number?: number;
  readonly unit?: string;
}

/** What was looked for, there or not. */
interface Found {
  readonly name: string;
  readonly text?: string | undefined;
  readonly number?: number | undefined;
  readonly unit?: string | undefined;
}

/** Raw identifiers, for the caller to turn into keyed hashes. They go nowhere else. */
export interface Identifiers {
  readonly patientId?: string;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly sopInstanceUid?: string;
  readonly frameOfReference?: string;
  /** Of the glass slide: Container Identifier. */
  readonly container?: string;
}

/** Longer than any model name or defined term; what is longer is prose and stays out. */
const LONGEST = 64;

/** From here on an age may identify a person (HIPAA safe harbour: over 89). */
const OLDEST_YEARS = 90;
const AGE_BAND_YEARS = 5;

/**
 * The allow-list: whatever is not named here does not leave the file. Device and technique, region of the body,
 * and the two facts about a person that research needs, coarsened: sex, and age in bands of five years.
 */
export function attributesOf(header: DicomHeader, image: ImageDescription): Attribute[] {
  const { dataSet, syntax } = header;
  const charset = charsetOf(dataSet);
  const word = (name: string, tag: number) => ({ name, text: text(dataSet, tag, charset) });
  const amount = (name: string, tag: number, unit?: string) => ({
    name,
    number: number(dataSet, tag, 'text'),
    unit,
  });
  const spacing = pixelSpacing(dataSet);
  const all: readonly Found[] = [
    word('modality', tags.modality),
    { name: 'bodyPart', text: bodyPart(dataSet) },
    { name: 'laterality', text: text(dataSet, tags.imageLaterality) ?? text(dataSet, tags.laterality) },
    word('view', tags.viewPosition),
    word('manufacturer', tags.manufacturer),
    word('manufacturerModel', tags.manufacturerModelName),
    amount('kVp', tags.kvp, 'kV'),
    { name: 'sliceThickness', number: frameNumber(dataSet, tags.sliceThickness), unit: 'mm' },
    { name: 'pixelSpacingX', number: spacing[1], unit: 'mm' },
    { name: 'pixelSpacingY', number: spacing[0], unit: 'mm' },
    { name: 'sex', text: sex(dataSet) },
    ageBand(dataSet),
    { name: 'studyYear', number: yearOf(text(dataSet, tags.studyDate)) },
    amount('seriesNumber', tags.seriesNumber),
    amount('instanceNumber', tags.instanceNumber),
    { name: 'photometric', text: image.photometric },
    { name: 'transferSyntax', text: syntax.name },
    { name: 'bitsStored', number: image.bitsStored },
  ];
  return all.flatMap(({ name, text: words, number: value, unit }) => {
    const text = words && words.length <= LONGEST && mayKeep(name, words) ? { text: words } : {};
    const number = value !== undefined ? { number: value, ...(unit ? { unit } : {}) } : {};
    return 'text' in text || 'number' in number ? [{ name, ...text, ...number }] : [];
  });
}

export function identifiersOf({ dataSet }: DicomHeader): Identifiers {
  const entry = (name: keyof Identifiers, tag: number) => {
    const value = text(dataSet, tag, charsetOf(dataSet));
    return value ? { [name]: value } : {};
  };
  return {
    ...entry('patientId', tags.patientId),
    ...entry('studyUid', tags.studyInstanceUid),
    ...entry('seriesUid', tags.seriesInstanceUid),
    ...entry('sopInstanceUid', tags.sopInstanceUid),
    ...entry('frameOfReference', tags.frameOfReferenceUid),
  };
}

/** Body Part Examined, else the meaning of the Anatomic Region code; upper case, as the defined terms are. */
export function bodyPart(dataSet: DataSet): string | undefined {
  const region = items(dataSet, tags.anatomicRegionSequence)[0];
  const written = text(dataSet, tags.bodyPartExamined) ?? (region && text(region, tags.codeMeaning));
  return written?.toUpperCase();
}

function pixelSpacing(dataSet: DataSet): number[] {
  const scopes = frameScopes(dataSet, tags.pixelMeasuresSequence, 0);
  const pair = (tag: number) => (scope: DataSet) => {
    const values = numbers(scope, tag, 'text');
    return values.length >= 2 ? values : undefined;
  };
  return firstAnswer(scopes, pair(tags.pixelSpacing)) ?? pair(tags.imagerPixelSpacing)(dataSet) ?? [];
}

function frameNumber(dataSet: DataSet, tag: number): number | undefined {
  return firstAnswer(frameScopes(dataSet, tags.pixelMeasuresSequence, 0), (scope) =>
    number(scope, tag, 'text'),
  );
}

function sex(dataSet: DataSet): string | undefined {
  const written = text(dataSet, tags.patientSex)?.toUpperCase();
  return written && ['M', 'F', 'O'].includes(written) ? written : undefined;
}

/** The age at the study in a band of five years; from Patient's Age, else from birth date and study date. */
function ageBand(dataSet: DataSet): Found {
  const years = statedYears(texts(dataSet, tags.patientAge)[0]) ?? elapsedYears(dataSet);
  if (years === undefined || years < 0) return { name: 'ageBand' };
  if (years >= OLDEST_YEARS)
    return { name: 'ageBand', text: `${OLDEST_YEARS}+`, number: OLDEST_YEARS, unit: 'years' };
  const from = Math.floor(years / AGE_BAND_YEARS) * AGE_BAND_YEARS;
  return { name: 'ageBand', text: `${from}-${from + AGE_BAND_YEARS - 1}`, number: from, unit: 'years' };
}

function statedYears(age: string | undefined): number | undefined {
  const match = /^(\d{1,3})([DWMY])$/i.exec(age ?? '');
  // Nothing but zeros is what anonymisers write; newborns have days.
  if (!match || Number(match[1]) === 0) return undefined;
  const perYear = { D: 365.25, W: 52.18, M: 12, Y: 1 }[match[2]?.toUpperCase() ?? 'Y'] ?? 1;
  return Math.floor(Number(match[1]) / perYear);
}

function elapsedYears(dataSet: DataSet): number | undefined {
  const born = text(dataSet, tags.patientBirthDate);
  const studied = text(dataSet, tags.studyDate);
  // The first day of 1900 is another of their dummies.
  if (yearOf(born) === undefined || yearOf(studied) === undefined || born === '19000101') return undefined;
  return Math.floor((Number(studied?.slice(0, 8)) - Number(born?.slice(0, 8))) / 10_000);
}

/** The year of a DICOM date, `YYYYMMDD` or the `YYYY.MM.DD` of old files. */
function yearOf(date: string | undefined): number | undefined {
  const match = /^(1[89]|20)\d\d(?=\d{4}|\.\d\d\.\d\d)/.exec(date ?? '');
  return match ? Number(match[0]) : undefined;
}
