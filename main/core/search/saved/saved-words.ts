import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { SavedDocument, StableRules } from '../../../../preload/contract/saved.ts';
import { namesIn, parseFilter } from '../../domain/filter.ts';
import { textKind } from '../../domain/identity-values.ts';

type Words = Pick<StableRules, 'where' | 'meanings'> & {
  readonly chips: readonly ({ readonly type: 'text'; readonly text: string } | { readonly type: string })[];
};

const isPointed = (words: string): boolean => textKind(words) === 'pointed';

/** The first part of a query whose words look as if they name or reach a person. Known forms are found, not all. */
export function identifyingPart({ chips, where, meanings }: Words): string | null {
  for (const [index, chip] of chips.entries())
    if ('text' in chip && isPointed(chip.text)) return `part ${index + 1}`;
  const filter = where.findIndex(isPointed);
  if (filter >= 0) return `filter ${filter + 1}`;
  const written = Object.entries(meanings).flat();
  return written.some((words) => isPointed(words ?? '')) ? 'meaning' : null;
}

/** @throws ArchiveError `saved.identifying` with the place, never with the words */
export function refuseIdentifying(name: string, rules: Words): void {
  const at = isPointed(name) ? 'name' : identifyingPart(rules);
  if (at !== null) throw new ArchiveError('saved.identifying', { at });
}

/** What another archive wrote, with whose names its results come. @throws ArchiveError `saved.identifying` */
export function refuseIdentifyingDocument(name: string, { rules, results }: SavedDocument): void {
  refuseIdentifying(name, rules);
  for (const { formula } of results) refuseIdentifyingFormula(formula);
}

/** What a formula calls by number or hash, which may look like a record's number. */
const numbered = /\b(?:picture|learned) [0-9a-f]{8}|\b(?:item|region) \d+/g;

/** @throws ArchiveError `saved.identifying` */
export function refuseIdentifyingFormula(formula: string): void {
  if (isPointed(formula.replaceAll(numbered, '')))
    throw new ArchiveError('saved.identifying', { at: 'formula' });
}

/** Conditions that tell where files lie; they are an archive's own. */
const placeNames: ReadonlySet<string> = new Set(['path', 'source']);

/** @throws ArchiveError `saved.names-files` */
export function refusePlaces({ where }: Pick<StableRules, 'where'>): void {
  if (
    parseFilter(where)
      .flatMap(namesIn)
      .some((name) => placeNames.has(name))
  )
    throw new ArchiveError('saved.names-files');
}
