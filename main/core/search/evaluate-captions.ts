import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Request } from '../../../preload/contract/methods.ts';
import type { CaptionEvaluation } from '../../../preload/contract/search.ts';
import { retrievalFigures } from '../domain/retrieval-metrics.ts';
import type { Archive } from '../store/archive.ts';
import { itemLookup } from '../store/item-lookup.ts';
import type { QueryModel } from './chips.ts';
import type { Ranks, RanksWish } from './retrieval-ranks.ts';

const TEXTS_AT_ONCE = 256;

type Pair = Request<'search.evaluate'>['pairs'][number];

/**
 * How well texts find their pictures in this archive, and pictures their texts.
 *
 * @param rank - computes places in the search thread.
 * @throws ArchiveError `captions.unknown` when no pair is about an item with a vector, and what the model throws.
 */
export async function evaluateCaptions(
  { pairs }: Request<'search.evaluate'>,
  archive: Archive,
  model: QueryModel,
  rank: (wish: RanksWish) => Promise<Ranks>,
  signal: AbortSignal,
): Promise<CaptionEvaluation> {
  const find = finder(archive);
  const right = new Map<string, Set<number>>();
  let unknownItems = 0;
  for (const pair of pairs) {
    const itemId = find(pair);
    if (itemId === null) unknownItems += 1;
    else right.set(pair.text, (right.get(pair.text) ?? new Set()).add(itemId));
  }
  const texts = [...right.keys()];
  const { dimensions, identity, bundleId } = model.row;
  const vectors = new Float32Array(texts.length * dimensions);
  for (let from = 0; from < texts.length; from += TEXTS_AT_ONCE) {
    const part = await model.encodeTexts(texts.slice(from, from + TEXTS_AT_ONCE), signal);
    vectors.set(part.vectors, from * dimensions);
  }
  const ranks = await rank({ texts: vectors, right: texts.map((text) => [...(right.get(text) ?? [])]) });
  const known = ranks.ofTexts.map((places, index) => ({ places, items: right.get(texts[index] ?? '') }));
  if (!known.some(({ places }) => places.length > 0))
    throw new ArchiveError('captions.unknown', { pairs: pairs.length, unknownItems });
  const patients = itemLookup(archive.db).patientsOf(ranks.ofItems.map(({ itemId }) => itemId));
  const patientOf = (items: Iterable<number>): string | null => {
    for (const itemId of items) return patients.get(itemId) ?? null;
    return null;
  };
  const textToImage = retrievalFigures(
    known
      .filter(({ places }) => places.length > 0)
      .map(({ places, items }) => ({ ranks: places, patient: patientOf(items ?? []) })),
  );
  const imageToText = retrievalFigures(
    ranks.ofItems.map((item) => ({ ranks: item.ranks, patient: patientOf([item.itemId]) })),
  );
  return {
    ...textToImage,
    imageToText,
    items: ranks.items,
    texts: texts.length,
    unknownItems,
    model: { id: bundleId, identity },
    generation: Number(archive.settings.get('generation') ?? 0),
  };
}

function finder(archive: Archive): (pair: Pair) => number | null {
  const lookup = itemLookup(archive.db);
  return ({ itemId, sha256, path }) =>
    (sha256 === undefined ? null : lookup.bySha(sha256)) ??
    (itemId === undefined ? null : lookup.byId(itemId)) ??
    (path === undefined ? null : lookup.byPath(path));
}
