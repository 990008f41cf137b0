import { ArchiveError } from '../../../preload/contract/faults.ts';
import { RegionId, type ItemId } from '../../../preload/contract/ids.ts';
import type { ItemDetail, itemMethods } from '../../../preload/contract/items.ts';
import { parseFilter } from '../domain/filter.ts';
import { itemOf } from '../search/item-of.ts';
import { itemPicture } from '../session/item-picture.ts';
import type { Program } from '../session/program.ts';
import type { Session } from '../session/session.ts';
import type { HandlersOf } from './handlers.ts';

export function itemHandlers(program: Program): HandlersOf<typeof itemMethods> {
  const archive = () => program.session().archive;
  return {
    'items.list': ({ where, offset, limit }) => {
      const { rows, total } = archive().items.list(parseFilter(where), offset, limit);
      return { items: rows.map(itemOf), total };
    },
    'items.facets': ({ where }, signal) => program.session().search.facets(where, signal),
    'items.ids': async ({ where }, signal) => {
      const ids = await program.session().search.ids(where, signal);
      return { itemIds: ids as ItemId[], total: ids.length };
    },
    'item.get': ({ itemId }) => detailOf(program.session(), itemId),
    'item.picture': ({ itemId, as, frame, window }, signal) =>
      itemPicture(
        program.session(),
        { itemId, as, frame, ...(window === undefined ? {} : { window }) },
        signal,
      ),
    'tags.list': () => ({ tags: archive().tags.list() }),
    'tags.apply': async ({ itemIds, tag }) => changed(await program.session().tags.put(itemIds, tag, true)),
    'tags.remove': async ({ itemIds, tag }) => changed(await program.session().tags.put(itemIds, tag, false)),
  };
}

/** @throws ArchiveError `item.unknown` */
function detailOf({ archive, labelling }: Session, itemId: number): ItemDetail {
  const row = archive.items.get(itemId);
  const extra = archive.items.extra(itemId);
  if (!row || !extra) throw new ArchiveError('item.unknown', { itemId });
  return {
    ...itemOf(row),
    sizeBytes: extra.sizeBytes,
    addedAt: extra.addedAt,
    notes: JSON.parse(extra.notes) as string[],
    files: archive.sources.filesOf(itemId),
    attributes: archive.items
      .attributesOf(itemId)
      .map(({ name, text, number, unit, origin }) => ({ name, value: text ?? String(number), unit, origin })),
    reports: archive.reports.ofItem(itemId),
    regions: archive.items.regionsOf(itemId).map((region) => ({
      ...region,
      regionId: RegionId.parse(region.id),
      embedded: region.embedded === 1,
      preparation: JSON.parse(region.preparation) as string[],
    })),
    predictions: labelling.ofItem(itemId),
  };
}

const changed = (itemIds: ItemId[]) => ({ changed: itemIds.length, itemIds });
