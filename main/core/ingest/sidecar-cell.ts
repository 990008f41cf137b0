import { oldestIn } from '../domain/identity-headings.ts';
import { ageKind } from '../domain/identity-values.ts';
import { isHarmless, numberOf, type ColumnUse } from './sidecar-columns.ts';

/** What becomes of one cell. */
export type Cell =
  | { readonly is: 'nothing' }
  /** It names or reaches somebody, or is too long to be what its column holds. */
  | { readonly is: 'withheld' }
  | { readonly is: 'number'; readonly number: number }
  | { readonly is: 'text' | 'prose' | 'patient'; readonly text: string };

/** Longer values are prose in a column of labels; they are left out rather than cut. */
const LONGEST_VALUE = 500;
/** Longer than any report, in UTF-16 units; to look through it for names would hold up the thread. */
const LONGEST_PROSE = 100_000;
/** What tables write where nobody knows the patient: one person with all such pictures would join what is apart. */
const NOBODY = /^(unknown|unbekannt|unk|n\.?\/?a\.?|nan|none|null|nil|anonym(ous|ized|ised)?|[-?.x*_]+)$/i;

const nothing: Cell = { is: 'nothing' };
const withheld: Cell = { is: 'withheld' };

/** @param heading - of its column. */
export function readCell({ as }: ColumnUse, heading: string, value: string): Cell {
  if (value === '' || as === 'dropped') return nothing;
  if (as === 'patient') return NOBODY.test(value) ? nothing : { is: 'patient', text: value };
  const number = as === 'number' || as === 'text' ? numberOf(value) : null;
  if (number !== null && number > (oldestIn(heading) ?? Infinity)) return withheld;
  if (as === 'number') return { is: 'number', number: number ?? 0 };
  if (value.length > (as === 'text' ? LONGEST_VALUE : LONGEST_PROSE)) return withheld;
  if (!isHarmless(value) || ageKind(value) === 'old') return withheld;
  return { is: as === 'text' ? 'text' : 'prose', text: value };
}
