import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { QueueEntry } from '../../../preload/contract/reviews.ts';
import { seededRandom, shuffled } from '../domain/statistics/random.ts';
import { dot } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import { itemVectorReader } from '../store/item-vectors.ts';
import type { QueueRow } from '../store/reviews.ts';
import { toFloats } from '../store/vectors.ts';
import { openRun, rank } from './run-reader.ts';

/** From how many of the least certain items one per patient is taken. */
const PATIENT_CANDIDATES = 2000;
/** Diversity compares every candidate with every chosen one: a few hundred take milliseconds. */
const DIVERSE_CANDIDATES = 300;
const REVIEWED_COMPARED = 50;

/** @throws ArchiveError `run.unknown`. */
export function reviewQueue(
  archive: Archive,
  { runId, reader, order, onlyUncertain, onePerPatient, second, limit }: Request<'review.queue'>,
): Output<'review.queue'> {
  const { run, map, modelRow } = openRun(archive, runId);
  const query = { runId, panel: run.panel.name, reader, onlyUncertain, second };
  const rows = ordered();
  const decided = archive.reviews.decidedInRun(query);
  const all = second ? archive.reviews.decidedByOthers(query) : onlyUncertain ? run.uncertain : run.items;
  return {
    entries: rows.slice(0, limit).flatMap((row) => {
      const item = archive.items.get(row.itemId);
      if (!item) return [];
      const { path, thumb, kind, modality, patient } = item;
      const ranked = rank(map, toFloats(row.scores));
      const itemId = row.itemId as QueueEntry['itemId'];
      return [{ itemId, path, thumb, kind, modality, patient, ranked, abstain: row.abstain === 1 }];
    }),
    left: Math.max(0, all - decided),
    decided,
  };

  function ordered(): QueueRow[] {
    if (order === 'random') return random();
    const least = archive.reviews.queue(
      query,
      onePerPatient ? Math.max(limit, PATIENT_CANDIDATES) : candidates(),
    );
    const spread = onePerPatient ? patientsFirst(least) : least;
    return order === 'diverse' ? diverse(spread.slice(0, DIVERSE_CANDIDATES)) : spread;
  }

  function candidates(): number {
    return order === 'diverse' ? Math.max(limit, DIVERSE_CANDIDATES) : limit;
  }

  /** The same order whenever the same reader asks about the same run, so that a queue can be gone on with. */
  function random(): QueueRow[] {
    const decisions = archive.reviews.inForce(query.panel);
    const mine = new Set(decisions.filter((one) => one.reader === reader).map(({ itemId }) => itemId));
    const theirs = new Set(decisions.filter((one) => one.reader !== reader).map(({ itemId }) => itemId));
    const wanted = onePerPatient ? Math.max(limit, PATIENT_CANDIDATES) : limit;
    const rows: QueueRow[] = [];
    for (const itemId of shuffled(archive.runs.itemIds(runId), seededRandom(runId))) {
      if (rows.length >= wanted) break;
      if (mine.has(itemId) || (second && !theirs.has(itemId))) continue;
      const prediction = archive.runs.prediction(runId, itemId);
      if (!prediction || (onlyUncertain && prediction.abstain === 0)) continue;
      rows.push({ ...prediction, patient: archive.items.get(itemId)?.patient ?? null });
    }
    return onePerPatient ? patientsFirst(rows) : rows;
  }

  /** Farthest first: each next item is the one least like any that was reviewed or is in the list already. */
  function diverse(rows: readonly QueueRow[]): QueueRow[] {
    const reviewed = archive.reviews
      .inForce(query.panel)
      .slice(-REVIEWED_COMPARED)
      .map(({ itemId }) => itemId);
    const vectorOf = vectorsOf(archive, modelRow, [...rows.map(({ itemId }) => itemId), ...reviewed]);
    const open = rows.map((row) => ({ row, vector: vectorOf.get(row.itemId), closest: -Infinity }));
    const compare = (vector: Float32Array | undefined) => {
      if (!vector) return;
      for (const one of open) if (one.vector) one.closest = Math.max(one.closest, dot(one.vector, vector));
    };
    for (const itemId of reviewed) compare(vectorOf.get(itemId));
    const chosen: QueueRow[] = [];
    while (open.length > 0 && chosen.length < limit) {
      const place = open.reduce(
        (far, one, index) => (one.closest < (open[far]?.closest ?? 0) ? index : far),
        0,
      );
      const [next] = open.splice(place, 1);
      if (!next) break;
      chosen.push(next.row);
      compare(next.vector);
    }
    return chosen;
  }
}

function vectorsOf(
  archive: Archive,
  modelRow: number,
  itemIds: readonly number[],
): Map<number, Float32Array> {
  const vectors = new Map<number, Float32Array>();
  // The first region stands for the item here: it only has to look different, not to be scored.
  for (const { itemId, vector } of itemVectorReader(archive.db, modelRow).of([...new Set(itemIds)]))
    if (!vectors.has(itemId)) vectors.set(itemId, vector);
  return vectors;
}

/** The first item of each patient first, in the order given; the others follow. */
function patientsFirst(rows: readonly QueueRow[]): QueueRow[] {
  const seen = new Set<string>();
  const first: QueueRow[] = [];
  const others: QueueRow[] = [];
  for (const row of rows) {
    if (row.patient !== null && seen.has(row.patient)) others.push(row);
    else first.push(row);
    if (row.patient !== null) seen.add(row.patient);
  }
  return [...first, ...others];
}
