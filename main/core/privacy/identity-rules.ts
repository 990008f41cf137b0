import type { IdentityEvidence, IdentityField, Verdict } from '../domain/identity.ts';
import {
  ageKind,
  dateKind,
  idKind,
  nameKind,
  textKind,
  titleKind,
  type ValueKind,
} from '../domain/identity-values.ts';

type Verdicts = Readonly<Partial<Record<ValueKind, Exclude<Verdict, 'clear'>>>>;

/** A rule about the values of a field. Kinds that it does not name are clear. */
export interface FieldRule {
  readonly code: string;
  /** What people read. */
  readonly title: string;
  readonly field: IdentityField;
  readonly kindOf: (value: string) => ValueKind;
  readonly verdicts: Verdicts;
  /**
   * Instead, for a file that states that its identity was removed: then codes, aliases and numbers are the
   * de-identifier's, and what still looks like a person contradicts the statement and is looked at by one.
   */
  readonly stated: Verdicts;
}

const present = (): ValueKind => 'present';

const person: Pick<FieldRule, 'kindOf' | 'verdicts' | 'stated'> = {
  kindOf: nameKind,
  verdicts: { name: 'review', placeholder: 'review', alias: 'review' },
  stated: { name: 'review' },
};

export const fieldRules: readonly FieldRule[] = [
  {
    code: 'patient-name',
    title: 'Patient name',
    field: 'patientName',
    kindOf: nameKind,
    verdicts: { name: 'block', alias: 'block', placeholder: 'block', initials: 'review' },
    stated: { name: 'review' },
  },
  {
    code: 'other-patient-name',
    title: 'Other, birth or mother’s name',
    field: 'otherPatientName',
    kindOf: nameKind,
    verdicts: { name: 'block', alias: 'block', placeholder: 'block', initials: 'review' },
    stated: { name: 'review', alias: 'review' },
  },
  {
    code: 'patient-id',
    title: 'Patient ID',
    field: 'patientId',
    kindOf: idKind,
    verdicts: { name: 'block', digits: 'review' },
    stated: { name: 'review' },
  },
  {
    code: 'other-patient-id',
    title: 'Other patient or insurance number',
    field: 'otherPatientId',
    kindOf: idKind,
    verdicts: { name: 'block', digits: 'block', code: 'review', alias: 'review' },
    stated: { name: 'review', digits: 'review' },
  },
  {
    code: 'birth-date',
    title: 'Birth date',
    field: 'birthDate',
    kindOf: dateKind,
    verdicts: { date: 'block', year: 'review' },
    stated: { date: 'review' },
  },
  {
    code: 'age-over-89',
    title: 'Age over 89',
    field: 'age',
    kindOf: ageKind,
    verdicts: { old: 'review' },
    stated: { old: 'review' },
  },
  {
    code: 'contact',
    title: 'Address or telephone',
    field: 'contact',
    kindOf: textKind,
    verdicts: { text: 'block', pointed: 'block' },
    stated: { text: 'review', pointed: 'review' },
  },
  {
    code: 'accession-number',
    title: 'Accession or order number',
    field: 'accession',
    kindOf: idKind,
    verdicts: { name: 'review', digits: 'review', code: 'review', alias: 'review' },
    stated: { name: 'review' },
  },
  { code: 'physician', title: 'Physician or operator', field: 'physician', ...person },
  { code: 'person', title: 'Another person’s name', field: 'person', ...person },
  {
    code: 'institution',
    title: 'Institution',
    field: 'institution',
    kindOf: textKind,
    verdicts: { text: 'review', pointed: 'review' },
    stated: {},
  },
  {
    code: 'comment',
    title: 'Free-text comment',
    field: 'comment',
    kindOf: textKind,
    verdicts: { text: 'review', pointed: 'block' },
    stated: { pointed: 'review' },
  },
  {
    code: 'description',
    title: 'Description that names somebody',
    field: 'description',
    kindOf: textKind,
    verdicts: { pointed: 'review' },
    stated: { pointed: 'review' },
  },
  {
    code: 'private-group',
    title: 'Private group with text',
    field: 'private',
    kindOf: textKind,
    verdicts: { text: 'review', pointed: 'review' },
    stated: {},
  },
  {
    code: 'gps-position',
    title: 'Position where the picture was taken',
    field: 'gpsPosition',
    kindOf: present,
    verdicts: { present: 'block' },
    stated: { present: 'block' },
  },
  { code: 'owner', title: 'Owner or photographer', field: 'owner', ...person },
  {
    code: 'shown-person',
    title: 'Name of the person shown',
    field: 'shownPerson',
    kindOf: nameKind,
    verdicts: { name: 'block', alias: 'block', placeholder: 'block', initials: 'review' },
    stated: { name: 'block' },
  },
  {
    code: 'caption',
    title: 'Caption that names somebody',
    field: 'caption',
    kindOf: textKind,
    verdicts: { pointed: 'review' },
    stated: { pointed: 'review' },
  },
  {
    code: 'title',
    title: 'File name or title that names somebody',
    field: 'title',
    kindOf: titleKind,
    verdicts: { name: 'review', pointed: 'review' },
    stated: { name: 'review', pointed: 'review' },
  },
  {
    code: 'unread-text',
    title: 'Descriptions that could not be read',
    field: 'unread',
    kindOf: present,
    verdicts: { present: 'review' },
    stated: { present: 'review' },
  },
];

/** A rule about the file as a whole, mostly about what can be seen in its pixels. */
export interface FactRule {
  readonly code: string;
  readonly title: string;
  readonly verdict: Exclude<Verdict, 'clear'>;
  readonly applies: (evidence: IdentityEvidence) => boolean;
}

/** Options of the de-identification profile (PS3.16 CID 7050). */
const CLEAN_PIXELS = '113101';
const CLEAN_RECOGNIZABLE = '113102';
const CLEAN_GRAPHICS = '113103';

/** Modalities whose devices draw names into the picture, or whose pictures may show a face. */
const drawnInto = new Set('US IVUS BDUS XA RF ES DOC SC HC XC TG'.split(' '));

export const factRules: readonly FactRule[] = [
  {
    code: 'burned-in',
    title: 'Burned-in annotation',
    verdict: 'block',
    applies: ({ pixels }) => pixels.burnedIn === 'YES',
  },
  {
    code: 'burned-in-possible',
    title: 'Burned-in annotation not ruled out',
    verdict: 'review',
    applies: ({ pixels, options }) =>
      pixels.burnedIn !== 'NO' &&
      pixels.burnedIn !== 'YES' &&
      !options.includes(CLEAN_PIXELS) &&
      (pixels.captured || drawnInto.has(pixels.modality)),
  },
  {
    code: 'recognizable-features',
    title: 'Recognizable visual features',
    verdict: 'review',
    applies: ({ pixels, options }) => pixels.recognizable === 'YES' && !options.includes(CLEAN_RECOGNIZABLE),
  },
  {
    code: 'overlay',
    title: 'Overlay that may hold text',
    verdict: 'review',
    applies: ({ fields, options }) =>
      fields.some(({ field }) => field === 'overlay') && !options.includes(CLEAN_GRAPHICS),
  },
  {
    code: 'slide-label',
    title: 'Label image of a slide',
    verdict: 'block',
    applies: ({ pixels }) => pixels.slideImage === 'LABEL',
  },
  {
    code: 'slide-overview',
    title: 'Overview image that may show a label',
    verdict: 'review',
    applies: ({ pixels }) => pixels.slideImage === 'OVERVIEW',
  },
  {
    code: 'identity-not-removed',
    title: 'Says that identity was not removed',
    verdict: 'review',
    applies: ({ statement }) => statement === 'not-removed',
  },
];

/** What people read for a code. */
export function ruleTitle(code: string): string {
  return [...fieldRules, ...factRules].find((rule) => rule.code === code)?.title ?? code;
}
