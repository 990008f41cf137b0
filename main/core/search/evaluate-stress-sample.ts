import { sampleIds } from '../domain/ranking.ts';
import type { ReadDb } from '../store/database.ts';
import type { RegionRow } from '../store/items.ts';
import { searchReader } from '../store/search-reader.ts';
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
    const own = reader.regionsOfItem(itemId);
    const found = sampleIds(own, own.length).map((regionId) => reader.region(regionId));
    const region = found.find((one) => one?.kind === 'tile') ?? found[0];
    if (region) regions.push(region);
  }
  return regions;
}
