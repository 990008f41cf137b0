import type { ItemId } from '../../../preload/contract/ids.ts';
import type { Client } from '../../client/client.ts';
import type { Selection } from '../../ui/selection.svelte.ts';

interface Selected {
  readonly chosen: Selection['chosen'];
  /** The order on the screen; null while browsing. */
  readonly snapshot: string | null;
  readonly where: readonly string[];
}

/** The numbers of the selected items; those not loaded are asked for. */
export async function selectedIds(client: Client, { chosen, snapshot, where }: Selected): Promise<ItemId[]> {
  // Ids in a selection come from items of this list, so they are item ids.
  if (chosen.is === 'some') return [...chosen.ids] as ItemId[];
  const { itemIds } =
    snapshot === null
      ? await client('items.ids', { where: [...where] })
      : await client('search.ids', { snapshot });
  return itemIds.filter((id) => !chosen.except.has(id));
}
