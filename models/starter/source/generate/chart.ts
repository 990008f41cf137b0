import type { Canvas, Plane } from './canvas.ts';
import type { Random } from './random.ts';
import type { Painter } from './scene.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const COLOURS: readonly Rgb[] = [
  [0.12, 0.47, 0.71],
  [1, 0.5, 0.05],
  [0.17, 0.63, 0.17],
  [0.84, 0.15, 0.16],
  [0.58, 0.4, 0.74],
  [0.2, 0.2, 0.2],
];

/** Something that looks like a word from afar: short strokes in a row. */
function drawWord(
  random: Random,
  canvas: Canvas,
  planes: readonly Plane[],
  x: number,
  y: number,
  letters: number,
): void {
  for (let letter = 0; letter < letters; letter += 1) {
    const left = x + letter * 0.035;
    const tall = random.chance(0.4) ? 0.045 : 0.03;
    const points: [number, number][] = [
      [left, y],
      [left + random.between(0, 0.02), y - tall],
      [left + 0.02, y],
    ];
    for (const plane of planes) canvas.stroke(plane, { points, width: 0.009, soft: 0.01 }, 0.25);
  }
}

/** A plain chart on white: lines, bars or points between two axes. */
export const paintChart: Painter = (random, canvas) => {
  const chart = random.pick(['line', 'bar', 'scatter'] as const);
  const paper = random.between(0.95, 1);
  const planes = [canvas.plane(paper), canvas.plane(paper), canvas.plane(paper)] as const;
  const left = random.between(-0.82, -0.7);
  const right = random.between(0.7, 0.88);
  const top = random.between(-0.8, -0.65);
  const bottom = random.between(0.62, 0.78);
  const line = (points: readonly (readonly [number, number])[], width: number, colour: Rgb): void =>
    planes.forEach((plane, channel) =>
      canvas.stroke(plane, { points, width, soft: 0.01 }, colour[channel as 0 | 1 | 2]),
    );
  const black: Rgb = [0.1, 0.1, 0.1];

  const marks = random.whole(4, 7);
  const grid = random.chance(0.5);
  for (let mark = 0; mark <= marks; mark += 1) {
    const y = bottom + ((top - bottom) * mark) / marks;
    if (grid)
      line(
        [
          [left, y],
          [right, y],
        ],
        0.007,
        [0.82, 0.82, 0.82],
      );
    line(
      [
        [left - 0.03, y],
        [left, y],
      ],
      0.01,
      black,
    );
    drawWord(random, canvas, planes, left - 0.12, y + 0.015, 2);
    const x = left + ((right - left) * mark) / marks;
    line(
      [
        [x, bottom],
        [x, bottom + 0.03],
      ],
      0.01,
      black,
    );
    drawWord(random, canvas, planes, x - 0.02, bottom + 0.1, 2);
  }
  const series = random.whole(1, 3);
  const first = random.whole(0, COLOURS.length - 1);
  const colours = Array.from(
    { length: series },
    (_, index) => COLOURS[(first + index) % COLOURS.length] as Rgb,
  );
  const bars = random.whole(4, 7);
  const place = (u: number, v: number): [number, number] => [
    left + (right - left) * u,
    bottom + (top - bottom) * Math.max(0.02, Math.min(0.98, v)),
  ];
  colours.forEach((colour, index) => {
    const trend = random.between(-0.5, 0.5);
    const height = random.between(0.3, 0.7) - trend / 2;
    if (chart === 'line') {
      const count = random.whole(6, 14);
      const points = Array.from({ length: count + 1 }, (_, i) =>
        place(i / count, height + (trend * i) / count + random.between(-0.1, 0.1)),
      );
      line(points, 0.022, colour);
      if (random.chance(0.5))
        for (const [x, y] of points)
          planes.forEach((plane, channel) =>
            canvas.shape(plane, { x, y, rx: 0.025, ry: 0.025 }, colour[channel as 0 | 1 | 2]),
          );
    } else if (chart === 'bar') {
      for (let bar = 0; bar < bars; bar += 1) {
        const u = (bar + 0.5 + ((index - (series - 1) / 2) * 0.7) / series) / bars;
        const [x, y] = place(u, random.between(0.15, 0.95));
        const half = ((right - left) * 0.31) / bars / series;
        const inside = (px: number, py: number): boolean => Math.abs(px - x) < half && py > y && py < bottom;
        planes.forEach((plane, channel) =>
          canvas.map(plane, (value, px, py) => (inside(px, py) ? colour[channel as 0 | 1 | 2] : value)),
        );
      }
    } else {
      for (let point = random.whole(25, 70); point > 0; point -= 1) {
        const u = random.next();
        const [x, y] = place(u, height + trend * u + 0.12 * random.normal());
        planes.forEach((plane, channel) =>
          canvas.shape(plane, { x, y, rx: 0.022, ry: 0.022 }, colour[channel as 0 | 1 | 2]),
        );
      }
    }
  });
  line(
    [
      [left, top],
      [left, bottom],
      [right, bottom],
    ],
    0.014,
    black,
  );
  drawWord(random, canvas, planes, random.between(-0.4, -0.1), top - 0.08, random.whole(6, 14));
  return {
    scene: { kind: 'colour', planes },
    attributes: { modality: 'chart', site: 'none', finding: 'none', chart },
  };
};

/** Nothing: one tone, with a little noise. What a scanner or camera leaves when there is no subject. */
export const paintBlank: Painter = (random, canvas) => {
  const tone = random.pick(['black', 'white', 'grey'] as const);
  const level = {
    black: random.between(0, 0.06),
    white: random.between(0.93, 1),
    grey: random.between(0.25, 0.75),
  }[tone];
  const deviation = random.chance(0.5) ? random.between(0.002, 0.05) : 0;
  const slopeX = random.between(-0.03, 0.03);
  const colour = random.chance(0.3) ? 0.04 : 0;
  const planes = [0, 1, 2].map(() => {
    const plane = canvas.plane();
    const shift = random.between(-colour, colour);
    canvas.map(plane, (_value, x) => level + shift + slopeX * x + deviation * random.normal());
    return plane;
  }) as [Plane, Plane, Plane];
  return {
    scene: { kind: 'colour', planes },
    attributes: { modality: 'blank', site: 'none', finding: 'none', tone },
  };
};
