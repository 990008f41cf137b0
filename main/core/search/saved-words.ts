import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { StableRules } from '../../../preload/contract/saved.ts';
import { namesIn, parseFilter } from '../domain/filter.ts';
import { textKind } from '../domain/identity-values.ts';

type Words = Pick<StableRules, 'where'> & {
  readonly chips: readonly ({ readonly type: 'text'; readonly text: string } | { readonly type: string })[];
};

/** The first part of a query whose words look as if they name or reach a person. Known forms are found, not all. */
export function identifyingPart({ chips, where }: Words): string | null {
  for (const [index, chip] of chips.entries())
    if ('text' in chip && textKind(chip.text) === 'pointed') return `part ${index + 1}`;
  const filter = where.findIndex((expression) => textKind(expression) === 'pointed');
  return filter < 0 ? null : `filter ${filter + 1}`;
}

/** @throws ArchiveError `saved.identifying` with the place, never with the words */
export function refuseIdentifying(name: string, rules: Words): void {
  const at = textKind(name) === 'pointed' ? 'name' : identifyingPart(rules);
  if (at !== null) throw new ArchiveError('saved.identifying', { at });
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
