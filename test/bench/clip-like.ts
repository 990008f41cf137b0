import { randomNumbers } from '../support/search-archive.ts';

/**
 * Unit vectors as CLIP-type models make them: images share a strong common direction, fall into clusters of uneven size
 * in few dimensions, and texts lie in a cone of their own, so that the best cosine of a text to an image is 0.3 to 0.4.
 *
 * Coordinates are mixed by a random rotation, since a model's are too; aligned ones would be harder to quantise.
 */
export function clipLike(dimensions: number, seed: number) {
  if (Math.log2(dimensions) % 1 !== 0 || dimensions < 128) throw new RangeError('a power of two from 128 on');
  const setup = normals(seed);
  const topics = rowsOf(TOPICS, () => setup.next());
  const centres = rowsOf(CLUSTERS, () => 0);
  for (let cluster = 0; cluster < CLUSTERS; cluster += 1) {
    const topic = topics[Math.floor(setup.uniform() * TOPICS)] as Float64Array;
    const own = unit(Float64Array.from({ length: INNER }, () => setup.next()));
    centres[cluster] = unit(topic.map((value, index) => value + 0.9 * (own[index] as number)));
  }
  const spreads = Array.from({ length: CLUSTERS }, () => 0.3 + 0.6 * setup.uniform());
  const sizes = Array.from({ length: CLUSTERS }, () => (1 - setup.uniform()) ** (-1 / 1.2) - 1 + 0.2);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let reached = 0;
  const upTo = sizes.map((size) => (reached += size / total));
  const signs = Float32Array.from({ length: dimensions }, () => (setup.uniform() < 0.5 ? -1 : 1));

  function pick(share: number): number {
    let low = 0;
    let high = CLUSTERS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) < share) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function vector(kind: 'image' | 'text', random: Normals, into: Float32Array): void {
    const cluster = pick(random.uniform());
    const centre = centres[cluster] as Float64Array;
    const spread = (kind === 'image' ? (spreads[cluster] as number) : 0.5) / Math.sqrt(INNER);
    const inner = unit(centre.map((value) => value + spread * random.next()));
    const noise = 0.4 / Math.sqrt(dimensions);
    const [common, gap, plane] = kind === 'image' ? [0.62, 0, 0.7] : [0.1, 0.75, 0.5];
    for (let index = 0; index < dimensions; index += 1) into[index] = noise * random.next();
    into[0] = (into[0] as number) + common;
    into[1] = (into[1] as number) + gap;
    for (let index = 0; index < INNER; index += 1)
      into[index + 2] = (into[index + 2] as number) + plane * (inner[index] as number);
    rotate(into, signs);
  }

  return {
    /** Row after row; block by block the same, whatever their number. */
    block(kind: 'image' | 'text', number: number, rows: number): Float32Array {
      const random = normals(seed * 7919 + number * 2 + (kind === 'text' ? 1 : 2));
      const values = new Float32Array(rows * dimensions);
      for (let row = 0; row < rows; row += 1)
        vector(kind, random, values.subarray(row * dimensions, (row + 1) * dimensions));
      return values;
    },
  };
}

const TOPICS = 60;
const CLUSTERS = 2000;
const INNER = 64;

interface Normals {
  uniform(): number;
  next(): number;
}

/** Standard normal numbers. @see Box, Muller (1958) */
function normals(seed: number): Normals {
  const uniform = randomNumbers(seed);
  let spare: number | undefined;
  return {
    uniform,
    next() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

const rowsOf = (count: number, value: () => number): Float64Array[] =>
  Array.from({ length: count }, () => unit(Float64Array.from({ length: INNER }, value)));

function unit(values: Float64Array): Float64Array {
  let square = 0;
  for (const value of values) square += value * value;
  const length = Math.sqrt(square) || 1;
  return values.map((value) => value / length);
}

/** Random signs, then the Walsh–Hadamard transform, which is a rotation up to its length; then to unit length. */
function rotate(values: Float32Array, signs: Float32Array): void {
  const size = values.length;
  let square = 0;
  for (let index = 0; index < size; index += 1) {
    values[index] = (values[index] as number) * (signs[index] as number);
    square += (values[index] as number) ** 2;
  }
  const scale = 1 / Math.sqrt(square * size);
  for (let half = 1; half < size; half *= 2)
    for (let start = 0; start < size; start += 2 * half)
      for (let index = start; index < start + half; index += 1) {
        const a = values[index] as number;
        const b = values[index + half] as number;
        values[index] = a + b;
        values[index + half] = a - b;
      }
  for (let index = 0; index < size; index += 1) values[index] = (values[index] as number) * scale;
}
