import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { SavedSearch, StableRules } from '../../../../preload/contract/saved.ts';
import { combine } from '../../domain/vector.ts';
import type { Archive } from '../../store/archive.ts';
import type { SavedPicture } from '../../store/saved-searches.ts';
import { toFloats, vectorReader } from '../../store/vectors.ts';
import type { HeldImages } from '../held-images.ts';
import type { SearchedModel } from '../thread/search-messages.ts';

/** By its content: the name of its file may be a person's. */
const nameOf = (sha256: string): string => `picture ${sha256.slice(0, 8)}`;

/** Pictures of queries that are kept: their vectors by model, and no name that a file had. */
export function savedPictures(archive: Archive, heldImages: HeldImages) {
  const { saved: store, items } = archive;

  function putHeld({ sha256, vector, thumb, ownItems }: SavedPicture, identity: string): void {
    const examples = (JSON.parse(ownItems) as string[]).flatMap((sha) => items.idOf(sha) ?? []);
    const isLearned = ownItems !== '[]';
    const name = isLearned ? `learned ${sha256.slice(0, 8)}` : nameOf(sha256);
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

  /** A picture that was imported meanwhile has a vector of every model that read the archive. */
  function holdItem(sha256: string, model: SearchedModel): boolean {
    const itemId = items.idOf(sha256);
    if (itemId === null) return false;
    const regions = vectorReader(archive.db, model.id).ofItem(itemId);
    const vector = combine(regions.map((region) => ({ vector: toFloats(region.vector), weight: 1 })));
    if (!vector) return false;
    const thumb = items.get(itemId)?.thumb ?? null;
    heldImages.put({ sha256, name: nameOf(sha256), modelIdentity: model.identity, vector, thumb });
    return true;
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
        const isHeld = heldImages.get(chip.imageId)?.modelIdentity === model.identity;
        if (!isHeld && !holdItem(chip.imageId, model))
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
