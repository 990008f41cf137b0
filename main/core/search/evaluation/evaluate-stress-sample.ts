import { sampleIds } from '../../domain/ranking.ts';
import type { ReadDb } from '../../store/database.ts';
import type { RegionRow } from '../../store/items.ts';
import { type SearchReader, searchReader } from '../../store/search-reader.ts';
import type { StressSampleInput } from './evidence-tasks.ts';

/**
 * A region of each item of a fixed random sample: the same for the same archive. Of slides it is a tile, since the vector
 * of the whole is pooled and of no picture.
 */
export function stressSample(db: ReadDb, { model, most, among }: StressSampleInput): RegionRow[] {
  const reader = searchReader(db, model.id);
  const regions: RegionRow[] = [];
  const itemIds = among ?? reader.itemIds();
  for (const itemId of sampleIds(itemIds, itemIds.length)) {
    if (regions.length >= most) break;
    const region = regionToChange(reader, itemId);
    if (region) regions.push(region);
  }
  return regions;
}

function regionToChange(reader: SearchReader, itemId: number): RegionRow | undefined {
  const own = reader.regionsOfItem(itemId);
  let first: RegionRow | undefined;
  // One at a time: a slide has thousands, and mostly the first is a tile.
  for (const regionId of sampleIds(own, own.length)) {
    const region = reader.region(regionId);
    if (region?.kind === 'tile') return region;
    first ??= region;
  }
  return first;
}
