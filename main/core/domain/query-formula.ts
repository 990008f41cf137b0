import { beginningOf } from './cut-text.ts';

export interface FormulaPart {
  readonly weight: number;
  /** What a person calls it: the words in quotes, `item 12`. */
  readonly name: string;
}

const LONGEST_NAME = 60;

/** What was computed, for people and for the record: `q = n(1.0·"lung nodule" − 0.8·"rib")`. */
export function queryFormula(parts: readonly FormulaPart[]): string {
  const terms = parts.map(({ weight, name }, index) => {
    const size = `${Math.abs(weight).toFixed(1)}·${short(name)}`;
    if (index === 0) return weight < 0 ? `−${size}` : size;
    return `${weight < 0 ? '−' : '+'} ${size}`;
  });
  return `q = n(${terms.join(' ')})`;
}

const short = (name: string): string =>
  name.length > LONGEST_NAME ? `${beginningOf(name, LONGEST_NAME - 1)}…` : name;
