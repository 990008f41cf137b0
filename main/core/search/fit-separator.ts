import { combine } from '../domain/vector.ts';
import { bootstrapInterval, groupPlaces } from '../domain/statistics/bootstrap.ts';
import type { Interval } from '../domain/statistics/intervals.ts';
import { fitProbe } from '../domain/statistics/probe.ts';
import { areaUnderRoc, averagePrecision } from '../domain/statistics/ranking-metrics.ts';
import { splitGroups } from '../domain/statistics/split.ts';

export interface Examples {
  readonly dimensions: number;
  /** Example after example, of unit length. */
  readonly features: Float32Array;
  /** 1 for what is wanted, else 0. */
  readonly wanted: Int32Array;
  readonly patients: readonly (string | null)[];
}

export type SeparatorMethod = 'separator' | 'rocchio';

export interface Held {
  readonly auroc: Interval | null;
  readonly averagePrecision: Interval | null;
}

export interface FittedSeparator {
  readonly method: SeparatorMethod;
  /** Of unit length: cosines with it rank as the separator does. Null where the examples cancel each other out. */
  readonly direction: Float32Array | null;
  /** Of the method that is used, and of the other one, on patients that each fit has not met; null where too few. */
  readonly held: Held | null;
  readonly other: Held | null;
}

/** Fewer of either kind, or fewer patients with them, are better described by their means. */
export const FEWEST_EACH = 5;
const FOLDS = 5;
/** C of the penalty; see `label/fit-probe.ts`: unit vectors share most of their direction. */
const STRENGTH = 100;
/** Weights of means of the wanted and unwanted. @see Manning, Raghavan, Schütze (2008), §9.1.1: β 0.75, γ 0.15. */
const WANTED = 0.75;
const UNWANTED = 0.15;

/**
 * The direction that tells wanted examples from unwanted ones: a regularised logistic separator, or of few examples
 * Rocchio's difference of means.
 *
 * The estimate is of scores of patients that were left out, by a direction without its fold's intercept, which would
 * shift folds against each other.
 *
 * @see Parker, Günter, Bedo (2007), Stratification bias in low signal microarray studies.
 */
export function fitSeparator(examples: Examples): FittedSeparator {
  const kinds = [0, 1].map((kind) => {
    const places = [...examples.wanted.keys()].filter((place) => examples.wanted[place] === kind);
    return { places, patients: groupPlaces(places.map((place) => examples.patients[place] ?? null)).length };
  });
  const isEnough = kinds.every(({ places, patients }) => places.length >= FEWEST_EACH && patients >= 2);
  const method = isEnough ? 'separator' : 'rocchio';
  const all = [...examples.wanted.keys()];
  const canHold = kinds.every(({ patients }) => patients >= 2);
  return {
    method,
    direction: directionOf(examples, all, method),
    held: canHold ? heldOut(examples, method) : null,
    other: isEnough ? heldOut(examples, 'rocchio') : null,
  };
}

function directionOf(
  { dimensions, features, wanted }: Examples,
  places: readonly number[],
  method: SeparatorMethod,
): Float32Array | null {
  const row = (place: number) => features.slice(place * dimensions, (place + 1) * dimensions);
  if (method === 'rocchio') {
    const count = (kind: number) => Math.max(1, places.filter((place) => wanted[place] === kind).length);
    return combine(
      places.map((place) => ({
        vector: row(place),
        weight: wanted[place] === 1 ? WANTED / count(1) : -UNWANTED / count(0),
      })),
    );
  }
  const rows = new Float32Array(places.length * dimensions);
  places.forEach((place, index) => rows.set(row(place), index * dimensions));
  const truth = Int32Array.from(places, (place) => wanted[place] as number);
  const { weights } = fitProbe(rows, truth, dimensions, 2, STRENGTH);
  // Of two classes only the difference counts.
  const difference = Float32Array.from(
    { length: dimensions },
    (_, index) => (weights[dimensions + index] as number) - (weights[index] as number),
  );
  return combine([{ vector: difference, weight: 1 }]);
}

function heldOut(examples: Examples, method: SeparatorMethod): Held | null {
  const { dimensions, features, wanted, patients } = examples;
  const groups = groupPlaces(patients);
  const folds = Math.min(FOLDS, groups.length);
  const fold = splitGroups(groups, wanted, folds);
  const scores = new Array<number>(wanted.length).fill(0);
  for (let held = 0; held < folds; held += 1) {
    const inside = [...fold.keys()].filter((place) => fold[place] !== held);
    // Without both kinds there is nothing to tell apart.
    if (new Set(inside.map((place) => wanted[place])).size < 2) return null;
    const direction = directionOf(examples, inside, method);
    if (!direction) return null;
    for (const place of fold.keys()) {
      if (fold[place] !== held) continue;
      let sum = 0;
      for (let index = 0; index < dimensions; index += 1)
        sum += (direction[index] as number) * (features[place * dimensions + index] as number);
      scores[place] = sum;
    }
  }
  const figure =
    (of: (scores: readonly number[], found: readonly number[]) => number | null) =>
    (places: readonly number[]) =>
      of(
        places.map((place) => scores[place] as number),
        places.map((place) => wanted[place] as number),
      ) ?? NaN;
  return {
    auroc: bootstrapInterval(groups, figure(areaUnderRoc), 1),
    averagePrecision: bootstrapInterval(groups, figure(averagePrecision), 1),
  };
}
