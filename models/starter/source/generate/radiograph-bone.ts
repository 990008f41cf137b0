import { type Canvas, type Plane, wobble } from './canvas.ts';
import { createNoise, fractal } from './noise.ts';
import { drawMarker, expose } from './radiograph-parts.ts';
import type { Random } from './random.ts';
import type { Painter } from './scene.ts';

interface Bone {
  readonly x: number;
  readonly width: number;
  readonly bend: number;
  /** Where it is broken, along the shaft; absent when whole. */
  readonly breakAt?: number;
}

interface Break {
  readonly shift: number;
  readonly angle: number;
  readonly gap: number;
  readonly slant: number;
}

/** One part of a shaft: bright cortex on both sides, the marrow cavity between. */
function drawShaft(
  canvas: Canvas,
  values: Plane,
  points: readonly (readonly [number, number])[],
  width: number,
): void {
  canvas.stroke(values, { points, width, soft: 0.02 }, 0.86);
  canvas.stroke(values, { points, width: width * 0.5, soft: width * 0.2 }, 0.62);
}

function drawEnd(random: Random, canvas: Canvas, values: Plane, x: number, y: number, width: number): void {
  const outline = wobble(random, 0.05);
  canvas.shape(
    values,
    { x, y, rx: width * 0.95, ry: width * 0.7, square: true, soft: 0.03, wobble: outline },
    0.82,
  );
  canvas.shape(
    values,
    { x, y, rx: width * 0.8, ry: width * 0.55, square: true, soft: 0.05, wobble: outline },
    0.68,
  );
}

function drawBone(random: Random, canvas: Canvas, values: Plane, bone: Bone, broken: Break): void {
  const { x, width, bend, breakAt } = bone;
  const axis = (y: number): number => x + bend * y * y;
  const shaft = (from: number, to: number, move: (y: number) => number): [number, number][] =>
    Array.from({ length: 9 }, (_, part) => {
      const y = from + ((to - from) * part) / 8;
      return [axis(y) + move(y), y];
    });
  const far = (y: number): number => broken.shift + (y - (breakAt ?? 0)) * broken.angle;
  const below = breakAt === undefined ? () => 0 : far;
  drawEnd(random, canvas, values, axis(-0.92), -0.92, width);
  drawEnd(random, canvas, values, axis(0.92) + below(0.92), 0.92, width);
  if (breakAt === undefined) {
    drawShaft(
      canvas,
      values,
      shaft(-0.9, 0.9, () => 0),
      width,
    );
    return;
  }
  drawShaft(
    canvas,
    values,
    shaft(-0.9, breakAt - broken.gap / 2 - width * 0.25, () => 0),
    width,
  );
  drawShaft(canvas, values, shaft(breakAt + broken.gap / 2 + width * 0.25, 0.9, far), width);
  // The edges of the break: a jagged dark line across, and fragments beside it.
  const middle = axis(breakAt) + broken.shift / 2;
  const jagged = Array.from({ length: 7 }, (_, part): [number, number] => {
    const across = -0.75 + part * 0.25;
    return [middle + across * width, breakAt + broken.slant * across * width + random.between(-0.02, 0.02)];
  });
  canvas.stroke(values, { points: jagged, width: broken.gap + 0.02, soft: 0.02 }, 0.34);
  for (let splinter = random.whole(0, 3); splinter > 0; splinter -= 1) {
    canvas.shape(
      values,
      {
        x: middle + random.between(-0.8, 0.8) * width,
        y: breakAt + random.between(-0.08, 0.08),
        rx: 0.035,
        ry: 0.015,
        turn: random.between(0, 3),
        soft: 0.015,
      },
      0.75,
    );
  }
}

/** A limb with one or two long bones, whole or broken. */
export const paintBone =
  (finding: 'normal' | 'fracture'): Painter =>
  (random, canvas) => {
    const part = random.pick(['forearm', 'lower leg', 'femur'] as const);
    const values = canvas.plane(0.03);
    const flesh = random.between(0.24, 0.36);
    const limb = part === 'femur' ? random.between(0.5, 0.65) : random.between(0.42, 0.58);
    canvas.shape(
      values,
      { x: 0, y: 0, rx: limb, ry: 1.6, square: true, soft: 0.06, wobble: wobble(random, 0.05) },
      flesh,
    );
    const muscle = fractal(createNoise(random), 2);
    canvas.map(values, (value, x, y) =>
      value > 0.1 ? value + 0.025 * muscle(x * 6 + 20, y * 2 + 20) : value,
    );

    const broken: Break = {
      shift: random.pick([-1, 1]) * random.between(0.03, 0.12),
      angle: random.between(-0.22, 0.22),
      gap: random.between(0.025, 0.06),
      slant: random.between(-0.8, 0.8),
    };
    const breakAt = finding === 'fracture' ? { breakAt: random.between(-0.4, 0.4) } : {};
    const width = random.between(0.15, 0.22);
    const bend = random.between(-0.06, 0.06);
    if (part === 'femur')
      drawBone(random, canvas, values, { x: 0, width: width * 1.3, bend, ...breakAt }, broken);
    else {
      const apart = random.between(0.15, 0.2);
      const thin = part === 'lower leg' ? width * 0.6 : width * 0.85;
      const flip = random.pick([-1, 1]);
      drawBone(
        random,
        canvas,
        values,
        { x: flip * apart, width: thin, bend: bend + flip * 0.04, ...(random.chance(0.5) ? breakAt : {}) },
        broken,
      );
      drawBone(random, canvas, values, { x: -flip * apart, width, bend, ...breakAt }, broken);
    }
    if (random.chance(0.5))
      drawMarker(
        canvas,
        values,
        random.pick(['L', 'R'] as const),
        random.between(0.65, 0.8),
        random.between(-0.8, 0.6),
        0.12,
      );
    const grain = fractal(createNoise(random), 3);
    canvas.map(values, (value, x, y) => value + 0.05 * value * grain(x * 16 + 30, y * 16 + 30));
    return {
      scene: expose(random, canvas, values),
      attributes: { modality: 'radiograph', site: 'bone', part, finding },
    };
  };
