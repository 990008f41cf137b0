import type { Request } from '../../../preload/contract/methods.ts';
import type { Chip, SearchAnswer } from '../../../preload/contract/search.ts';
import { expandAbbreviations, type FoundAbbreviation, likeliest } from '../domain/abbreviations.ts';
import type { Abbreviations } from './abbreviations.ts';

export interface ExpandedChips {
  /** With words written out. */
  readonly chips: Chip[];
  readonly answer: SearchAnswer['abbreviations'];
  /** What was written out, for the formula; empty where nothing was. */
  readonly note: string;
}

/**
 * Writes out the abbreviations in the words of a query.
 *
 * @param modalities - how many items the archive has of each; asked only for what is ambiguous.
 */
export async function expandChips(
  { chips, expand, meanings }: Pick<Request<'search.run'>, 'chips' | 'expand' | 'meanings'>,
  abbreviations: Abbreviations,
  modalities: () => Promise<ReadonlyMap<string, number>>,
): Promise<ExpandedChips> {
  const { version, dictionary } = abbreviations.current();
  if (!expand) return { chips, answer: { dictionary: version, found: [] }, note: '' };
  const all = new Map<string, FoundAbbreviation>();
  const expanded = chips.map((chip) => {
    if (chip.type !== 'text') return chip;
    const { text, found } = expandAbbreviations(chip.text, dictionary, meanings);
    for (const one of found) all.set(one.abbreviation.short, one);
    return { ...chip, text };
  });
  const found = [...all.values()];
  const items = found.some(({ abbreviation }) => abbreviation.meanings.length > 1)
    ? await modalities()
    : new Map();
  const written = found.flatMap(({ abbreviation: { short }, used }) =>
    used === null ? [] : `${short} = ${used}`,
  );
  return {
    chips: expanded,
    answer: {
      dictionary: version,
      found: found.map(({ abbreviation: { short, meanings: several }, used }) => ({
        short,
        meanings: several.map(({ text }) => text),
        used,
        suggested: likeliest(several, items),
      })),
    },
    note: written.length > 0 ? `${written.join(', ')} (abbreviations ${version})` : '',
  };
}
