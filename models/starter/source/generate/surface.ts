import { wobble } from './canvas.ts';
import { createNoise, fractal } from './noise.ts';
import type { Random } from './random.ts';
import type { Canvas, Plane } from './canvas.ts';
import type { Painter } from './scene.ts';

type Planes = readonly [red: Plane, green: Plane, blue: Plane];
type Rgb = readonly [red: number, green: number, blue: number];

const blank = (canvas: Canvas): Planes => [canvas.plane(), canvas.plane(), canvas.plane()];

function addNoise(random: Random, canvas: Canvas, planes: Planes, deviation: number): void {
  for (const plane of planes) canvas.map(plane, (value) => value + deviation * random.normal());
}

/** Retinal vessels: a tree that leaves the disc and bends around the macula. */
function drawVessel(
  random: Random,
  canvas: Canvas,
  planes: Planes,
  from: readonly [number, number],
  angle: number,
  bend: number,
  width: number,
  dark: Rgb,
  left: number,
): void {
  const points: [number, number][] = [[from[0], from[1]]];
  let way = angle;
  let [x, y] = from;
  for (let part = 0; part < 7; part += 1) {
    way += bend / 7 + random.between(-0.12, 0.12);
    x += 0.075 * Math.cos(way);
    y += 0.075 * Math.sin(way);
    points.push([x, y]);
  }
  planes.forEach((plane, channel) =>
    canvas.stroke(
      plane,
      { points, width, endWidth: width * 0.7, soft: 0.012 },
      dark[channel as 0 | 1 | 2],
      'add',
    ),
  );
  if (left === 0 || width < 0.01) return;
  drawVessel(random, canvas, planes, [x, y], way, bend * 0.6, width * 0.72, dark, left - 1);
  drawVessel(
    random,
    canvas,
    planes,
    points[random.whole(3, 6)] as [number, number],
    way + random.pick([-1, 1]) * random.between(0.5, 0.9),
    -bend * 0.3,
    width * 0.55,
    dark,
    left - 1,
  );
}

/** A fundus photograph: a round orange field on black, bright disc, dark macula, vessels. */
export const paintFundus: Painter = (random, canvas) => {
  const planes = blank(canvas);
  const radius = random.between(0.8, 1.02);
  const side = random.pick([-1, 1]);
  const base: Rgb = [random.between(0.62, 0.85), random.between(0.28, 0.45), random.between(0.08, 0.2)];
  const tint = fractal(createNoise(random), 3);
  const [lightX, lightY] = [random.between(-0.3, 0.3), random.between(-0.3, 0.3)];
  const field = canvas.plane();
  canvas.shape(field, { x: 0, y: 0, rx: radius, ry: radius, soft: 0.03 }, 1);
  planes.forEach((plane, channel) =>
    canvas.map(plane, (_value, x, y) => {
      const fall = 1.1 - 0.35 * ((x - lightX) ** 2 + (y - lightY) ** 2);
      return base[channel as 0 | 1 | 2] * fall * (1 + 0.1 * tint(x * 3 + 30, y * 3 + 30));
    }),
  );
  const discX = side * random.between(0.35, 0.5);
  const discY = random.between(-0.08, 0.08);
  const macula = discX - side * random.between(0.55, 0.65);
  planes.forEach((plane, channel) => {
    canvas.shape(
      plane,
      { x: macula, y: discY + 0.05, rx: 0.2, ry: 0.18, soft: 0.3 },
      [-0.2, -0.13, -0.05][channel] ?? 0,
      'add',
    );
  });
  const dark: Rgb = [-random.between(0.14, 0.25), -random.between(0.13, 0.2), -0.06];
  for (const up of [-1, 1]) {
    for (const towards of [-side, -side, side]) {
      const start = (towards === -1 ? Math.PI : 0) + towards * up * random.between(0.9, 1.4);
      drawVessel(
        random,
        canvas,
        planes,
        [discX, discY],
        start,
        -towards * up * random.between(0.5, 1.2),
        random.between(0.026, 0.04),
        dark,
        3,
      );
    }
  }
  const size = random.between(0.1, 0.145);
  const disc: Rgb = [0.97, random.between(0.74, 0.86), random.between(0.4, 0.6)];
  planes.forEach((plane, channel) => {
    canvas.shape(
      plane,
      { x: discX, y: discY, rx: size * 0.92, ry: size, soft: 0.05 },
      disc[channel as 0 | 1 | 2],
    );
    canvas.shape(plane, { x: discX, y: discY, rx: size * 0.45, ry: size * 0.5, soft: 0.06 }, 0.08, 'add');
    canvas.map(plane, (value, _x, _y, index) => value * (field[index] as number) + 0.015);
  });
  addNoise(random, canvas, planes, random.between(0.006, 0.02));
  return {
    scene: { kind: 'colour', planes },
    attributes: { modality: 'fundus', site: 'eye', finding: 'normal', side: side === 1 ? 'right' : 'left' },
  };
};

/** A dermoscopy view: pale skin, a brown lesion with a network or globules, often hairs and a dark rim. */
export const paintDermoscopy: Painter = (random, canvas) => {
  const planes = blank(canvas);
  const light = random.between(0.75, 0.93);
  const skin: Rgb = [light, light * random.between(0.7, 0.82), light * random.between(0.6, 0.74)];
  const brown = random.between(0.28, 0.55);
  const lesion: Rgb = [brown, brown * random.between(0.5, 0.68), brown * random.between(0.3, 0.52)];
  const irregular = random.chance(0.5);
  const patches = fractal(createNoise(random), 3);
  const net = fractal(createNoise(random), 2);
  const shape = {
    x: random.between(-0.15, 0.15),
    y: random.between(-0.15, 0.15),
    rx: random.between(0.38, 0.66),
    ry: random.between(0.32, 0.58),
    turn: random.between(0, 3.14),
    soft: random.between(0.06, 0.2),
    wobble: wobble(random, irregular ? 0.17 : 0.03),
  };
  const cover = canvas.plane();
  canvas.shape(cover, shape, 1);
  const mesh = random.between(8, 13);
  const mottled = irregular ? 0.75 : 0.3;
  planes.forEach((plane, channel) =>
    canvas.map(plane, (_value, x, y, index) => {
      const tone = skin[channel as 0 | 1 | 2] * (1 + 0.05 * patches(x * 4 + 10, y * 4 + 10));
      const web = 0.8 + 0.35 * Math.min(1, Math.abs(net(x * mesh + 20, y * mesh + 20)) / 0.22);
      const mole = lesion[channel as 0 | 1 | 2] * (1 + mottled * patches(x * 3.5 + 40, y * 3.5 + 40)) * web;
      return tone + (mole - tone) * (cover[index] as number);
    }),
  );
  if (random.chance(0.45)) {
    for (let hair = random.whole(4, 14); hair > 0; hair -= 1) {
      const x = random.between(-1.1, 1.1);
      const y = random.between(-1.1, 1.1);
      const way = random.between(0, 6.28);
      const bend = random.between(-0.6, 0.6);
      const points = Array.from({ length: 6 }, (_, part): [number, number] => [
        x + 0.18 * part * Math.cos(way + (bend * part) / 6),
        y + 0.18 * part * Math.sin(way + (bend * part) / 6),
      ]);
      for (const plane of planes)
        canvas.stroke(plane, { points, width: random.between(0.012, 0.018), soft: 0.01 }, 0.1);
    }
  }
  if (random.chance(0.4)) {
    const rim = random.between(0.95, 1.15);
    for (const plane of planes)
      canvas.map(
        plane,
        (value, x, y) => value * Math.max(0.03, Math.min(1, (rim - Math.sqrt(x * x + y * y)) / 0.06 + 0.5)),
      );
  }
  addNoise(random, canvas, planes, random.between(0.006, 0.02));
  return {
    scene: { kind: 'colour', planes },
    attributes: {
      modality: 'dermoscopy',
      site: 'skin',
      finding: 'lesion',
      outline: irregular ? 'irregular' : 'round',
    },
  };
};
