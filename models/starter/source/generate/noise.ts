import type { Random } from './random.ts';

/** A smooth random field over the plane, about in [-1, 1], with features of about one unit. */
export type Noise = (x: number, y: number) => number;

const PERIOD = 64;

/** Value noise: random numbers on a grid, joined by smooth steps; it repeats after 64 units. */
export function createNoise(random: Random): Noise {
  const grid = Float32Array.from({ length: PERIOD * PERIOD }, () => random.between(-1, 1));
  return (x, y) => {
    const left = Math.floor(x);
    const top = Math.floor(y);
    const u = x - left;
    const v = y - top;
    const across = u * u * (3 - 2 * u);
    const down = v * v * (3 - 2 * v);
    const x0 = left & (PERIOD - 1);
    const x1 = (left + 1) & (PERIOD - 1);
    const row0 = (top & (PERIOD - 1)) * PERIOD;
    const row1 = ((top + 1) & (PERIOD - 1)) * PERIOD;
    const a = grid[row0 + x0] as number;
    const b = grid[row0 + x1] as number;
    const c = grid[row1 + x0] as number;
    const d = grid[row1 + x1] as number;
    const upper = a + (b - a) * across;
    return upper + (c + (d - c) * across - upper) * down;
  };
}

/** Octaves of noise, each at twice the frequency and half the height of the one before. About in [-1, 1]. */
export function fractal(noise: Noise, octaves: number): Noise {
  return (x, y) => {
    let sum = 0;
    let height = 0.55;
    let scale = 1;
    for (let octave = 0; octave < octaves; octave += 1) {
      sum += height * noise(x * scale + 17 * octave, y * scale - 11 * octave);
      height /= 2;
      scale *= 2;
    }
    return sum;
  };
}

/** A blur by repeated box means along rows, then columns; edges repeat. In place. */
export function blur(plane: Float32Array, sizePx: number, radiusPx: number): void {
  if (radiusPx < 1) return;
  const line = new Float32Array(sizePx);
  const pass = (start: number, step: number): void => {
    for (let i = 0; i < sizePx; i += 1) line[i] = plane[start + i * step] as number;
    const at = (i: number): number => line[Math.min(sizePx - 1, Math.max(0, i))] as number;
    let sum = 0;
    for (let i = -radiusPx; i <= radiusPx; i += 1) sum += at(i);
    for (let i = 0; i < sizePx; i += 1) {
      plane[start + i * step] = sum / (2 * radiusPx + 1);
      sum += at(i + radiusPx + 1) - at(i - radiusPx);
    }
  };
  for (let round = 0; round < 2; round += 1) {
    for (let i = 0; i < sizePx; i += 1) pass(i * sizePx, 1);
    for (let i = 0; i < sizePx; i += 1) pass(i, sizePx);
  }
}
