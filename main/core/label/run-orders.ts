import { setImmediate } from 'node:timers/promises';
import type { Archive } from '../store/archive.ts';

const ROWS_PER_STEP = 5_000;
/** Runs kept: the one on screen and the one that it is compared with. */
const MOST_KEPT = 2;

/** What is needed to filter and order a run's predictions, item by item; a few bytes each. */
export interface RunOrder {
  readonly itemIds: Float64Array;
  readonly labels: Uint16Array;
  readonly certainties: Float32Array;
  readonly uncertain: Uint8Array;
  /** Places of the items, the least certain first; of equal ones the lower id. */
  readonly byCertainty: Uint32Array;
}

/**
 * Orders of the runs looked at last. An index in the database would have to be kept while a run is written, which costs
 * more than the run itself; a finished run never changes, so its order is made once, when somebody looks.
 */
export function createRunOrders(archive: Archive) {
  const kept = new Map<number, Promise<RunOrder>>();

  /** @param runId - a finished run. */
  function orderOf(runId: number): Promise<RunOrder> {
    const order = kept.get(runId) ?? load(archive, runId);
    kept.delete(runId);
    kept.set(runId, order);
    order.catch(() => kept.delete(runId));
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return order;
  }

  return { orderOf };
}
export type RunOrders = ReturnType<typeof createRunOrders>;

async function load(archive: Archive, runId: number): Promise<RunOrder> {
  const rows: (readonly [itemId: number, label: number, probability: number, abstain: number])[] = [];
  for (;;) {
    const step = archive.runs.brief(runId, rows.at(-1)?.[0] ?? 0, ROWS_PER_STEP);
    for (const row of step) rows.push(row);
    if (step.length < ROWS_PER_STEP) break;
    await setImmediate();
  }
  const itemIds = Float64Array.from(rows, ([itemId]) => itemId);
  await setImmediate();
  const labels = Uint16Array.from(rows, ([, label]) => label);
  await setImmediate();
  const certainties = Float32Array.from(rows, ([, , probability]) => probability);
  await setImmediate();
  const uncertain = Uint8Array.from(rows, ([, , , abstain]) => abstain);
  await setImmediate();
  return { itemIds, labels, certainties, uncertain, byCertainty: sortedPlaces(certainties) };
}

/**
 * Places in ascending order of their values. A value from 0 to 1 as float32 has bits that order like the number, so value
 * and place go into one double each and a plain numeric sort, which is several times as fast as one with a function.
 */
function sortedPlaces(values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const keys = Float64Array.from(bits, (bit, place) => bit * values.length + place).sort();
  return Uint32Array.from(keys, (key) => key % values.length);
}
