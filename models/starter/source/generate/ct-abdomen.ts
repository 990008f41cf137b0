import { type Canvas, type Plane, wobble } from './canvas.ts';
import { addCtNoise, drawRibs, drawTrunk, drawVertebra, HU } from './ct-parts.ts';
import type { Random } from './random.ts';
import type { Painter } from './scene.ts';

function drawBowel(random: Random, canvas: Canvas, values: Plane, x: number, y: number): void {
  const radius = random.between(0.06, 0.1);
  const turn = random.between(0, 3.14);
  const outline = wobble(random, 0.15);
  const ry = radius * random.between(0.7, 1.2);
  canvas.shape(values, { x, y, rx: radius, ry, turn, soft: 0.02, wobble: outline }, 70);
  const filling = random.pick([15, 15, 25, -700, 180]);
  canvas.shape(
    values,
    { x, y, rx: radius - 0.025, ry: ry - 0.025, turn, soft: 0.02, wobble: outline },
    filling,
  );
}

/** An abdominal slice at the level of liver, spleen and kidneys, soft tissue window. */
export const paintAbdomen: Painter = (random, canvas) => {
  const contrast = random.chance(0.65);
  const blood = contrast ? random.between(130, 250) : random.between(38, 50);
  const organ = contrast ? random.between(95, 125) : random.between(50, 65);
  const { values, rx, ry } = drawTrunk(random, canvas);
  canvas.shape(values, { x: 0, y: -0.04, rx: rx - 0.06, ry: ry - 0.08, soft: 0.03 }, HU.fat);
  drawRibs(random, canvas, values, rx - 0.03, ry - 0.03);

  const spineY = ry * random.between(0.45, 0.55);
  for (const side of [-1, 1]) {
    canvas.shape(values, { x: side * 0.2, y: spineY + 0.03, rx: 0.08, ry: 0.1, soft: 0.02 }, HU.muscle + 8);
    canvas.shape(values, { x: side * 0.26, y: spineY + 0.24, rx: 0.2, ry: 0.08, soft: 0.02 }, HU.muscle + 5);
  }
  drawVertebra(random, canvas, values, 0, spineY);

  for (let loop = random.whole(5, 11); loop > 0; loop -= 1) {
    drawBowel(random, canvas, values, random.between(-0.2, rx - 0.25), random.between(-ry * 0.7, ry * 0.2));
  }
  const stomach = {
    x: random.between(0.2, 0.36),
    y: -ry * random.between(0.4, 0.55),
    rx: random.between(0.15, 0.24),
    ry: random.between(0.12, 0.18),
    turn: 0.4,
    soft: 0.02,
    wobble: wobble(random, 0.06),
  };
  canvas.shape(values, stomach, 75);
  const airTo = stomach.y + random.between(-0.1, 0.04);
  canvas.shade(values, { ...stomach, rx: stomach.rx - 0.025, ry: stomach.ry - 0.025 }, (_x, y) =>
    y < airTo ? -850 : 25,
  );

  const liver = {
    x: -rx * random.between(0.42, 0.5),
    y: -ry * random.between(0.08, 0.2),
    rx: rx * random.between(0.42, 0.5),
    ry: ry * random.between(0.6, 0.74),
    turn: random.between(-0.5, -0.1),
    soft: 0.02,
    wobble: wobble(random, 0.07),
  };
  canvas.shape(values, liver, organ);
  for (let vessel = random.whole(4, 9); vessel > 0; vessel -= 1) {
    const x = liver.x + random.between(-0.2, 0.2);
    const y = liver.y + random.between(-0.2, 0.2);
    const way = random.between(0, 6.28);
    canvas.stroke(
      values,
      {
        points: [
          [x, y],
          [x + 0.1 * Math.cos(way), y + 0.1 * Math.sin(way)],
        ],
        width: random.between(0.012, 0.03),
        endWidth: 0.01,
        soft: 0.015,
      },
      contrast ? organ + 45 : organ - 18,
    );
  }
  canvas.shape(
    values,
    {
      x: rx * random.between(0.68, 0.75),
      y: random.between(0, 0.12),
      rx: random.between(0.1, 0.14),
      ry: random.between(0.17, 0.25),
      turn: 0.35,
      soft: 0.02,
      wobble: wobble(random, 0.05),
    },
    organ + 8,
  );
  for (const side of [-1, 1]) {
    const kidney = {
      x: side * random.between(0.36, 0.44),
      y: spineY + random.between(-0.08, 0.04),
      rx: random.between(0.09, 0.12),
      ry: random.between(0.12, 0.15),
      turn: side * 0.5,
      soft: 0.02,
    };
    canvas.shape(values, { ...kidney, rx: kidney.rx + 0.035, ry: kidney.ry + 0.035 }, HU.fat);
    canvas.shape(values, kidney, contrast ? random.between(150, 210) : 35);
    canvas.shape(values, { ...kidney, x: kidney.x - side * 0.05, rx: 0.045, ry: 0.05, turn: 0 }, -60);
  }
  canvas.shape(
    values,
    { x: random.between(0.02, 0.06), y: spineY - 0.18, rx: 0.055, ry: 0.055, soft: 0.02 },
    blood,
  );
  canvas.shape(values, { x: -0.12, y: spineY - 0.17, rx: 0.065, ry: 0.048, soft: 0.02 }, blood - 10);

  addCtNoise(random, canvas, values, random.between(6, 18));
  const first = { name: 'ABDOMEN', centre: random.between(35, 65), width: random.between(320, 430) };
  return {
    scene: { kind: 'grey', values, windows: [first, { name: 'BONE', centre: 400, width: 1800 }] },
    attributes: {
      modality: 'ct',
      site: 'abdomen',
      finding: 'normal',
      contrast: contrast ? 'enhanced' : 'plain',
    },
  };
};
