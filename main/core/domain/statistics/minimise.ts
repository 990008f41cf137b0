/** Value of a smooth function at `at`; its gradient is written into `gradient`. */
export type Objective = (at: Float64Array, gradient: Float64Array) => number;

const MEMORY = 10;
/** Nocedal, Wright (2006), Numerical optimization, (3.6): sufficient decrease, and curvature for quasi-Newton. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Relative: smaller differences of two values are rounding. */
const ROUNDING = 1e-15;
const MOST_TRIES = 40;

/**
 * The minimum of a smooth, convex function by limited-memory BFGS.
 *
 * @param start - is not changed.
 * @param tolerance - ends when no component of the gradient is larger.
 * @returns the point, and whether the tolerance was reached.
 * @see Nocedal, Wright (2006), algorithms 7.4 (two loops) and 3.5 (line search, here by bisection).
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-9, steps = 2000 } = {},
): { readonly at: Float64Array; readonly value: number; readonly converged: boolean } {
  let at = start.slice();
  let gradient = new Float64Array(at.length);
  let value = objective(at, gradient);
  const memory: { step: Float64Array; change: Float64Array; curvature: number }[] = [];
  for (let count = 0; count < steps; count += 1) {
    if (largest(gradient) <= tolerance) return { at, value, converged: true };
    const direction = downhill(gradient, memory);
    const found = search(objective, at, value, gradient, direction);
    if (!found) return { at, value, converged: largest(gradient) <= Math.sqrt(tolerance) };
    const step = subtract(found.at, at);
    const change = subtract(found.gradient, gradient);
    const curvature = product(step, change);
    if (curvature > 0) memory.push({ step, change, curvature });
    if (memory.length > MEMORY) memory.shift();
    ({ at, value, gradient } = found);
  }
  return { at, value, converged: false };
}

function downhill(
  gradient: Float64Array,
  memory: readonly { step: Float64Array; change: Float64Array; curvature: number }[],
): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const weights = memory.toReversed().map(({ step, change, curvature }) => {
    const weight = product(step, direction) / curvature;
    add(direction, change, -weight);
    return weight;
  });
  const last = memory.at(-1);
  const scale = last
    ? last.curvature / product(last.change, last.change)
    : 1 / Math.max(1, Math.sqrt(product(gradient, gradient)));
  direction.forEach((component, index) => (direction[index] = component * scale));
  memory.forEach(({ step, change, curvature }, index) => {
    const weight = weights[memory.length - 1 - index] as number;
    add(direction, step, weight - product(change, direction) / curvature);
  });
  return direction;
}

interface Found {
  readonly at: Float64Array<ArrayBuffer>;
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** A step along `direction` that decreases enough and flattens enough; undefined where rounding ends the way. */
function search(
  objective: Objective,
  at: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
): Found | undefined {
  const slope = product(gradient, direction);
  let low = 0;
  let high = Infinity;
  let length = 1;
  let best: Found | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const next = at.slice();
    add(next, direction, length);
    const nextGradient = new Float64Array(at.length);
    const nextValue = objective(next, nextGradient);
    const nextSlope = product(nextGradient, direction);
    if (!decreases(value, nextValue, length, slope, nextSlope)) high = length;
    else {
      best = { at: next, value: nextValue, gradient: nextGradient };
      if (nextSlope >= CURVATURE * slope) return best;
      low = length;
    }
    length = high === Infinity ? length * 2 : (low + high) / 2;
  }
  return best;
}

/**
 * Near the minimum the value no longer tells a step from rounding, while the slope still does.
 *
 * @see Hager, Zhang (2005), A new conjugate gradient method with guaranteed descent, §4: approximate Wolfe conditions.
 */
function decreases(value: number, next: number, length: number, slope: number, nextSlope: number): boolean {
  if (next <= value + DECREASE * length * slope) return true;
  return next <= value + ROUNDING * Math.abs(value) && nextSlope <= (2 * DECREASE - 1) * slope;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] as number) * (b[index] as number);
  return sum;
}

function add(into: Float64Array, vector: Float64Array, weight: number): void {
  for (let index = 0; index < into.length; index += 1)
    into[index] = (into[index] as number) + weight * (vector[index] as number);
}

const subtract = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((component, index) => component - (b[index] as number));

const largest = (vector: Float64Array): number =>
  vector.reduce((most, component) => Math.max(most, Math.abs(component)), 0);
