import type { Item } from '../../../preload/contract/items.ts';
import type { ItemRow } from '../store/item-rows.ts';

/** A stored item as the contract shows it. */
export const itemOf = (row: ItemRow): Item => ({
  ...row,
  itemId: row.itemId as Item['itemId'],
  tags: JSON.parse(row.tags) as string[],
});
