import { wobble } from './canvas.ts';
import { createNoise, fractal } from './noise.ts';
import { arc, drawMarker, drawMarkings, expose } from './radiograph-parts.ts';
import type { Painter } from './scene.ts';

/** A lateral chest: spine behind, sternum in front, heart low in front, two diaphragm domes. */
export const paintLateral: Painter = (random, canvas) => {
  const values = canvas.plane(0.02);
  // 1: facing the picture's left.
  const facing = random.chance(0.7) ? 1 : -1;
  const tissue = random.between(0.5, 0.62);
  canvas.shape(
    values,
    { x: 0, y: 0.25, rx: 0.72, ry: 1.15, square: true, soft: 0.08, wobble: wobble(random, 0.02) },
    tissue,
  );
  canvas.shape(
    values,
    { x: -facing * 0.4, y: -1, rx: 0.28, ry: 0.35, soft: 0.1, turn: facing * 0.5 },
    tissue,
  );
  const air = random.between(0.15, 0.26);
  const dome = random.between(0.45, 0.6);
  canvas.shade(
    values,
    { x: 0, y: -0.05, rx: 0.52, ry: 0.78, turn: facing * -0.08, soft: 0.06, wobble: wobble(random, 0.04) },
    (x, y, index) => {
      const curve = dome + 0.25 * facing * x - 0.12 * (1 - (x / 0.5) ** 2) + 0.06;
      const above = Math.max(0, Math.min(1, (curve - y) / 0.03));
      const before = values[index] as number;
      return before + (air - before) * above;
    },
  );
  drawMarkings(random, canvas, values, 0, -0.1, 1);
  drawMarkings(random, canvas, values, 0, -0.1, -1);
  const rib = random.between(0.04, 0.09);
  for (let count = 0; count < 9; count += 1) {
    const y = -0.75 + count * 0.15;
    canvas.stroke(
      values,
      { points: arc([facing * 0.5, y - 0.05], [-facing * 0.45, y + 0.3], 0.06), width: 0.045, soft: 0.02 },
      rib,
      'add',
    );
  }
  canvas.shape(
    values,
    {
      x: -facing * 0.2,
      y: 0.28,
      rx: 0.27,
      ry: 0.22,
      turn: facing * -0.6,
      soft: 0.05,
      wobble: wobble(random, 0.03),
    },
    tissue + 0.08,
  );
  canvas.stroke(
    values,
    { points: arc([-facing * 0.44, -0.6], [-facing * 0.58, 0.3], 0, 4), width: 0.05, soft: 0.02 },
    tissue + 0.2,
  );
  canvas.stroke(
    values,
    { points: arc([-0.5, dome + 0.12], [0.5, dome + 0.2], -0.16), width: 0.02, soft: 0.02 },
    0.06,
    'add',
  );
  for (let vertebra = 0; vertebra < 12; vertebra += 1) {
    const y = -0.85 + vertebra * 0.155;
    const x = facing * (0.48 + 0.09 * (1 - ((y + 0.1) / 0.8) ** 2));
    canvas.shape(
      values,
      { x, y, rx: 0.095, ry: 0.058, square: true, soft: 0.02, turn: -facing * 0.25 * y },
      tissue + 0.18,
    );
  }
  const texture = fractal(createNoise(random), 3);
  canvas.map(values, (value, x, y) => value + 0.02 * texture(x * 10 + 40, y * 10 + 40));
  if (random.chance(0.5)) drawMarker(canvas, values, 'L', facing * -0.9, -0.9, 0.1);
  return {
    scene: expose(random, canvas, values),
    attributes: { modality: 'radiograph', site: 'chest', view: 'lateral', finding: 'normal' },
  };
};
