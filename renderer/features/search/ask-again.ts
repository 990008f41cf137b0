import type { Rules, SavedSearch } from '../../../preload/contract/saved.ts';
import type { Chip } from '../../../preload/contract/search.ts';
import { baseName } from '../../ui/format.ts';
import type { Client } from '../../client/client.ts';
import type { Filter } from './filters.svelte.ts';
import { clampWeight, type Part } from './parts.ts';
import type { Search } from './search.svelte.ts';

/** One condition on one facet, as the filter panel writes it. */
const ofFacet = /^([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)")?$/u;

/**
 * Puts a query back as it was asked, and asks it.
 *
 * @param pictures - thumbnails of its pictures, where they may be shown.
 * @throws ArchiveError `item.unknown` where one of its items has gone.
 */
export async function askAgain(
  search: Search,
  client: Client,
  rules: Rules,
  pictures: SavedSearch['pictures'] = [],
): Promise<void> {
  const parts: Part[] = [];
  for (const chip of rules.chips) parts.push(await partOf(client, chip, pictures));
  search.query.restore(parts, rules.meanings, rules.expand);
  search.query.entry = '';
  search.filters.restore(filtersOf(rules.where));
  search.line.restore(rules.line ?? null);
  await search.switch({
    match: rules.match,
    grouping: rules.group ?? 'none',
    perGroup: rules.perGroup,
    apartFrom: rules.apartFrom ?? 'none',
    order: rules.order,
  });
}

/** All items that one expression leaves, without a query. */
export function browseOnly(search: Search, expression: string): Promise<void> {
  search.line.restore(null);
  search.filters.restore(filtersOf([expression]));
  return search.clear();
}

async function partOf(client: Client, chip: Chip, pictures: SavedSearch['pictures']): Promise<Part> {
  const common = { key: 0, weight: clampWeight(Math.abs(chip.weight)), minus: chip.weight < 0 };
  if (chip.type === 'text') return { ...common, type: 'text', text: chip.text };
  if (chip.type === 'image') {
    const { imageId } = chip;
    const thumb = pictures.find((picture) => picture.imageId === imageId)?.thumb ?? null;
    return { ...common, type: 'image', imageId, name: `picture ${imageId.slice(0, 8)}`, thumb };
  }
  if (chip.type === 'region')
    return {
      ...common,
      type: 'region',
      regionId: chip.regionId,
      name: `region ${chip.regionId}`,
      thumb: null,
    };
  const { itemId, path, thumb } = await client('item.get', { itemId: chip.itemId });
  return { ...common, type: 'item', itemId, name: baseName(path) || `item ${itemId}`, thumb };
}

/** Facets as facets, whatever else there is as one expression. */
export function filtersOf(where: readonly string[]): Filter[] {
  const facets: Filter[] = [];
  const typed: string[] = [];
  for (const expression of where) {
    const [, name, value] = ofFacet.exec(expression) ?? [];
    if (name === undefined || facets.some((facet) => facet.name === name)) typed.push(expression);
    else {
      const title =
        name.charAt(0).toUpperCase() +
        name.slice(1).replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
      facets.push({ name, title, value: (value ?? '').replace(/\\(.)/gu, '$1') });
    }
  }
  if (typed.length === 0) return facets;
  const [only = ''] = typed;
  const value = typed.length === 1 ? only : typed.map((one) => `(${one})`).join(' and ');
  return [...facets, { name: '', title: 'Where', value }];
}
