import { type Filter, namesIn } from '../domain/filter.ts';
import type { FacetName, itemRows } from '../store/item-rows.ts';

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
    values: { value: string; count: number }[];
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
  return {
    facets: facets.map(([name, title]) => ({ name, title, values: items.facet(name, others(name)) })),
    total: items.countWithin(filters),
  };
}
