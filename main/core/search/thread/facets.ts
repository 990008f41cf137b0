import { type Filter, namesIn } from '../../domain/filter.ts';
import type { FacetName, FacetValue, itemRows } from '../../store/item-rows.ts';

const facets: readonly (readonly [FacetName, string])[] = [
  ['kind', 'Kind'],
  ['modality', 'Modality'],
  ['bodyPart', 'Body part'],
  ['stain', 'Stain'],
  ['tag', 'Tag'],
  ['source', 'Source'],
];

export interface Facets {
  readonly facets: {
    name: FacetName;
    title: string;
    values: FacetValue[];
  }[];
  readonly total: number;
}

/**
 * How many items each value would leave. A facet's own part of the filter does not count for it: what else could be
 * chosen there must show.
 */
export function countFacets(items: ReturnType<typeof itemRows>, filters: readonly Filter[]): Facets {
  const others = (name: string): Filter[] =>
    filters.filter((filter) => namesIn(filter).some((other) => other !== name));
  // Most filters are of no facet, or of one: then all, or all but one, are counted together.
  const together = Map.groupBy(facets, ([name]) => JSON.stringify(others(name)));
  const values = new Map(
    [...together.values()].flatMap((some) => {
      const names = some.map(([name]) => name);
      return names[0] ? [...items.facets(names, others(names[0]))] : [];
    }),
  );
  return {
    facets: facets.map(([name, title]) => ({ name, title, values: values.get(name) ?? [] })),
    total: items.countWithin(filters),
  };
}
