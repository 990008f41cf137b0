import { retrievalFigures } from '../../domain/retrieval-metrics.ts';
import type { ReadDb } from '../../store/database.ts';
import { itemGroups } from '../../store/item-groups.ts';
import { searchReader } from '../../store/search-reader.ts';
import { type Asked, hardestOf, keyOf, rankedQuery, splitsBy, storedQueries } from './evaluate-splits.ts';
import type { EvidenceTasks, Measured } from './evidence-tasks.ts';
import { retrievalRanks } from './retrieval-ranks.ts';

/**
 * How texts find the pictures that they are right about, and pictures their texts.
 *
 * @param goOn - called again and again; what it throws ends the work.
 */
export async function measureCaptions(
  db: ReadDb,
  { model, texts, vectors, right }: EvidenceTasks['captions']['input'],
  goOn: () => void,
): Promise<Measured> {
  const groups = itemGroups(db);
  const patientOf = new Map(groups.map(({ itemId, patient }) => [itemId, patient]));
  const ranks = await retrievalRanks(
    searchReader(db, model.id),
    model.dimensions,
    { texts: vectors, right },
    goOn,
  );
  const wordsOf = new Map(texts.map((text) => [keyOf(text), text]));
  const textToImage = ranks.ofTexts.flatMap((placed, index): Asked[] => {
    const [first] = placed;
    if (!first) return [];
    const patient = patientOf.get((right[index] ?? [])[0] ?? 0) ?? null;
    return [{ key: keyOf(texts[index] ?? ''), patient, right: placed.map((one) => ({ ...one, grade: 1 })) }];
  });
  const itemOf = new Map<string, number>();
  const imageToText = ranks.ofItems.map(({ itemId, ranks: places }): Asked => {
    const key = keyOf(`item ${itemId}`);
    itemOf.set(key, itemId);
    const patient = patientOf.get(itemId) ?? null;
    return { key, patient, right: places.map((rank) => ({ itemId, rank, grade: 1 })) };
  });
  const asked = { textToImage, imageToText };
  const itemOfQuery = ({ key }: Asked) => itemOf.get(key) ?? null;
  return {
    figures: {
      textToImage: retrievalFigures(textToImage.map(rankedQuery)),
      imageToText: retrievalFigures(imageToText.map(rankedQuery)),
      imageToImage: null,
    },
    byModality: splitsBy(groups, 'modality', asked, itemOfQuery),
    bySource: splitsBy(groups, 'source', asked, itemOfQuery),
    hardest: hardestOf(asked, ({ key }) => wordsOf.get(key) ?? null, itemOfQuery),
    items: ranks.items,
    queries: storedQueries(asked),
  };
}
