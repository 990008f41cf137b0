/** Words of a heading: parted at signs, digits and capitals, lower case, without marks. */
function wordsOf(heading: string): string[] {
  return heading
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
}

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter(Boolean));

/** Words that identify a person wherever they stand. Without marks, as {@link wordsOf} gives them. */
const identifying = list(`
  firstname lastname surname forename fullname givenname middlename maidenname familyname patientname subjectname initials
  nachname vorname familienname geburtsname patientenname prenom apellido apellidos cognome achternaam voornaam nombres
  имя фамилия отчество фио 姓名 氏名 名前 患者名 성명
  birth birthdate birthday birthyear dob born geb geburtsdatum geburtstag geburtsjahr naissance nacimiento nascita geboortedatum 生年月日 出生日期
  mrn ssn nhs nhsno chi bsn cpf nino versichertennummer versicherungsnummer krankenkasse fallnummer aufnahmenummer accession insurance
  address adresse direccion indirizzo street strasse straße zip zipcode postcode postal plz wohnort city town ciudad ville
  phone telephone telefon telefono fax email mail
  physician doctor radiologist pathologist surgeon referrer referring referral arzt aerztin operator technician technologist
`);
/** Parts of words that do, too: "birthplace", "Versichertennr". */
const identifyingPart =
  /birth|telephon|e-?mail|medical.?record|social.?security|radiologist|physician|referr|versicher/i;
const persons = list(
  `patient patients pt subject person participant case kunde client donor spender owner reader doctor`,
);
const names = list('name names nom nombre naam nome');
const nameParts = list('first last middle sur family given full maiden legal real');
const records = list('medical chart health');
const numbers = list('no nr num number id code key nummer numero');

/** Whether a column of this heading identifies a person, whatever is in it. */
export function identifiesPerson(heading: string): boolean {
  const words = wordsOf(heading);
  if (identifyingPart.test(heading) || words.some((word) => identifying.has(word))) return true;
  const has = (some: ReadonlySet<string>) => words.some((word) => some.has(word));
  if (has(names) && (words.length === 1 || has(persons) || has(nameParts))) return true;
  return has(records) && has(numbers);
}

const measures = list(`
  size byte bytes area pixel pixels px width height depth length volume count counts total sum time seconds ms epoch seed
  intensity cells voxels
`);

/** Whether a column of this heading measures or counts something, so that its numbers may be long. */
export const isMeasure = (heading: string): boolean => wordsOf(heading).some((word) => measures.has(word));

/** 90 is what "over 89" is grouped to (HIPAA safe harbour). */
const OLDEST_YEARS = 90;
const ages = list('age ages alter edad eta leeftijd');
const perYear: readonly (readonly [words: ReadonlySet<string>, units: number])[] = [
  [list('month months mo monate'), 12],
  [list('week weeks wk wochen'), 53],
  [list('day days tage'), 366],
];

/** The highest age that may stand in a column of this heading, in its unit; null where it holds no ages. */
export function oldestIn(heading: string): number | null {
  const words = wordsOf(heading);
  if (!words.some((word) => ages.has(word))) return null;
  const unit = perYear.find(([some]) => words.some((word) => some.has(word)));
  return OLDEST_YEARS * (unit?.[1] ?? 1);
}
