import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { SavedSearch, StableRules } from '../../../preload/contract/saved.ts';
import type { Archive } from '../store/archive.ts';
import type { SavedPicture } from '../store/saved-searches.ts';
import { toFloats } from '../store/vectors.ts';
import type { HeldImages } from './held-images.ts';
import type { SearchedModel } from './search-messages.ts';

/** Pictures of queries that are kept: their vectors by model, and no name that a file had. */
export function savedPictures(archive: Archive, heldImages: HeldImages) {
  const { saved: store, items } = archive;

  function putHeld({ sha256, vector, thumb, ownItems }: SavedPicture, identity: string): void {
    const examples = (JSON.parse(ownItems) as string[]).flatMap((sha) => items.idOf(sha) ?? []);
    const isLearned = ownItems !== '[]';
    const name = isLearned ? `learned ${sha256.slice(0, 8)}` : `picture ${sha256.slice(0, 8)}`;
    const own = isLearned ? { ownItems: examples } : {};
    heldImages.put({ sha256, name, modelIdentity: identity, vector: toFloats(vector), thumb, ...own });
  }

  /** Those with a vector of this model, for a search with it. */
  function holdSome(searchId: number, model: SearchedModel): void {
    for (const picture of store.pictures(searchId)) {
      const isHeld = heldImages.get(picture.sha256)?.modelIdentity === model.identity;
      if (picture.modelId === model.id && !isHeld) putHeld(picture, model.identity);
    }
  }

  return {
    of(searchId: number): SavedSearch['pictures'] {
      const thumbs = new Map(store.pictures(searchId).map(({ sha256, thumb }) => [sha256, thumb]));
      return [...thumbs].map(([imageId, thumb]) => ({ imageId, thumb }));
    },
    holdSome,
    /** @throws ArchiveError `saved.picture` where one has no vector of this model */
    hold(searchId: number, { chips }: StableRules, model: SearchedModel): void {
      holdSome(searchId, model);
      for (const chip of chips) {
        if (chip.type !== 'image') continue;
        if (heldImages.get(chip.imageId)?.modelIdentity !== model.identity)
          throw new ArchiveError('saved.picture', { imageId: chip.imageId });
      }
    },
    /** Those that a query was just asked with. */
    keep(searchId: number, { chips }: StableRules, model: SearchedModel): void {
      for (const chip of chips) {
        const held = chip.type === 'image' ? heldImages.get(chip.imageId) : undefined;
        if (!held) continue;
        const own = (held.ownItems ?? []).flatMap((itemId) => items.get(itemId)?.sha256 ?? []);
        store.addPicture(searchId, {
          sha256: held.sha256,
          modelId: model.id,
          vector: new Uint8Array(held.vector.slice().buffer),
          thumb: held.thumb ?? null,
          ownItems: JSON.stringify(own),
        });
      }
    },
  };
}
