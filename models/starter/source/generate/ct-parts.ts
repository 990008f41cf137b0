import type { Canvas, Plane } from './canvas.ts';
import { createNoise, fractal } from './noise.ts';
import type { Random } from './random.ts';

/** Hounsfield values of what CT slices are made of. */
export const HU = {
  air: -1000,
  lung: -860,
  fat: -100,
  water: 5,
  muscle: 50,
  bone: 420,
  cortex: 900,
} as const;

export interface Trunk {
  readonly values: Plane;
  /** Half axes of the body's outline. */
  readonly rx: number;
  readonly ry: number;
  /** Thickness of the fat under the skin. */
  readonly fat: number;
}

/** A body cross-section on its table: skin, fat, muscle wall; everything inside is left to the caller. */
export function drawTrunk(random: Random, canvas: Canvas): Trunk {
  const values = canvas.plane(HU.air);
  const rx = random.between(0.76, 0.9);
  const ry = rx * random.between(0.62, 0.78);
  const fat = random.between(0.03, 0.11);
  const depth = ry + random.between(0.03, 0.08);
  const table = [-0.8, -0.4, 0, 0.4, 0.8].map((x) => [x, depth - 0.25 * x * x] as const);
  if (random.chance(0.8))
    canvas.stroke(values, { points: table, width: 0.035, soft: 0.02 }, random.between(-500, 0));
  canvas.shape(values, { x: 0, y: 0, rx, ry, soft: 0.02 }, HU.fat);
  canvas.shape(values, { x: 0, y: 0, rx: rx - fat, ry: ry - fat * 0.8, soft: 0.02 }, HU.muscle);
  return { values, rx: rx - fat, ry: ry - fat * 0.8, fat };
}

/** A vertebra with its canal and processes, its body's middle at (x, y). */
export function drawVertebra(random: Random, canvas: Canvas, values: Plane, x: number, y: number): void {
  const size = random.between(0.85, 1.15);
  const bone = random.between(250, 450);
  const arch = y + 0.16 * size;
  canvas.stroke(
    values,
    {
      points: [
        [x - 0.2 * size, arch + 0.02],
        [x, arch],
        [x + 0.2 * size, arch + 0.02],
      ],
      width: 0.05,
      endWidth: 0.04,
      soft: 0.02,
    },
    bone,
  );
  canvas.stroke(
    values,
    {
      points: [
        [x, arch],
        [x, arch + 0.13 * size],
      ],
      width: 0.06,
      endWidth: 0.03,
      soft: 0.02,
    },
    bone,
  );
  canvas.shape(values, { x, y: arch - 0.03, rx: 0.075 * size, ry: 0.07 * size, soft: 0.02 }, bone + 100);
  canvas.shape(values, { x, y, rx: 0.125 * size, ry: 0.1 * size, soft: 0.02 }, bone + 250);
  canvas.shape(values, { x, y, rx: 0.105 * size, ry: 0.08 * size, soft: 0.03 }, bone - 100);
  canvas.shape(values, { x, y: arch - 0.03, rx: 0.05 * size, ry: 0.045 * size, soft: 0.02 }, 25);
}

/** Ribs cut across the wall: flat ovals on an ellipse, at uneven distances. */
export function drawRibs(random: Random, canvas: Canvas, values: Plane, rx: number, ry: number): void {
  const count = random.whole(9, 14);
  const start = random.between(0, 6.28);
  for (let rib = 0; rib < count; rib += 1) {
    const angle = start + ((rib + random.between(-0.25, 0.25)) * 6.283) / count;
    const x = rx * Math.cos(angle);
    const y = ry * Math.sin(angle);
    if (y > ry * 0.9) continue;
    const turn = Math.atan2(ry * Math.cos(angle), -rx * Math.sin(angle));
    const length = random.between(0.035, 0.11);
    canvas.shape(values, { x, y, rx: length, ry: 0.026, turn, soft: 0.02 }, HU.cortex - 200);
    canvas.shape(values, { x, y, rx: length * 0.75, ry: 0.013, turn, soft: 0.02 }, 250);
  }
}

/** Fine texture and the scanner's noise, in Hounsfield units. */
export function addCtNoise(random: Random, canvas: Canvas, values: Plane, deviation: number): void {
  const grain = fractal(createNoise(random), 2);
  canvas.map(
    values,
    (value, x, y) => value + deviation * (0.8 * random.normal() + 1.2 * grain(x * 24 + 30, y * 24 + 30)),
  );
}
