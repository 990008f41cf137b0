import { type Canvas, type Plane, wobble } from './canvas.ts';
import { createNoise, fractal } from './noise.ts';
import { arc, drawMarker, drawMarkings, expose } from './radiograph-parts.ts';
import type { Random } from './random.ts';
import type { Painter } from './scene.ts';

/** A frontal chest: shoulders, lungs, ribs, spine, heart, diaphragm. Patient's left is the picture's right. */
function drawFrontal(random: Random, canvas: Canvas): Plane {
  const values = canvas.plane(0.02);
  const wide = random.between(0.82, 0.98);
  const tissue = random.between(0.5, 0.62);
  canvas.shape(values, { x: 0, y: -1.05, rx: 0.22, ry: 0.5, soft: 0.05 }, tissue);
  canvas.shape(values, { x: 0, y: 0.35, rx: wide, ry: 1.12, square: true, soft: 0.08 }, tissue);
  for (const side of [-1, 1])
    canvas.shape(
      values,
      { x: side * (wide + 0.05), y: 0.1, rx: 0.2, ry: 0.9, soft: 0.08, turn: side * -0.12 },
      tissue - 0.05,
    );

  const air = random.between(0.13, 0.24);
  const base = random.between(0.48, 0.66);
  for (const side of [-1, 1]) {
    const dome = base + (side === 1 ? 0.05 : -0.02);
    const lung = {
      x: side * 0.4,
      y: -0.12,
      rx: wide * 0.4,
      ry: 0.74,
      turn: side * -0.1,
      soft: 0.07,
      wobble: wobble(random, 0.03),
    };
    canvas.shade(values, lung, (x, y, index) => {
      const curve = dome - 0.14 * (1 - ((x - side * 0.4) / 0.4) ** 2) + 0.12;
      const above = Math.max(0, Math.min(1, (curve - y) / 0.03));
      const before = values[index] as number;
      return before + (air - before) * above;
    });
    drawMarkings(random, canvas, values, side * 0.17, -0.05, side);
  }
  const ribBright = random.between(0.05, 0.12);
  for (const side of [-1, 1]) {
    for (let rib = 0; rib < 9; rib += 1) {
      const y = -0.78 + rib * 0.155;
      const reach = Math.min(wide * 0.86, 0.45 + rib * 0.08);
      canvas.stroke(
        values,
        {
          points: arc([side * 0.09, y - 0.02], [side * reach, y + 0.15], -0.1),
          width: 0.055,
          endWidth: 0.045,
          soft: 0.02,
        },
        ribBright,
        'add',
      );
      if (rib < 6)
        canvas.stroke(
          values,
          { points: arc([side * reach, y + 0.15], [side * 0.3, y + 0.34], 0.06), width: 0.045, soft: 0.02 },
          ribBright * 0.6,
          'add',
        );
    }
    const lift = random.between(-0.03, 0.03);
    canvas.stroke(
      values,
      {
        points: arc([side * 0.08, -0.66 + lift], [side * 0.78, -0.8 + lift], -0.05),
        width: 0.06,
        soft: 0.02,
      },
      ribBright + 0.1,
      'add',
    );
  }
  const heart = random.between(0.85, 1.2);
  canvas.shape(values, { x: 0, y: -0.2, rx: 0.13, ry: 0.75, soft: 0.05 }, tissue + 0.08);
  canvas.shape(
    values,
    { x: 0.12, y: 0.22, rx: 0.32 * heart, ry: 0.27, turn: 0.6, soft: 0.04, wobble: wobble(random, 0.03) },
    tissue + 0.14,
  );
  canvas.shape(values, { x: 0.13, y: -0.32, rx: 0.08, ry: 0.09, soft: 0.03 }, tissue + 0.1);
  for (let vertebra = 0; vertebra < 13; vertebra += 1) {
    canvas.shape(
      values,
      { x: 0, y: -0.9 + vertebra * 0.15, rx: 0.085, ry: 0.055, square: true, soft: 0.02 },
      0.06,
      'add',
    );
  }
  canvas.stroke(
    values,
    {
      points: [
        [0, -1],
        [0.01, -0.5],
        [0, -0.35],
      ],
      width: 0.07,
      soft: 0.03,
    },
    -0.14,
    'add',
  );
  const texture = fractal(createNoise(random), 3);
  canvas.map(values, (value, x, y) => value + 0.02 * texture(x * 10 + 40, y * 10 + 40));
  const letter = random.pick(['L', 'R'] as const);
  if (random.chance(0.6))
    drawMarker(
      canvas,
      values,
      letter,
      (letter === 'L' ? 1 : -1) * 0.75 - 0.05,
      -0.9,
      random.between(0.08, 0.12),
    );
  return values;
}

const facts = { modality: 'radiograph', site: 'chest' };

export const paintFrontal: Painter = (random, canvas) => ({
  scene: expose(random, canvas, drawFrontal(random, canvas)),
  attributes: { ...facts, view: 'frontal', finding: 'normal' },
});

/** A frontal chest with a pacemaker under the collar bone and its leads to the heart. */
export const paintDevice: Painter = (random, canvas) => {
  const values = drawFrontal(random, canvas);
  const side = random.chance(0.75) ? 1 : -1;
  const x = side * random.between(0.48, 0.64);
  const y = random.between(-0.62, -0.42);
  const can = {
    x,
    y,
    rx: random.between(0.11, 0.15),
    ry: random.between(0.1, 0.13),
    square: true,
    soft: 0.015,
    turn: random.between(-0.4, 0.4),
  };
  const leads = random.whole(1, 2);
  for (let lead = 0; lead < leads; lead += 1) {
    const tip: [number, number] =
      lead === 0
        ? [random.between(0.2, 0.34), random.between(0.3, 0.4)]
        : [random.between(-0.12, -0.05), random.between(0.05, 0.18)];
    const vein: [number, number] = [-0.05 + random.between(-0.02, 0.02), -0.4];
    const points = [
      ...arc([x, y - 0.08], [side * 0.2, -0.72], -0.05, 5),
      ...arc([side * 0.2, -0.72], vein, -0.03, 4),
      ...arc(vein, tip, 0.12, 8),
    ];
    canvas.stroke(values, { points, width: 0.02, soft: 0.012 }, 0.95);
    canvas.shape(values, { x: tip[0], y: tip[1], rx: 0.025, ry: 0.02 }, 0.98);
  }
  canvas.shape(values, can, 0.86);
  canvas.shape(values, { ...can, rx: can.rx * 0.7, ry: can.ry * 0.5, y: can.y + 0.02 }, 0.98);
  const attributes = {
    ...facts,
    view: 'frontal',
    finding: 'device',
    side: side === 1 ? 'left' : 'right',
    leads: leads === 1 ? 'one' : 'two',
  };
  return { scene: expose(random, canvas, values), attributes };
};
