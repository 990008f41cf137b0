import type { IdentityField } from '../domain/identity.ts';
import { xmlPairs } from './described-xml.ts';

/** A value, raw, and what it is about. */
export interface FoundField {
  readonly field: IdentityField;
  readonly value: string;
}

/** Of a longer description the rest is not read, which is said. */
const LONGEST_TEXT = 4 * 1024 * 1024;
/** Of what stands in no known field, this much is looked at for names, in characters. */
const LONGEST_REST = 64 * 1024;

/** Names of fields as scanners and laboratories write them, `PatientName` and `patient_name` as `patient name`. */
const identifying: readonly (readonly [field: IdentityField, name: RegExp])[] = [
  ['birthDate', /\bbirth|\bdob\b/],
  ['otherPatientId', /\b(ssn|nhs|social security|insurance)\b/],
  ['patientId', /\b(patient|subject|person) ?(id|nr|no|number|identifier|code)\b|\bmrn\b|\bmedical record|^pid$/],
  ['physician', /\b(physician|doctor|pathologist|radiologist|operator|technician|technologist|user|observer)s?\b/],
  ['physician', /\b(scanned|requested|reported) by\b|\b(user|login) ?name\b/],
  ['patientName', /^(patient|subject)s?( (full|first|last|given|family|middle) ?)?( ?name)?$|\b(patient|subject)s? ?name\b/],
  ['patientName', /\b(sur|family|maiden|given|first|last) ?name\b/],
  ['age', /\bage$/],
  ['accession', /\b(accession|requisition|order number|slide label|slide id)\b|\bbarcode( ?\d ?d| ?id| ?text| ?value)?$/],
  ['accession', /\b(case|specimen|sample)( ?(id|nr|no|number|name|code|key))?$/],
  ['institution', /\b(institution|hospital|clinic|laboratory|department)s?\b/],
  ['contact', /\b(address|street|zip|postal|phone|telephone|fax|e ?mail)\b/],
  ['gpsPosition', /\b(gps|latitude|longitude)\b/],
  ['comment', /\b(comment|remark|note)s?$/],
  ['owner', /\b(author|artist|photographer|owner)s?$/],
  ['title', /\b(file|document|slide|image|project) ?name$|^title$/],
]; // prettier-ignore

/** Of `Name: value`, which is also how prose is punctuated, only fields of these kinds, and names of few words. */
const inProse: ReadonlySet<IdentityField> = new Set([
  'patientName', 'patientId', 'otherPatientId', 'birthDate', 'accession', 'physician', 'contact',
]); // prettier-ignore
const MOST_WORDS = 3;

/** What devices say of themselves and of when they did it; days of a study are not what is looked for. */
const technical = /date|time|\b(zone|created|creation|modified|version|uuid|guid|serial|s n)\b|\bid$/;

/** Numbers with a fraction, rows of numbers, tables in hexadecimal, pictures in base64. */
const measured = /^[-+]?\d*\.\d+(e[-+]?\d+)?$|^-?\d+(,-?\d+)+$|^([0-9a-f]{2}){16,}$|^[a-z0-9+/=\s]{400,}$/i;
const uuidsAndLinks = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bhttps?:\/\/[^\s"<]+/gi;

/** A name of a field in lower-case words. */
const wordsOf = (name: string) =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();

/** What a field of that name is about; undefined where nothing in the name says that it is about a person. */
export function fieldOfName(name: string): IdentityField | undefined {
  const words = wordsOf(name);
  return identifying.find(([, pattern]) => pattern.test(words))?.[0];
}

/**
 * What the description of a picture says about persons, field by field where it has fields: `name = value` between bars,
 * semicolons or line ends (Aperio, Hamamatsu, Trestle, ImageJ), elements and attributes of XML (OME, Leica, Philips,
 * Ventana). What has no known name is one caption, without measured values, links and identifiers of the file's own.
 */
export function describedFields(description: string): FoundField[] {
  const text = description.slice(0, LONGEST_TEXT);
  const found = fieldsOfPairs(pairsOf(text));
  if (description.length > LONGEST_TEXT) found.push({ field: 'unread', value: '' });
  return found;
}

/** The same of fields that are known one by one. */
export function fieldsOfPairs(pairs: Iterable<DescribedPair>): FoundField[] {
  const found: FoundField[] = [];
  const rest: string[] = [];
  for (const { name, value, field } of pairs) {
    const trimmed = value.replaceAll('\0', ' ').trim();
    if (trimmed === '') continue;
    const about = field ?? (name === '' ? undefined : fieldOfName(name));
    if (about) found.push({ field: about, value: about === 'age' ? years(trimmed) : trimmed });
    else if (!measured.test(trimmed) && !technical.test(wordsOf(name))) rest.push(trimmed);
  }
  // A bar, so that numbers of neighbouring fields are not taken for one telephone number.
  const caption = rest.join(' | ').replace(uuidsAndLinks, ' ').trim();
  if (caption !== '') found.push({ field: 'caption', value: caption.slice(0, LONGEST_REST) });
  if (caption.length > LONGEST_REST) found.push({ field: 'unread', value: '' });
  return found;
}

/** An age in years as DICOM writes it. */
const years = (value: string) => (/^\d{1,3}$/.test(value) ? `${value.padStart(3, '0')}Y` : value);

/** A field or a piece without one, which has an empty name. */
export interface DescribedPair {
  readonly name: string;
  readonly value: string;
  /** Where the surroundings say it better than the name. */
  readonly field?: IdentityField;
}

function pairsOf(text: string): Iterable<DescribedPair> {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (/^<[?!\w]/.test(start)) return xmlPairs(text);
  if (start.startsWith('{'))
    try {
      return jsonPairs(JSON.parse(start));
    } catch {
      // No JSON after all.
    }
  return writtenPairs(text);
}

function* writtenPairs(text: string): Generator<DescribedPair> {
  for (const piece of text.split(/[|;\r\n]+/)) {
    const [, name = '', sign = '', value = ''] =
      /^\s*(\p{L}[^=:]{0,63}?)\s*([=:])\s*(.*)$/u.exec(piece) ?? [];
    if (sign === '=' || (sign === ':' && isNamedInProse(name))) yield { name, value };
    else yield { name: '', value: piece };
  }
}

function isNamedInProse(name: string): boolean {
  const field = fieldOfName(name);
  return field !== undefined && inProse.has(field) && wordsOf(name).split(' ').length <= MOST_WORDS;
}

/** Texts and numbers with the names they stand under, in their order. No recursion: lists nest as deep as the text is long. */
function* jsonPairs(document: unknown): Generator<DescribedPair> {
  const open: (readonly [name: string, value: unknown])[] = [['', document]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [name, value] = next;
    if (Array.isArray(value)) for (const one of value.toReversed()) open.push([name, one]);
    else if (typeof value === 'object' && value !== null)
      for (const entry of Object.entries(value).toReversed()) open.push(entry);
    else if (typeof value === 'string' || typeof value === 'number') yield { name, value: String(value) };
  }
}
