import { figuresOverCollection, type RankedList } from '../../domain/collection-bootstrap.ts';
import { sampleIds } from '../../domain/ranking.ts';
import { retrievalFigures } from '../../domain/retrieval-metrics.ts';
import { combine } from '../../domain/vector.ts';
import type { ReadDb } from '../../store/database.ts';
import { itemGroups } from '../../store/item-groups.ts';
import { type SearchReader, searchReader } from '../../store/search-reader.ts';
import { toFloats } from '../../store/vectors.ts';
import { type Asked, hardestOf, keyOf, rankedQuery, splitsBy, storedQueries } from './evaluate-splits.ts';
import type { EvidenceTasks, RightItem } from './evidence-tasks.ts';
import { itemsAndRegions, ranksIn, scoresOf } from './retrieval-ranks.ts';

/** Pictures that ask for others; more of them are sampled. */
const MOST_PICTURES = 2_000;
const AT_ONCE = 64;

/**
 * How texts find pictures that are right for them, and labelled pictures others with a label of theirs.
 *
 * @param goOn - called again and again; what it throws ends the work.
 */
export async function measureTruth(
  db: ReadDb,
  { model, table, vectors, samePatient }: EvidenceTasks['truth']['input'],
  goOn: () => void,
): Promise<EvidenceTasks['truth']['output']> {
  const reader = searchReader(db, model.id);
  const groups = itemGroups(db);
  const patientOf = new Map(groups.map(({ itemId, patient }) => [itemId, patient]));
  for (const [itemId, patient] of table.patients) patientOf.set(itemId, patient);
  const { itemIds, regions } = itemsAndRegions(reader);
  const placeOf = new Map(itemIds.map((itemId, place) => [itemId, place]));
  const scores = (part: readonly Float32Array[]) =>
    scoresOf(reader, model.dimensions, part, regions, itemIds.length, goOn);

  const lists: RankedList[] = [];
  const textToImage: Asked[] = [];
  const numbers = patientNumbers(itemIds, patientOf);
  for (let from = 0; from < table.texts.length; from += AT_ONCE) {
    const texts = table.texts.slice(from, from + AT_ONCE);
    const rows = await scores(texts.map((_, index) => rowOf(vectors, from + index, model.dimensions)));
    for (const [index, row] of rows.entries()) {
      const right = (table.right[from + index] ?? []).filter(({ itemId }) => placeOf.has(itemId));
      if (right.length === 0) continue;
      textToImage.push({
        key: keyOf(texts[index] ?? ''),
        patient: null,
        right: placed(row, right, placeOf),
      });
      lists.push(listOf(row, right, placeOf, numbers));
    }
  }
  const pictures = await askPictures();
  const asked = { textToImage, imageToImage: pictures.asked };
  const wordsOf = new Map(table.texts.map((text) => [keyOf(text), text]));
  const itemOfQuery = ({ key }: Asked) => pictures.itemOf.get(key) ?? null;
  return {
    figures: {
      textToImage: figuresOverCollection(lists),
      imageToText: null,
      imageToImage: pictures.asked.length === 0 ? null : retrievalFigures(pictures.asked.map(rankedQuery)),
    },
    byModality: splitsBy(groups, 'modality', asked, itemOfQuery),
    bySource: splitsBy(groups, 'source', asked, itemOfQuery),
    hardest: hardestOf(asked, ({ key }) => wordsOf.get(key) ?? null, itemOfQuery),
    items: itemIds.length,
    unanswerable: pictures.unanswerable,
    queries: storedQueries(asked),
  };

  /** Every labelled picture asks for others; of its own patient only where that is wanted. */
  async function askPictures() {
    const labelsOf = new Map(
      table.labelled.filter(({ itemId }) => placeOf.has(itemId)).map((one) => [one.itemId, one.labels]),
    );
    const withLabel = new Map<string, number[]>();
    for (const [itemId, labels] of labelsOf)
      for (const label of labels) withLabel.set(label, [...(withLabel.get(label) ?? []), itemId]);
    const ofPatient = Map.groupBy(itemIds, (itemId) => patientOf.get(itemId) ?? null);
    const found: Asked[] = [];
    const itemOf = new Map<string, number>();
    let unanswerable = 0;
    const sample = sampleIds([...labelsOf.keys()], MOST_PICTURES);
    for (let from = 0; from < sample.length; from += AT_ONCE) {
      const part = sample.slice(from, from + AT_ONCE);
      const rows = await scores(part.map((itemId) => directionOf(reader, itemId)));
      for (const [index, row] of rows.entries()) {
        const itemId = part[index] as number;
        const patient = patientOf.get(itemId) ?? null;
        const family = patient === null || samePatient ? [itemId] : (ofPatient.get(patient) ?? [itemId]);
        const aside = new Set(family).add(itemId);
        const alike = new Set((labelsOf.get(itemId) ?? []).flatMap((label) => withLabel.get(label) ?? []));
        const right = [...alike].flatMap((other): RightItem[] =>
          aside.has(other) ? [] : [{ itemId: other, grade: 1 }],
        );
        if (right.length === 0) {
          unanswerable += 1;
          continue;
        }
        const key = keyOf(`item ${itemId}`);
        itemOf.set(key, itemId);
        const above = placed(
          row,
          Array.from(aside, (other) => ({ itemId: other, grade: 1 })),
          placeOf,
        );
        const places = placed(row, right, placeOf).map((one) => ({
          ...one,
          rank: one.rank - above.filter(({ rank }) => rank < one.rank).length,
        }));
        found.push({ key, patient, right: places });
      }
    }
    return { asked: found, itemOf, unanswerable };
  }
}

/** What an item points at as a query: all but the tiles of a slide, together. */
function directionOf(reader: SearchReader, itemId: number): Float32Array {
  const regions = reader.vectors.ofItem(itemId).map(({ vector }) => toFloats(vector));
  const one =
    regions[0] ?? toFloats(reader.vectors.vector(reader.regionsOfItem(itemId)[0] ?? 0) ?? new Uint8Array());
  return combine(regions.map((vector) => ({ vector, weight: 1 }))) ?? one;
}

const rowOf = (rows: Float32Array, row: number, dimensions: number): Float32Array =>
  rows.slice(row * dimensions, (row + 1) * dimensions);

/** Right items with their places, ascending. */
function placed(
  scores: Float32Array,
  right: readonly RightItem[],
  placeOf: ReadonlyMap<number, number>,
): { itemId: number; rank: number; grade: number }[] {
  const ranks = ranksIn(
    scores,
    right.map(({ itemId }) => placeOf.get(itemId) as number),
  );
  return right
    .map(({ itemId, grade }, index) => ({ itemId, grade, rank: ranks[index] as number }))
    .sort((a, b) => a.rank - b.rank);
}

function listOf(
  scores: Float32Array,
  right: readonly RightItem[],
  placeOf: ReadonlyMap<number, number>,
  numbers: Int32Array,
): RankedList {
  const grades = new Float32Array(scores.length);
  for (const { itemId, grade } of right) grades[placeOf.get(itemId) as number] = grade;
  const order = Uint32Array.from(scores.keys()).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number) || a - b,
  );
  return {
    patients: Int32Array.from(order, (place) => numbers[place] as number),
    grades: Float32Array.from(order, (place) => grades[place] as number),
  };
}

/** Items of an unknown patient are each one of their own. */
function patientNumbers(
  itemIds: readonly number[],
  patientOf: ReadonlyMap<number, string | null>,
): Int32Array {
  const known = new Map<string | number, number>();
  return Int32Array.from(itemIds, (itemId) => {
    const key = patientOf.get(itemId) ?? itemId;
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key) as number;
  });
}
