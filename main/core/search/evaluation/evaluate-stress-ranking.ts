import { sampleIds } from '../../domain/ranking.ts';
import { queryValues, type QueryValues } from '../../domain/retrieval-metrics.ts';
import type { ReadDb } from '../../store/database.ts';
import { itemGroups } from '../../store/item-groups.ts';
import { searchReader } from '../../store/search-reader.ts';
import { toFloats } from '../../store/vectors.ts';
import { scanFloats } from '../../vectors/scan-rows.ts';
import type { StressInput } from './evidence-tasks.ts';
import { type ItemsAndRegions, itemsAndRegions, ranksIn } from './retrieval-ranks.ts';

/** Thousands of queries look at each row, and all are in memory; more rows are sampled, item by item. */
const MOST_ROWS = 40_000;
const ROWS_AT_ONCE = 4096;

export interface StressRanking {
  /** Items that were ranked. */
  readonly items: number;
  patientOf(index: number): string | null;
  /** Where the item itself stands for a vector of its picture, and others with a label of its own. */
  ask(
    index: number,
    vector: Float32Array,
  ): { readonly self: QueryValues; readonly alike: QueryValues | null };
  /** Scores of all but these items. */
  scoresWithout(vector: Float32Array, itemIds: readonly number[]): Float32Array;
}

/** The archive's vectors in memory, to be asked often. An item scores what its best region does. */
export function stressRanking(db: ReadDb, { model, itemIds, table }: StressInput): StressRanking {
  const reader = searchReader(db, model.id);
  const { itemIds: ranked, regions } = rowsToRank(itemsAndRegions(reader), itemIds, MOST_ROWS);
  const chunks: Float32Array[] = [];
  for (let from = 0; from < regions.length; from += ROWS_AT_ONCE) {
    const part = regions.slice(from, from + ROWS_AT_ONCE);
    const rows = new Float32Array(part.length * model.dimensions);
    part.forEach(({ regionId }, index) => {
      const vector = reader.vectors.vector(regionId);
      if (vector) rows.set(toFloats(vector), index * model.dimensions);
    });
    chunks.push(rows);
  }
  const placeOf = new Map(ranked.map((itemId, place) => [itemId, place]));
  const patients = new Map(itemGroups(db).map(({ itemId, patient }) => [itemId, patient]));
  for (const [itemId, patient] of table?.patients ?? []) patients.set(itemId, patient);
  const patientOf = (itemId: number) => patients.get(itemId) ?? null;
  const ofPatient = Map.groupBy(ranked, (itemId) => patientOf(itemId));
  const labelled = (table?.labelled ?? []).filter(({ itemId }) => placeOf.has(itemId));
  const labelsOf = new Map(labelled.map(({ itemId, labels }) => [itemId, labels]));
  const withLabel = new Map<string, number[]>();
  for (const { itemId, labels } of labelled)
    for (const label of labels) withLabel.set(label, [...(withLabel.get(label) ?? []), itemId]);

  function scores(vector: Float32Array): Float32Array {
    const best = new Float32Array(ranked.length).fill(-Infinity);
    chunks.forEach((rows, chunk) => {
      const part = scanFloats(vector, rows);
      for (let index = 0; index < part.length; index += 1) {
        const place = regions[chunk * ROWS_AT_ONCE + index]?.place as number;
        if ((part[index] as number) > (best[place] as number)) best[place] = part[index] as number;
      }
    });
    return best;
  }

  /** Without those of the item's own patient, which are neither right nor wrong. */
  function alike(itemId: number, row: Float32Array): QueryValues | null {
    const patient = patientOf(itemId);
    const aside = new Set(patient === null ? [itemId] : (ofPatient.get(patient) ?? [itemId])).add(itemId);
    const right = [
      ...new Set((labelsOf.get(itemId) ?? []).flatMap((label) => withLabel.get(label) ?? [])),
    ].filter((other) => !aside.has(other));
    if (right.length === 0) return null;
    const places = (ids: Iterable<number>) => Array.from(ids, (id) => placeOf.get(id) as number);
    const before = ranksIn(row, places(aside));
    const ranks = ranksIn(row, places(right))
      .map((rank) => rank - before.filter((one) => one < rank).length)
      .sort((a, b) => a - b);
    return queryValues({ ranks, patient: null });
  }

  return {
    items: ranked.length,
    patientOf: (index) => patientOf(itemIds[index] as number),
    ask(index, vector) {
      const itemId = itemIds[index] as number;
      const row = scores(vector);
      const ranks = ranksIn(row, [placeOf.get(itemId) as number]);
      return { self: queryValues({ ranks, patient: null }), alike: alike(itemId, row) };
    },
    scoresWithout(vector, without) {
      const left = new Set(without.map((itemId) => placeOf.get(itemId)));
      return scores(vector).filter((_, place) => !left.has(place));
    },
  };
}

/**
 * Those that are asked about, and others up to the limit, by id. Where it bites, no item has more rows than all that are
 * asked about can have: a few hundred slides have millions of tiles. Its rows are those that a stress sample draws first,
 * so that a tile which is changed is among them.
 *
 * @param asked - items among them, each once.
 * @param mostRows - at least one for each of `asked`.
 */
export function rowsToRank(
  all: ItemsAndRegions,
  asked: readonly number[],
  mostRows: number,
): ItemsAndRegions {
  if (all.regions.length <= mostRows) return all;
  const isAsked = new Set(asked);
  const mostOfItem = Math.floor(mostRows / Math.max(1, asked.length));
  const regionsOf = Map.groupBy(all.regions, ({ place }) => all.itemIds[place] as number);
  const order = [
    ...asked,
    ...sampleIds(all.itemIds, all.itemIds.length).filter((itemId) => !isAsked.has(itemId)),
  ];
  const rowsOf = new Map<number, number[]>();
  let rows = 0;
  for (const itemId of order) {
    const own = (regionsOf.get(itemId) ?? []).map(({ regionId }) => regionId);
    const drawn = sampleIds(own, mostOfItem);
    rows += drawn.length;
    if (rows > mostRows) break;
    rowsOf.set(itemId, drawn);
  }
  const itemIds = [...rowsOf.keys()].sort((a, b) => a - b);
  const regions = itemIds.flatMap((itemId, place) =>
    (rowsOf.get(itemId) ?? []).map((regionId) => ({ regionId, place })),
  );
  return { itemIds, regions };
}
