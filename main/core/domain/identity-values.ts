/**
 * What a value looks like, as far as that tells a person's own data from what de-identification leaves behind.
 *
 * `empty`: nothing but separators. `dummy`: a word that stands for nothing ("Anonymous", "XXXX", "00000000").
 * `code`: a pseudonym, letters with digits, a hash, a UID. `digits`: a bare number, which may be a hospital's.
 * `initials`: up to three letters. `alias`: one longer word. `placeholder`: the surnames of nobody ("Doe^Peter").
 * `name`: words, as persons have. `year`: a date known to the year. `date`: to the day. `text`: prose.
 * `pointed`: prose that names or reaches somebody. `old`: an age above 89 that was not grouped. `present`: is there.
 */
export type ValueKind =
  | 'empty'
  | 'dummy'
  | 'code'
  | 'digits'
  | 'initials'
  | 'alias'
  | 'placeholder'
  | 'name'
  | 'year'
  | 'date'
  | 'text'
  | 'pointed'
  | 'old'
  | 'present';

const list = (words: string) => new Set(words.split(/\s+/).filter(Boolean));

/** What de-identifiers, test objects and forms write in place of a value, lower case, letters only. */
const dummyWords = list(`
  anon anonym anonyme anonymous anonymus anonymised anonymized anonymisiert anonymizer anonimo anonimizado annon
  deidentified deid deident redacted removed hidden masked blinded confidential cleared deleted
  unknown unbekannt inconnu desconocido sconosciuto none null nil na nn nan noname noinfo no info information available
  not applicable specified given provided undefined unspecified default empty blank value
  name firstname lastname first last middle mid prefix suffix pre family patient patients pt subject subj case
  study id ident identifier number nr physician doctor dr institution hospital department
  test tester testing phantom phantoms fantom dummy demo sample example specimen qa qc calibration
`);

/** Surnames that forms and tutorials use for nobody, and the given names that go with them. */
const placeholderSurnames = list('doe roe bloggs mustermann musterfrau dupont test phantom anonymous');
const placeholderGiven = list('john jane joe richard max erika maxi jean jd j');

const letters = (token: string) => token.toLowerCase().replace(/[^\p{L}]/gu, '');

/** Words and numbers of a value, without its separators. */
const tokensOf = (value: string): string[] =>
  value
    .split(/[\^=\s,;/\\*()[\]"]+/)
    .map((token) => token.replace(/^[-_.:]+|[-_.:]+$/g, ''))
    .filter((token) => /[\p{L}\p{N}]/u.test(token));

const isRepeated = (token: string) => token.length > 1 && /^(.)\1*$/iu.test(token.replace(/[-_.:]/g, ''));
const isDummyToken = (token: string) =>
  isRepeated(token) || (!/\p{N}/u.test(token) && dummyWords.has(letters(token)));
const hasDigit = (token: string) => /[0-9]/.test(token);

/** Beyond Latin letters without marks nothing here knows a code from a name. */
const isPlain = (value: string) => /^[\x20-\x7e]*$/.test(value);

/** A person's name (VR PN, or a field that holds one). */
export function nameKind(value: string): ValueKind {
  const tokens = tokensOf(value);
  if (tokens.length === 0) return isPlain(value) ? 'empty' : 'name';
  if (!isPlain(value)) return 'name';
  if (tokens.every(isDummyToken)) return 'dummy';
  if (tokens.every((token) => isDummyToken(token) || hasDigit(token))) return 'code';
  const [family = '', ...given] = tokens;
  if (placeholderSurnames.has(letters(family)) && tokens.length > 1)
    return given.every((token) => hasDigit(token) || placeholderGiven.has(letters(token)))
      ? 'dummy'
      : 'placeholder';
  const initials = tokens.filter((token) => letters(token).length <= 3 && !isDummyToken(token));
  if (tokens.length === 1) return initials.length === 1 ? 'initials' : 'alias';
  return 'name';
}

/** Numbers below this are places in a list. */
const COUNTED_BELOW = 1000;

/** An identifier: of a patient, an order. Bare numbers may be a hospital's own. */
export function idKind(value: string): ValueKind {
  const tokens = tokensOf(value);
  if (tokens.length === 0) return isPlain(value) ? 'empty' : 'name';
  if (!isPlain(value)) return 'name';
  if (tokens.every(isDummyToken)) return 'dummy';
  const joined = tokens.join('');
  if (/^[0-9.-]+$/.test(joined)) {
    const digits = joined.replace(/[.-]/g, '');
    if (/^(\d+\.){4,}\d+$/.test(joined)) return 'code';
    if (Number(digits) < COUNTED_BELOW || '1234567890'.startsWith(digits)) return 'dummy';
    return 'digits';
  }
  if (value.includes('^') || tokens.filter((token) => !hasDigit(token) && !isDummyToken(token)).length > 1)
    return nameKind(value);
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(joined) || hasDigit(joined)) return 'code';
  return 'alias';
}

/** Nobody alive was born before it. */
const EARLIEST_BIRTH_YEAR = 1890;

/** A date of birth, `YYYYMMDD` with or without separators, or with the year at the end. */
export function dateKind(value: string): ValueKind {
  const yearLast = /^\s*\d{1,2}[./-]\d{1,2}[./-]((?:19|20)?\d{2})\s*$/.exec(value)?.[1];
  if (yearLast !== undefined) return yearLast.length === 2 || Number(yearLast) > 1900 ? 'date' : 'dummy';
  const written = value.replace(/[.\-/\s^]/g, '');
  if (written === '') return 'empty';
  if (!/^\d+$/.test(written))
    return dummyWords.has(letters(written)) || isRepeated(written) ? 'dummy' : 'date';
  const year = Number(written.slice(0, 4));
  // The first day of 1900 and 1111-11-11 are what anonymisers write.
  if (year < EARLIEST_BIRTH_YEAR || written.startsWith('19000101') || isRepeated(written)) return 'dummy';
  return written.length <= 4 || written.slice(4, 8) === '0101' ? 'year' : 'date';
}

/** The oldest age that may stand as it is; 90 is what "over 89" is grouped to (HIPAA safe harbour). */
const OLDEST_YEARS = 90;

/** Patient's Age, `nnnY`. */
export function ageKind(value: string): ValueKind {
  const years = /^(\d{1,3})Y$/i.exec(value.trim())?.[1];
  return years !== undefined && Number(years) > OLDEST_YEARS ? 'old' : 'empty';
}

/** What names or reaches somebody in running text. Finds known forms; cannot find them all. */
const pointers: readonly RegExp[] = [
  /\p{L}\^\p{L}/u,
  /[\w.+-]+@[\w-]+\.\w{2,}/,
  /\b(?:mr|mrs|ms|miss|dr|prof|herr|frau|sr|sra|mme|monsieur|madame)\b\.?\s+\p{Lu}/iu,
  /\b(?:patient(?:'s)?\s+name|name|nom|nombre|surname|dob|d\.o\.b|date of birth|born|mrn|ssn|nhs|phone|tel|fax)\s*[:=#]/i,
  /\b(?:dob|mrn|ssn)\b\s*\d/i,
  /\b\d{3}-\d{2}-\d{4}\b/,
  /\b\d{7,}\b/,
  /(?:\+\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b/,
  /\b(?:19|20)\d{2}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])\b/,
  /\b(?:0?[1-9]|[12]\d|3[01])[-/.](?:0?[1-9]|[12]\d|3[01])[-/.](?:19|20)?\d{2}\b/,
  /\b(?:9[1-9]|1[01]\d)[-\s]?(?:years?[-\s]old|year[-\s]old|yo\b|y\/o|yrs?\b)/i,
  /\b\d+\s+(?:\p{Lu}\p{L}+\s+){1,3}(?:street|st\.|avenue|ave\.|road|rd\.|lane|drive|strasse|straße)\b/iu,
];

/** No word is this long. Data in place of text is not read for names, which would take long, but not let in either. */
const NO_WORD = /[\w.+-]{500}/;

/** Running text: comments, captions, reports. */
export function textKind(value: string): ValueKind {
  const tokens = tokensOf(value);
  if (tokens.length === 0) return 'empty';
  if (tokens.every(isDummyToken)) return 'dummy';
  return NO_WORD.test(value) || pointers.some((pointer) => pointer.test(value)) ? 'pointed' : 'text';
}

/** Words of slides, stains and tissues that are capitalised as names are. */
const slideWords = list(`
  he ihc pas stain stained staining slide slides scan image label macro overview thumbnail region roi tissue section
  tumor tumour cancer carcinoma normal control positive negative biopsy resection breast lung liver kidney colon skin
  brain prostate lymph node spleen heart stomach ovary bladder thyroid pancreas bone marrow muscle nerve small large
  red green blue channel multi series the of and with
`);

/** At the end, several as in `.ome.tif`; begun only at the first of a row, since text of megabytes may be rows of them. */
const EXTENSIONS = /(?<!\.[A-Za-z]{1,5})(?:\.[A-Za-z]{1,5})+$/;

/**
 * What a file or picture is called: the last part of a path, its extension left out. Words with digits are codes; two to
 * four capitalised words, or a surname before a comma, are a name unless one of them is a word of slides.
 */
export function titleKind(value: string): ValueKind {
  const last = value.split(/[\\/]/).at(-1) ?? '';
  const title = last.replace(EXTENSIONS, '').trim();
  if (title === '') return 'empty';
  if (textKind(title) === 'pointed') return 'pointed';
  const words = title
    .split(/[\s,_^]+/)
    .map((word) => word.replace(/\.$/, ''))
    .filter(Boolean);
  if (words.some((word) => /\p{N}/u.test(word))) return 'code';
  if (words.every(isDummyToken)) return 'dummy';
  const isName =
    words.length >= 2 &&
    words.length <= 4 &&
    words.every((word) => /^\p{Lu}[\p{L}'’.-]*$/u.test(word)) &&
    !words.some((word) => slideWords.has(letters(word)) || isDummyToken(word));
  return isName || /^\p{L}{2,}, ?\p{L}{2,}/u.test(title) ? 'name' : 'text';
}
