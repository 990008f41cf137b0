/** One of the things that an abbreviation stands for. */
export interface Meaning {
  readonly text: string;
  /** DICOM modalities in which it is the usual one; SM stands for slides. */
  readonly modalities: readonly string[];
}

export interface Abbreviation {
  readonly short: string;
  /** Found only as written; otherwise capitals make no difference. */
  readonly exact: boolean;
  /** At least one; with several it is ambiguous. */
  readonly meanings: readonly Meaning[];
}

/** What somebody chose for a short form: a meaning, or null to leave it as typed. */
export type Choices = Readonly<Record<string, string | null>>;

export interface FoundAbbreviation {
  readonly abbreviation: Abbreviation;
  /** What it was expanded to; null where it is as typed. */
  readonly used: string | null;
}

export interface Expanded {
  readonly text: string;
  /** In order of their first place, each once. */
  readonly found: readonly FoundAbbreviation[];
}

/** Looks short forms up. */
export type Dictionary = (word: string) => Abbreviation | undefined;

export function dictionaryOf(abbreviations: readonly Abbreviation[]): Dictionary {
  const exact = new Map<string, Abbreviation>();
  const folded = new Map<string, Abbreviation>();
  for (const one of abbreviations) {
    exact.set(one.short, one);
    if (!one.exact) folded.set(one.short.toLowerCase(), one);
  }
  const find = (word: string) => exact.get(word) ?? folded.get(word.toLowerCase());
  return (word) => find(word) ?? (/.s$/.test(word) ? find(word.slice(0, -1)) : undefined);
}

/** A word, or several joined, such as `PET-CT`. */
const words = /[\p{L}\p{N}]+(?:[-&][\p{L}\p{N}]+)*/gu;

/**
 * Writes abbreviations out. One with a single meaning is written out unless somebody chose otherwise; an ambiguous one
 * stays as typed until somebody chose. What the text already spells out is not touched: `pulmonary embolism (PE)`.
 *
 * @param choices - by short form, as the dictionary writes it.
 */
export function expandAbbreviations(text: string, dictionary: Dictionary, choices: Choices): Expanded {
  const found = new Map<string, FoundAbbreviation>();
  const spelled = text.toLowerCase();

  function written(word: string): string | undefined {
    const abbreviation = dictionary(word);
    if (!abbreviation) return undefined;
    const { short, meanings } = abbreviation;
    if (meanings.some((meaning) => spelled.includes(meaning.text.toLowerCase()))) return word;
    const only = meanings.length === 1 ? (meanings[0]?.text ?? null) : null;
    const used = Object.hasOwn(choices, short) ? (choices[short] ?? null) : only;
    found.set(short, { abbreviation, used });
    return used ?? word;
  }

  const expanded = text.replace(
    words,
    (word) => written(word) ?? word.replace(/[\p{L}\p{N}]+/gu, (piece) => written(piece) ?? piece),
  );
  return { text: expanded, found: [...found.values()] };
}

/**
 * The meaning to offer first: the one that is usual in most of the archive's items.
 *
 * @param items - how many the archive has of each modality.
 * @returns null where nothing speaks for one more than for the others.
 */
export function likeliest(meanings: readonly Meaning[], items: ReadonlyMap<string, number>): string | null {
  const weights = meanings.map(({ text, modalities }) => ({
    text,
    weight: modalities.reduce((sum, modality) => sum + (items.get(modality) ?? 0), 0),
  }));
  const [first, second] = weights.toSorted((a, b) => b.weight - a.weight);
  return first && first.weight > (second?.weight ?? 0) ? first.text : null;
}
