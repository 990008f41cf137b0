import type { TablePreview } from '../../../preload/contract/tables.ts';
import { nameKind, textKind } from '../domain/identity-values.ts';
import type { Table } from './sidecar-parse.ts';

/** What becomes of a column. */
export type ColumnUse =
  | { readonly as: 'number' | 'text' | 'caption' | 'report' }
  /** Hashed with the archive's key, so that files of one patient stay together. */
  | { readonly as: 'patient' }
  /** Dropped at the door, and why. */
  | { readonly as: 'dropped'; readonly why: string };

/** Names of columns that identify a person, whatever is in them. */
const identifying =
  /^(patient|subject|person)?[\s_-]*(first|last|middle|sur|family|given|full|maiden)?[\s_-]*name$|birth|^dob$|^mrn$|medical.?record|^ssn$|social.?security|address|street|zip|postal|phone|^fax$|e-?mail|accession|physician|doctor|radiologist|referr|insurance|initials/i;
const patient = /^(patient|subject|case|participant)([\s_-]*(id|nr|no|number|key|code))?$|^pid$/i;
const caption = /caption|^title$|^alt$/i;
const report = /report|findings|impression|history|indication|narrative|comment|note|description|^text$/i;

/** Longer text is prose. */
const LONGEST_LABEL = 80;
const SAMPLE_ROWS = 2000;
/** A column with this share of names is one of names. */
const NAMES_SHARE = 0.2;

/** A table without a heading begins with a person's row: numbers, dates, names with `^` and the like name no column. */
const isHeading = (name: string): boolean =>
  isHarmless(name) && numberOf(name) === null && !name.includes('^') && name.length <= LONGEST_LABEL;

/** Decides by a column's name and a sample of its values. */
export function useOf(table: Table, index: number): ColumnUse {
  const name = table.columns[index] ?? '';
  if (!isHeading(name)) return { as: 'dropped', why: 'has a value where its name should stand' };
  if (patient.test(name)) return { as: 'patient' };
  if (identifying.test(name)) return { as: 'dropped', why: 'identifies a person by its name' };
  const values = table.rows
    .slice(0, SAMPLE_ROWS)
    .map((cells) => cells[index] ?? '')
    .filter((value) => value !== '');
  if (values.length === 0) return { as: 'dropped', why: 'empty' };
  if (values.every((value) => numberOf(value) !== null)) return { as: 'number' };
  if (caption.test(name)) return { as: 'caption' };
  const prose = values.filter((value) => value.length > LONGEST_LABEL).length > values.length / 10;
  if (prose || report.test(name)) return { as: 'report' };
  const names = values.filter((value) => value.includes('^') && nameKind(value) === 'name').length;
  if (names > values.length * NAMES_SHARE) return { as: 'dropped', why: 'holds names of persons' };
  return { as: 'text' };
}

/** The columns as people are told of them; `key` is the one that names the files. */
export function columnWords(
  table: Table,
  key: number | undefined,
  uses: readonly ColumnUse[],
): TablePreview['columns'] {
  return table.columns.map((name, index) => {
    const use = uses[index] ?? { as: 'dropped', why: 'empty' };
    const shown = isHeading(name) ? name : `column ${index + 1}`;
    if (index === key) return { name: shown, as: 'key' as const, why: null };
    return { name: shown, as: use.as, why: use.as === 'dropped' ? use.why : null };
  });
}

/** Names that filters have a meaning for; a joined column of that name is found under `table.column`. */
const reserved: ReadonlySet<string> = new Set(
  `kind modality bodyPart stain sha256 patient study series slide item width height frames size mpp tag path source state text
   label probability saved added reviewed code`.split(/\s+/),
);

/** The name under which a column's values are stored and filtered by. */
export const storedName = (table: Table, column: string): string =>
  reserved.has(column) ? `${table.name}.${column}` : column;

/** A plain number, or null. */
export function numberOf(value: string): number | null {
  return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value) ? Number(value) : null;
}

/** Whether a text may be stored: nothing in it names or reaches somebody, as far as that can be seen. */
export const isHarmless = (text: string): boolean => textKind(text) !== 'pointed';
