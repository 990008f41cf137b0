import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { SavedDocument, type StableRules } from '../../../../preload/contract/saved.ts';
import { parseFilter } from '../../domain/filter.ts';
import { normalised } from '../../domain/vector.ts';
import type { Archive } from '../../store/archive.ts';
import type { SavedSearchRow } from '../../store/saved-searches.ts';
import { toFloats } from '../../store/vectors.ts';
import { refusePlaces } from './saved-words.ts';

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A saved search for another archive. @throws ArchiveError `saved.names-files` */
export function documentOf(archive: Archive, { id, name, rules, savedAt }: SavedSearchRow): SavedDocument {
  const { saved: store } = archive;
  const stable = JSON.parse(rules) as StableRules;
  refusePlaces(stable);
  const results = store.results(id);
  const identities = new Map(results.map(({ modelId, identity }) => [modelId, identity]));
  return SavedDocument.parse({
    format: 'vitrine-saved-search-1',
    name,
    savedAt,
    rules: stable,
    pictures: store.pictures(id).flatMap(({ sha256, modelId, vector, ownItems }) => {
      const identity = identities.get(modelId);
      return identity === undefined
        ? []
        : [{ sha256, identity, vector: toBase64(vector), ownItems: JSON.parse(ownItems) as string[] }];
    }),
    results: results.map(({ id: resultId, bundleId, vector, ...result }) => ({
      ...result,
      modelId: bundleId,
      vector: toBase64(vector),
      hits: store.hits(resultId).map(({ sha256, similarity, lift }) => ({ sha256, similarity, lift })),
    })),
  });
}

/**
 * Keeps what another archive had saved. Results of models of which there are no vectors here are left out, as is what
 * has no direction.
 *
 * @throws ArchiveError `saved.model` where none is left, `filter.invalid`
 */
export function importDocument(
  archive: Archive,
  document: SavedDocument,
  name: string,
): { readonly savedId: number; readonly unknownItems: number } {
  const { saved: store, items, vectors } = archive;
  parseFilter(document.rules.where);
  const unknown = new Set<string>();
  const idOf = (sha256: string): number | null => {
    const itemId = items.idOf(sha256);
    if (itemId === null) unknown.add(sha256);
    return itemId;
  };
  const rowOf = (identity: string, text: string) => {
    const row = vectors.modelByIdentity(identity);
    const vector = new Uint8Array(Buffer.from(text, 'base64'));
    if (!row || vector.byteLength !== 4 * row.dimensions) return null;
    return normalised(toFloats(vector)) ? { row, vector } : null;
  };
  const savedId = archive.transaction(() => {
    const added = store.add(name, JSON.stringify(document.rules), document.savedAt);
    let kept = 0;
    for (const { sha256, identity, vector: text, ownItems } of document.pictures) {
      const known = rowOf(identity, text);
      if (!known) continue;
      const own = JSON.stringify(ownItems);
      store.addPicture(added, {
        sha256,
        modelId: known.row.id,
        vector: known.vector,
        thumb: null,
        ownItems: own,
      });
    }
    // Oldest first: the newest has the highest number.
    for (const { hits, vector: text, identity, ...result } of document.results.toReversed()) {
      const known = rowOf(identity, text);
      if (!known) continue;
      kept += 1;
      store.addResult(
        added,
        {
          ...result,
          modelId: known.row.id,
          vector: known.vector,
          // Both are another archive's numbers: here everything that is there now was there before.
          generation: 0,
          lastRegion: store.lastRegion(),
        },
        hits.map((hit) => ({ ...hit, itemId: idOf(hit.sha256) })),
      );
    }
    if (kept === 0) throw new ArchiveError('saved.model');
    return added;
  });
  for (const chip of document.rules.chips) if ('sha256' in chip) idOf(chip.sha256);
  return { savedId, unknownItems: unknown.size };
}
