import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Client } from '../../client/client.ts';
import type { Pages } from '../../client/pages.svelte.ts';
import type { Selection } from '../../ui/selection.svelte.ts';
import type { Row } from './outcome.ts';
import type { Part } from './parts.ts';

interface Selected {
  readonly chosen: Selection['chosen'];
  readonly list: Pages<Row>;
  /** The list holds only some of what was found: the best of each patient, say. */
  readonly isGrouped: boolean;
  readonly parts: readonly Part[];
  readonly where: readonly string[];
}

/** The numbers of the selected items; those not loaded are asked for. */
export async function selectedIds(
  client: Client,
  { chosen, list, isGrouped, parts, where }: Selected,
): Promise<ItemId[]> {
  // Ids in a selection come from items of this list, so they are item ids.
  if (chosen.is === 'some') return [...chosen.ids] as ItemId[];
  if (isGrouped) {
    // Only what is in the list is selected.
    const rows = await list.slice(0, list.total);
    return rows.map(({ itemId }) => itemId).filter((id) => !chosen.except.has(id));
  }
  const own = new Set(parts.flatMap((part) => (part.type === 'item' ? [part.itemId as number] : [])));
  const { itemIds } = await client('items.ids', { where: [...where] });
  return itemIds.filter((id) => !chosen.except.has(id) && !own.has(id));
}
