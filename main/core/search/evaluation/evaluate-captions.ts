import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import type { CaptionEvaluation } from '../../../../preload/contract/evaluations.ts';
import type { Request } from '../../../../preload/contract/methods.ts';
import type { Archive } from '../../store/archive.ts';
import { itemLookup } from '../../store/item-lookup.ts';
import type { QueryModel } from '../chips.ts';
import { encodeAll } from './evaluate-texts.ts';
import { evidence } from './evidence-thread.ts';

const PAIRS_PER_TURN = 200;

type Pair = Request<'search.evaluate'>['pairs'][number];

/**
 * How well texts find their pictures in this archive, and pictures their texts; stored.
 *
 * @throws ArchiveError `captions.unknown` when no pair is about an item with a vector, and what the model throws.
 */
export async function evaluateCaptions(
  { pairs, name }: Request<'search.evaluate'>,
  archive: Archive,
  model: QueryModel,
  signal: AbortSignal,
): Promise<CaptionEvaluation> {
  const find = finder(archive);
  const hash = createHash('sha256').update('captions');
  const right = new Map<string, Set<number>>();
  let unknownItems = 0;
  for (const [index, pair] of pairs.entries()) {
    if (index % PAIRS_PER_TURN === 0) await nextTurn();
    hash.update(JSON.stringify(pair));
    const itemId = find(pair);
    if (itemId === null) unknownItems += 1;
    else right.set(pair.text, (right.get(pair.text) ?? new Set()).add(itemId));
  }
  const texts = [...right.keys()];
  const generation = Number(archive.settings.get('generation') ?? 0);
  const { queries, figures, byModality, bySource, hardest, items } = await evidence(
    archive.databasePath,
    'captions',
    {
      model: model.row,
      texts,
      vectors: await encodeAll(model, texts, signal),
      right: [...right.values()].map((itemIds) => [...itemIds]),
    },
    signal,
  );
  const { textToImage, imageToText } = figures;
  if (!textToImage || !imageToText || textToImage.n === 0)
    throw new ArchiveError('captions.unknown', { pairs: pairs.length, unknownItems });
  const at = new Date().toISOString();
  const truthHash = hash.digest('hex');
  const settings = JSON.stringify({ texts: texts.length, items });
  const row = { kind: 'captions', name, truthHash, modelId: model.row.id, generation, settings, at } as const;
  const evaluationId = archive.evaluations.add({
    ...row,
    figures: JSON.stringify({ ...figures, byModality, bySource, hardest }),
    queries,
  });
  return {
    ...textToImage,
    imageToText,
    ...{ evaluationId, name, items, texts: texts.length, unknownItems, generation, at },
    byModality: [...byModality],
    bySource: [...bySource],
    model: { id: model.row.bundleId, identity: model.row.identity },
  };
}

function finder(archive: Archive): (pair: Pair) => number | null {
  const lookup = itemLookup(archive.db);
  return ({ itemId, sha256, path }) =>
    (sha256 === undefined ? null : lookup.bySha(sha256)) ??
    (itemId === undefined ? null : lookup.byId(itemId)) ??
    (path === undefined ? null : lookup.byPath(path));
}
