import { type Canvas, type Plane, wobble } from './canvas.ts';
import { blur, createNoise, fractal } from './noise.ts';
import type { Random } from './random.ts';
import type { GreyScene } from './scene.ts';

/** A point of a radiograph that stands on an arc from `from` to `to`, bulging by `bulge` (downwards when positive). */
export function arc(
  from: readonly [number, number],
  to: readonly [number, number],
  bulge: number,
  parts = 8,
): [number, number][] {
  return Array.from({ length: parts + 1 }, (_, part) => {
    const t = part / parts;
    return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t + 4 * bulge * t * (1 - t)];
  });
}

/** A lead letter as radiographers place it: L or R, drawn in strokes. */
export function drawMarker(
  canvas: Canvas,
  values: Plane,
  letter: 'L' | 'R',
  x: number,
  y: number,
  size: number,
): void {
  const at = (u: number, v: number): readonly [number, number] => [x + u * size, y + v * size];
  const width = size * 0.22;
  const lines =
    letter === 'L'
      ? [[at(0, 0), at(0, 1), at(0.6, 1)]]
      : [
          [at(0, 1), at(0, 0), at(0.6, 0.1), at(0.6, 0.45), at(0, 0.5)],
          [at(0.2, 0.5), at(0.65, 1)],
        ];
  for (const points of lines) canvas.stroke(values, { points, width, soft: 0.01 }, 0.97);
}

/**
 * What the detector makes of absorbed dose: contrast, exposure, unsharpness, noise, collimation.
 *
 * @param values - brightness, 0 black (air) to about 1 white (metal); changed in place to 0 to 1000.
 */
export function expose(random: Random, canvas: Canvas, values: Plane): GreyScene {
  const uneven = fractal(createNoise(random), 2);
  const slope = random.between(-0.08, 0.08);
  const noise = random.between(0.008, 0.03);
  blur(values, canvas.sizePx, random.chance(0.4) ? Math.round(canvas.sizePx / 256) : 0);
  const gamma = random.between(0.8, 1.25);
  canvas.map(values, (value, x, y) => {
    const lit = Math.max(0, value * (1 + slope * x) + 0.03 * uneven(x * 2 + 9, y * 2 + 9));
    return 1000 * (Math.pow(Math.min(1.1, lit), gamma) + noise * random.normal());
  });
  if (random.chance(0.35)) {
    const [left, right, top, bottom] = [-1, 1, -1, 1].map((edge) => edge * random.between(0.86, 1.1)) as [
      number,
      number,
      number,
      number,
    ];
    canvas.map(values, (value, x, y) => (x < left || x > right || y < top || y > bottom ? 0 : value));
  }
  return {
    kind: 'grey',
    values,
    windows: [{ name: 'STANDARD', centre: random.between(440, 560), width: random.between(880, 1100) }],
  };
}

/** Streaks from the hilum into the lung: vessels as a radiograph shows them. */
export function drawMarkings(
  random: Random,
  canvas: Canvas,
  values: Plane,
  x: number,
  y: number,
  side: number,
): void {
  // Where streaks cross, the brightest counts: their sum would be a star at the hilum.
  const streaks = canvas.plane();
  for (let streak = random.whole(14, 22); streak > 0; streak -= 1) {
    const way = random.between(-1.35, 1.35);
    const far = random.between(0.18, 0.42);
    const endX = x + side * far * Math.cos(way);
    const endY = y + far * Math.sin(way);
    canvas.stroke(
      streaks,
      {
        points: arc([x, y], [endX, endY], random.between(-0.04, 0.04), 4),
        width: random.between(0.015, 0.03),
        endWidth: 0.006,
        soft: 0.02,
      },
      random.between(0.05, 0.13),
      'max',
    );
  }
  canvas.map(values, (value, _x, _y, index) => value + (streaks[index] as number));
  canvas.shape(values, { x, y, rx: 0.07, ry: 0.11, soft: 0.1, wobble: wobble(random, 0.1) }, 0.12, 'add');
}
