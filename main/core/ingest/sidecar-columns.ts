import { createHash } from 'node:crypto';
import type { TablePreview } from '../../../preload/contract/tables.ts';
import { identifiesPerson, isMeasure } from '../domain/identity-headings.ts';
import { nameKind, textKind, titleKind } from '../domain/identity-values.ts';
import { UNNAMED, type Table } from './sidecar-parse.ts';

/** What becomes of a column. */
export type ColumnUse =
  | { readonly as: 'number' | 'text' | 'caption' | 'report' }
  /** Hashed with the archive's key, so that files of one patient stay together. */
  | { readonly as: 'patient' }
  /** Dropped at the door, and why. */
  | { readonly as: 'dropped'; readonly why: string };

const patient = /^(patient|subject|case|participant)([\s_-]*(id|nr|no|number|key|code))?$|^pid$/i;
const caption = /caption|^title$|^alt$/i;
const report = /report|findings|impression|history|indication|narrative|comment|note|description|^text$/i;

/** Longer text is prose. */
const LONGEST_LABEL = 80;
const SAMPLE_ROWS = 2000;
/** A column with this share of names is one of names, and with this share of long numbers one of records. */
const NAMES_SHARE = 0.2;
const LONG_NUMBER = /^\d{7,}$/;

/** A table without a heading begins with a person's row: numbers, dates, names with `^` and the like name no column. */
const isHeading = (name: string): boolean =>
  isHarmless(name) && numberOf(name) === null && !name.includes('^') && name.length <= LONGEST_LABEL;

/** Decides by a column's name and a sample of its values. */
export function useOf(table: Table, index: number): ColumnUse {
  const name = table.columns[index] ?? '';
  if (!isHeading(name)) return { as: 'dropped', why: 'has a value where its name should stand' };
  if (patient.test(name)) return { as: 'patient' };
  if (identifiesPerson(name)) return { as: 'dropped', why: 'identifies a person by its name' };
  const values = table.rows
    .slice(0, SAMPLE_ROWS)
    .map((cells) => cells[index] ?? '')
    .filter((value) => value !== '');
  if (values.length === 0) return { as: 'dropped', why: 'empty' };
  const prose = values.filter((value) => value.length > LONGEST_LABEL).length > values.length / 10;
  if (name.startsWith(`${UNNAMED} `))
    return prose ? { as: 'report' } : { as: 'dropped', why: 'has no heading' };
  if (values.every((value) => numberOf(value) !== null)) {
    const long = values.filter((value) => LONG_NUMBER.test(value)).length;
    if (long <= values.length * NAMES_SHARE || isMeasure(name)) return { as: 'number' };
    return { as: 'dropped', why: 'holds long numbers, as records of persons have' };
  }
  if (caption.test(name)) return { as: 'caption' };
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

/** Where values say they come from: the name of their table, unless it is a person's or means the tags of files. */
export function originOf({ name }: Table): string {
  if (name.toLowerCase() === 'header') return `${name} table`;
  const kind = titleKind(name);
  if (kind !== 'name' && kind !== 'pointed') return name;
  return `table ${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** The name under which a column's values are stored and filtered by. */
export const storedName = (origin: string, column: string): string =>
  reserved.has(column) ? `${origin}.${column}` : column;

/** A plain number of a size that can be stored, or null. */
export function numberOf(value: string): number | null {
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value)) return null;
  return Number.isFinite(Number(value)) ? Number(value) : null;
}

/** Whether a text may be stored: nothing in it names or reaches somebody, as far as that can be seen. */
export const isHarmless = (text: string): boolean => textKind(text) !== 'pointed';
