import {
  figureNames,
  figureOf,
  figuresBy,
  queryValues,
  type QueryValues,
  type RetrievalFigures,
} from './retrieval-metrics.ts';
import { quantile } from './statistics/bootstrap.ts';
import { seededRandom } from './statistics/random.ts';

/** A query with everything that was ranked for it. */
export interface RankedList {
  /** Patient of each answer, best first, as a number from 0. */
  readonly patients: Int32Array;
  /** How right each answer is; 0 for wrong. */
  readonly grades: Float32Array;
}

const MOST_ROUNDS = 1000;
const FEWEST_ROUNDS = 100;
/** Answers that all rounds together look at; more of them take more than some seconds. */
const MOST_STEPS = 1e9;

/**
 * Figures of a few queries over a whole archive: labels as queries, say. The queries are what they are; what is left to
 * chance is whose pictures the archive holds. So patients of the archive are resampled, each with all of its pictures,
 * and every list is read again with as many copies of a picture as its patient was drawn.
 *
 * @returns intervals by percentiles, moved by the bootstrap's own bias; null with fewer than two patients.
 * @see Field, Welsh (2007), Bootstrapping clustered data; Cormack, Lynam (2006), Statistical precision of information
 *   retrieval evaluation, §3: resampling documents.
 */
export function figuresOverCollection(lists: readonly RankedList[], seed = 1): RetrievalFigures {
  const patients = lists.reduce((most, list) => list.patients.reduce((a, b) => Math.max(a, b + 1), most), 0);
  const everybody = new Uint16Array(patients).fill(1);
  const values = meanFigures(lists, everybody);
  const steps = lists.reduce((sum, { patients: answers }) => sum + answers.length, 0);
  const rounds = Math.round(Math.max(FEWEST_ROUNDS, Math.min(MOST_ROUNDS, MOST_STEPS / Math.max(1, steps))));
  const seen = new Set<number>();
  for (const list of lists) for (const patient of list.patients) seen.add(patient);
  const drawn = seen.size < 2 ? [] : draw(lists, [...seen], patients, rounds, seed);
  return figuresBy(lists.length, (name) => {
    const index = figureNames.indexOf(name);
    const value = values[index] ?? 0;
    return {
      value,
      interval: intervalOf(
        value,
        drawn.map((round) => round[index] ?? 0),
      ),
    };
  });
}

function draw(
  lists: readonly RankedList[],
  seen: readonly number[],
  patients: number,
  rounds: number,
  seed: number,
): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: rounds }, () => {
    const copies = new Uint16Array(patients);
    for (let count = 0; count < seen.length; count += 1) {
      const patient = seen[Math.floor(random() * seen.length)] as number;
      copies[patient] = (copies[patient] as number) + 1;
    }
    return meanFigures(lists, copies);
  });
}

/** By figure, in the order of `figureNames`; queries whose right answers were all left out say nothing. */
function meanFigures(lists: readonly RankedList[], copies: Uint16Array): number[] {
  const values = lists.flatMap((list) => valuesOf(list, copies) ?? []);
  return figureNames.map(
    (name) => values.reduce((sum, one) => sum + figureOf(name, one), 0) / Math.max(1, values.length),
  );
}

function valuesOf({ patients, grades }: RankedList, copies: Uint16Array): QueryValues | null {
  const ranks: number[] = [];
  const found: number[] = [];
  let place = 0;
  for (let index = 0; index < patients.length; index += 1) {
    const times = copies[patients[index] as number] as number;
    const grade = grades[index] as number;
    if (grade > 0)
      for (let copy = 1; copy <= times; copy += 1) {
        ranks.push(place + copy);
        found.push(grade);
      }
    place += times;
  }
  return ranks.length === 0 ? null : queryValues({ ranks, grades: found, patient: null });
}

function intervalOf(value: number, drawn: readonly number[]) {
  if (drawn.length === 0) return null;
  const sorted = Float64Array.from(drawn).sort();
  const bias = sorted.reduce((sum, one) => sum + one, 0) / sorted.length - value;
  const within = (bound: number) => Math.min(1, Math.max(0, bound - bias));
  return {
    value,
    low: Math.min(value, within(quantile(sorted, 0.025))),
    high: Math.max(value, within(quantile(sorted, 0.975))),
  };
}
