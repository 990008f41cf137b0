import { type Canvas, wobble } from './canvas.ts';
import { createNoise, fractal, type Noise } from './noise.ts';
import type { Random } from './random.ts';
import type { Painter } from './scene.ts';
import { drawNucleus, type Dyes, empty, finish } from './stain.ts';

/** Collagen: wavy fibres along one direction, with thin nuclei between them. */
function drawStroma(random: Random, canvas: Canvas, dyes: Dyes, amount: number, cells: number): void {
  const turn = random.between(0, 3.14);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const bend = fractal(createNoise(random), 2);
  const fibre = fractal(createNoise(random), 3);
  const fine = random.between(7, 12);
  const along = (x: number, y: number): number => 0.25 * bend(x * 1.3 + 20, y * 1.3 + 20);
  canvas.map(dyes.eosin, (_value, x, y) => {
    const across = -sin * x + cos * y + along(x, y);
    const wave = fibre((cos * x + sin * y) * 1.6 + 25, across * fine + 25);
    return amount * Math.max(0.02, 0.62 + 0.75 * wave);
  });
  for (let cell = 0; cell < cells; cell += 1) {
    const x = random.between(-1.4, 1.4);
    const y = random.between(-1.4, 1.4);
    const slope = (along(x + 0.05 * cos, y + 0.05 * sin) - along(x - 0.05 * cos, y - 0.05 * sin)) / 0.1;
    drawNucleus(random, canvas, dyes, {
      x,
      y,
      radius: random.between(0.013, 0.02),
      long: random.between(2.5, 4.5),
      turn: turn - Math.atan(slope),
      depth: random.between(0.7, 1),
    });
  }
}

/** Scatters points so that no two are nearer than `apart`. */
function scatter(random: Random, apart: number, tries: number, place: (x: number, y: number) => void): void {
  const cells = new Map<string, [number, number][]>();
  const key = (x: number, y: number): string => `${Math.floor(x / apart)},${Math.floor(y / apart)}`;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const x = random.between(-1.45, 1.45);
    const y = random.between(-1.45, 1.45);
    const near: [number, number][] = [];
    for (const dx of [-apart, 0, apart])
      for (const dy of [-apart, 0, apart]) near.push(...(cells.get(key(x + dx, y + dy)) ?? []));
    if (near.some(([u, v]) => (u - x) ** 2 + (v - y) ** 2 < apart * apart)) continue;
    const here = cells.get(key(x, y)) ?? [];
    here.push([x, y]);
    cells.set(key(x, y), here);
    place(x, y);
  }
}

/** Glands cut across: an open lumen, a ring of tall cells with their nuclei at the outer side. */
export const paintGlands: Painter = (random, canvas) => {
  const dyes = empty(canvas);
  drawStroma(random, canvas, dyes, 0.55, 60);
  const size = random.between(0.2, 0.34);
  scatter(random, size * 2.25, 220, (x, y) => {
    const radius = size * random.between(0.75, 1.05);
    const long = random.between(0.75, 1);
    const outline = wobble(random, 0.08);
    const turn = random.between(0, 3.14);
    const ring = { x, y, turn, soft: 0.02, wobble: outline };
    canvas.shape(dyes.haematoxylin, { ...ring, rx: radius, ry: radius * long }, 0.16);
    canvas.shape(dyes.eosin, { ...ring, rx: radius, ry: radius * long }, random.between(0.5, 0.8));
    const inner = radius * random.between(0.35, 0.55);
    canvas.shape(dyes.haematoxylin, { ...ring, rx: inner, ry: inner * long }, 0);
    canvas.shape(dyes.eosin, { ...ring, rx: inner, ry: inner * long }, random.between(0, 0.12));
    const count = Math.round((6.28 * radius) / 0.062);
    for (let cell = 0; cell < count; cell += 1) {
      const angle = (cell * 6.283) / count + random.between(-0.05, 0.05);
      const far = radius * random.between(0.78, 0.9);
      const u = far * Math.cos(angle);
      const v = far * long * Math.sin(angle);
      const cos = Math.cos(turn);
      const sin = Math.sin(turn);
      drawNucleus(random, canvas, dyes, {
        x: x + cos * u - sin * v,
        y: y + sin * u + cos * v,
        radius: 0.024,
        long: random.between(1.2, 1.7),
        turn: angle + turn,
        depth: random.between(0.7, 1),
      });
    }
  });
  return finish(random, canvas, dyes, 'glands');
};

export const paintStroma: Painter = (random, canvas) => {
  const dyes = empty(canvas);
  drawStroma(random, canvas, dyes, random.between(0.8, 1.15), random.whole(40, 160));
  return finish(random, canvas, dyes, 'stroma');
};

/** A dense sheet of small, round, dark nuclei with hardly any cytoplasm. */
export const paintLymphocytes: Painter = (random, canvas) => {
  const dyes = empty(canvas);
  drawStroma(random, canvas, dyes, 0.35, 0);
  const radius = random.between(0.026, 0.036);
  scatter(random, radius * random.between(2, 2.5), 4200, (x, y) => {
    drawNucleus(random, canvas, dyes, {
      x,
      y,
      radius: radius * random.between(0.85, 1.12),
      long: random.between(1, 1.15),
      turn: random.between(0, 3),
      depth: random.between(0.9, 1.25),
    });
  });
  return finish(random, canvas, dyes, 'lymphocytes');
};

/** Dead tissue: smudged pink, no outlines, specks of broken nuclei, sometimes a margin of living cells. */
export const paintNecrosis: Painter = (random, canvas) => {
  const dyes = empty(canvas);
  const smudge: Noise = fractal(createNoise(random), 4);
  const grain: Noise = fractal(createNoise(random), 2);
  const amount = random.between(0.75, 1.05);
  canvas.map(
    dyes.eosin,
    (_value, x, y) =>
      amount * (0.95 + 0.45 * smudge(x * 3 + 20, y * 3 + 20) + 0.3 * grain(x * 28 + 31, y * 28 + 31)),
  );
  canvas.map(dyes.haematoxylin, (_value, x, y) => 0.1 + 0.16 * Math.max(0, smudge(x * 5 + 40, y * 5 + 10)));
  scatter(random, random.between(0.07, 0.13), 500, (x, y) => {
    if (random.chance(0.35))
      drawNucleus(random, canvas, dyes, {
        x,
        y,
        radius: random.between(0.008, 0.02),
        depth: random.between(0.6, 1.1),
        uneven: 0.2,
      });
    else if (random.chance(0.3))
      canvas.shape(dyes.haematoxylin, { x, y, rx: 0.04, ry: 0.035, soft: 0.04 }, 0.28, 'max');
  });
  if (random.chance(0.35)) {
    const edge = random.between(0.55, 0.8);
    scatter(random, 0.085, 900, (x, y) => {
      if (x > edge + 0.1 * smudge(y * 3 + 50, 20))
        drawNucleus(random, canvas, dyes, {
          x,
          y,
          radius: 0.032,
          long: 1.2,
          turn: random.between(0, 3),
          depth: 0.85,
        });
    });
  }
  return finish(random, canvas, dyes, 'necrosis');
};

/** Crowded, large, unequal nuclei with clear chromatin, nucleoli and some divisions. */
export const paintTumour: Painter = (random, canvas) => {
  const dyes = empty(canvas);
  drawStroma(random, canvas, dyes, random.between(0.4, 0.7), 0);
  const body = createNoise(random);
  canvas.map(dyes.haematoxylin, (_value, x, y) => 0.18 + 0.06 * body(x * 5 + 20, y * 5 + 20));
  const radius = random.between(0.058, 0.082);
  scatter(random, radius * random.between(1.5, 1.8), 3000, (x, y) => {
    const size = radius * random.between(0.65, 1.35);
    const turn = random.between(0, 3.14);
    const long = random.between(1, 1.5);
    if (random.chance(0.03)) {
      canvas.shape(
        dyes.haematoxylin,
        { x, y, rx: size, ry: size * 0.25, turn, soft: 0.015, wobble: wobble(random, 0.15) },
        1.4,
        'max',
      );
      return;
    }
    const depth = random.between(0.5, 0.95);
    drawNucleus(random, canvas, dyes, { x, y, radius: size, long, turn, depth, uneven: 0.12 });
    canvas.shape(
      dyes.haematoxylin,
      { x, y, rx: size * long * 0.72, ry: size * 0.72, turn, soft: size * 0.4 },
      depth * random.between(0.45, 0.8),
    );
    if (random.chance(0.7))
      canvas.shape(
        dyes.haematoxylin,
        {
          x: x + random.between(-0.3, 0.3) * size,
          y: y + random.between(-0.3, 0.3) * size,
          rx: 0.016,
          ry: 0.016,
          soft: 0.01,
        },
        1.1,
        'max',
      );
  });
  return finish(random, canvas, dyes, 'tumour');
};
