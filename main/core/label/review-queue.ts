import { setImmediate } from 'node:timers/promises';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { QueueEntry } from '../../../preload/contract/reviews.ts';
import { seededRandom, shuffled } from '../domain/statistics/random.ts';
import { dot } from '../domain/vector.ts';
import type { Archive } from '../store/archive.ts';
import { itemVectorReader } from '../store/item-vectors.ts';
import { itemLookup } from '../store/item-lookup.ts';
import type { TouchedRow } from '../store/reviews.ts';
import { toFloats } from '../store/vectors.ts';
import type { RunOrders } from './run-orders.ts';
import { openRun, rank } from './run-reader.ts';

/** From how many of the least certain items one per patient is taken. */
const PATIENT_CANDIDATES = 2000;
/** Diversity compares every candidate with every chosen one: a few hundred take milliseconds. */
const DIVERSE_CANDIDATES = 300;
const REVIEWED_COMPARED = 50;

interface Candidate {
  readonly itemId: number;
  readonly patient: string | null;
}

/** @throws ArchiveError `run.unknown`. */
export async function reviewQueue(
  archive: Archive,
  orders: RunOrders,
  { runId, reader, order, onlyUncertain, onePerPatient, second, limit }: Request<'review.queue'>,
): Promise<Output<'review.queue'>> {
  const finished = openRun(archive, runId);
  const panel = finished.run.panel.name;
  const brief = await orders.orderOf(runId);
  const touched = archive.reviews.touched(panel);
  const itemsOf = (wanted: (row: TouchedRow) => boolean) =>
    new Set(touched.filter(wanted).map(({ itemId }) => itemId));
  const mine = itemsOf((row) => row.reader === reader && row.decided === 1);
  const skipped = itemsOf((row) => row.reader === reader && row.decided === 0);
  const theirs = itemsOf((row) => row.reader !== reader && row.decided === 1);

  const inScope = brief.byCertainty.filter(
    (place) =>
      (!onlyUncertain || brief.uncertain[place] === 1) &&
      (!second || theirs.has(brief.itemIds[place] as number)),
  );
  await setImmediate();
  const open = [...inScope]
    .map((place) => brief.itemIds[place] as number)
    .filter((itemId) => !mine.has(itemId));
  const least = order === 'random' ? shuffled(open, seededRandom(runId)) : open;
  await setImmediate();
  // What was skipped comes again, after everything else.
  const ordered = [
    ...least.filter((itemId) => !skipped.has(itemId)),
    ...least.filter((itemId) => skipped.has(itemId)),
  ];
  return {
    entries: chosen().flatMap(({ itemId }) => {
      const item = archive.items.get(itemId);
      const row = archive.runs.prediction(runId, itemId);
      if (!item || !row) return [];
      const { path, thumb, kind, modality, patient } = item;
      const ranked = rank(finished.map, toFloats(row.scores));
      const abstain = row.abstain === 1;
      return [
        {
          itemId: item.itemId as QueueEntry['itemId'],
          path,
          thumb,
          kind,
          modality,
          patient,
          ranked,
          abstain,
        },
      ];
    }),
    left: open.length,
    decided: inScope.length - open.length,
  };

  function chosen(): Candidate[] {
    const most = onePerPatient ? PATIENT_CANDIDATES : order === 'diverse' ? DIVERSE_CANDIDATES : limit;
    const patients = itemLookup(archive.db).patientsOf(ordered.slice(0, Math.max(limit, most)));
    const candidates = ordered
      .slice(0, Math.max(limit, most))
      .map((itemId) => ({ itemId, patient: patients.get(itemId) ?? null }));
    const spread = onePerPatient ? patientsFirst(candidates) : candidates;
    return order === 'diverse' ? diverse(spread.slice(0, DIVERSE_CANDIDATES)) : spread.slice(0, limit);
  }

  /** Farthest first: each next item is the one least like any that was reviewed or is in the list already. */
  function diverse(candidates: readonly Candidate[]): Candidate[] {
    const reviewed = [...mine, ...theirs].slice(-REVIEWED_COMPARED);
    const wanted = [...candidates.map(({ itemId }) => itemId), ...reviewed];
    const vectorOf = vectorsOf(archive, finished.modelRow, wanted);
    const left = candidates.map((one) => ({ one, vector: vectorOf.get(one.itemId), closest: -Infinity }));
    const compare = (vector: Float32Array | undefined) => {
      if (!vector) return;
      for (const other of left)
        if (other.vector) other.closest = Math.max(other.closest, dot(other.vector, vector));
    };
    for (const itemId of reviewed) compare(vectorOf.get(itemId));
    const list: Candidate[] = [];
    while (left.length > 0 && list.length < limit) {
      const place = left.reduce(
        (far, other, index) => (other.closest < (left[far]?.closest ?? 0) ? index : far),
        0,
      );
      const [next] = left.splice(place, 1);
      if (!next) break;
      list.push(next.one);
      compare(next.vector);
    }
    return list;
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
function patientsFirst(candidates: readonly Candidate[]): Candidate[] {
  const seen = new Set<string>();
  const first: Candidate[] = [];
  const others: Candidate[] = [];
  for (const one of candidates) {
    if (one.patient !== null && seen.has(one.patient)) others.push(one);
    else first.push(one);
    if (one.patient !== null) seen.add(one.patient);
  }
  return [...first, ...others];
}
