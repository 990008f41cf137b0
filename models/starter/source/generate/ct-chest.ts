import { type Canvas, type Plane, wobble } from './canvas.ts';
import { addCtNoise, drawRibs, drawTrunk, drawVertebra, HU } from './ct-parts.ts';
import { drawEffusion, drawNodule, drawVessels, type Lung } from './lungs.ts';
import { createNoise, fractal } from './noise.ts';
import type { Random } from './random.ts';
import type { GreyWindow, Painter } from './scene.ts';

const LUNG: GreyWindow = { name: 'LUNG', centre: -600, width: 1500 };
const SOFT: GreyWindow = { name: 'MEDIASTINUM', centre: 40, width: 400 };

type Finding = 'normal' | 'nodule' | 'effusion';

const patientSide = (side: -1 | 1): string => (side === -1 ? 'right' : 'left');

function drawThorax(random: Random, canvas: Canvas, finding: Finding, contrast: boolean) {
  const { values, rx, ry } = drawTrunk(random, canvas);
  drawRibs(random, canvas, values, rx - 0.04, ry - 0.04);

  const mask = canvas.plane();
  const content = canvas.plane(HU.lung);
  const rough = fractal(createNoise(random), 3);
  const base = random.between(-900, -820);
  canvas.map(content, (_value, x, y) => base + 55 * y + 45 * rough(x * 9, y * 9));
  const lungs = ([-1, 1] as const).map((side): Lung => {
    const wide = rx * random.between(0.36, 0.41);
    return {
      side,
      x: side * (rx - 0.09 - wide),
      y: random.between(-0.03, 0.04),
      rx: wide,
      ry: ry * random.between(0.76, 0.84),
    };
  });
  for (const lung of lungs) {
    canvas.shape(
      mask,
      { ...lung, soft: 0.02, turn: lung.side * -0.12, wobble: wobble(random, 0.05) },
      1,
      'max',
    );
    drawVessels(random, canvas, content, lung);
  }

  const lung = random.pick(lungs);
  const extra: Record<string, string> = {};
  if (finding !== 'normal') extra['side'] = patientSide(lung.side);
  if (finding === 'nodule') {
    const { size, spiculated } = drawNodule(random, canvas, content, lung);
    extra['size'] = size;
    extra['margin'] = spiculated ? 'spiculated' : 'smooth';
  }
  if (finding === 'effusion') {
    extra['size'] = drawEffusion(random, canvas, content, lung);
    if (random.chance(0.3)) {
      drawEffusion(random, canvas, content, lung === lungs[0] ? (lungs[1] as Lung) : (lungs[0] as Lung));
      extra['side'] = 'both';
    }
  }
  canvas.map(
    values,
    (value, _x, _y, index) => value + ((content[index] as number) - value) * (mask[index] as number),
  );
  drawMediastinum(random, canvas, values, ry, contrast);
  return { values, extra };
}

function drawMediastinum(random: Random, canvas: Canvas, values: Plane, ry: number, contrast: boolean): void {
  const blood = contrast ? random.between(170, 320) : random.between(38, 52);
  const heart = random.chance(0.5);
  canvas.shape(
    values,
    {
      x: 0,
      y: 0.02,
      rx: random.between(0.13, 0.18),
      ry: ry * 0.72,
      soft: 0.03,
      wobble: wobble(random, 0.06),
    },
    contrast ? -70 : 20,
  );
  drawVertebra(random, canvas, values, 0, ry * random.between(0.5, 0.58));
  canvas.shape(values, { x: 0, y: -ry * 0.88, rx: 0.13, ry: 0.035, soft: 0.02 }, HU.bone);
  const aorta = random.between(0.055, 0.085);
  if (heart) {
    const x = random.between(0.08, 0.16);
    const y = -ry * random.between(0.2, 0.32);
    canvas.shape(
      values,
      {
        x,
        y,
        rx: random.between(0.25, 0.34),
        ry: random.between(0.2, 0.27),
        turn: 0.5,
        soft: 0.03,
        wobble: wobble(random, 0.05),
      },
      55,
    );
    canvas.shape(
      values,
      { x: x + 0.06, y, rx: 0.13, ry: 0.1, turn: 0.5, soft: 0.04, wobble: wobble(random, 0.1) },
      blood,
    );
    canvas.shape(
      values,
      { x: x - 0.13, y: y + 0.02, rx: 0.1, ry: 0.1, soft: 0.04, wobble: wobble(random, 0.1) },
      blood,
    );
  } else {
    for (const [x, y, radius] of [
      [-0.08, -0.2, 0.06],
      [0.05, -0.26, 0.07],
      [0.1, -0.12, 0.075],
      [-0.02, -0.33, 0.04],
    ] as const) {
      canvas.shape(
        values,
        {
          x: x + random.between(-0.02, 0.02),
          y: y * (ry / 0.5),
          rx: radius,
          ry: radius * random.between(0.8, 1.1),
          soft: 0.02,
        },
        blood,
      );
    }
    canvas.shape(values, { x: 0, y: random.between(-0.05, 0.02), rx: 0.05, ry: 0.045, soft: 0.015 }, HU.air);
  }
  canvas.shape(
    values,
    { x: random.between(0.1, 0.15), y: ry * 0.38, rx: aorta, ry: aorta, soft: 0.02 },
    blood,
  );
}

/** A chest slice in the lung window, normal or with a nodule or an effusion. */
export const paintLungSlice =
  (finding: Finding): Painter =>
  (random, canvas) => {
    const { values, extra } = drawThorax(random, canvas, finding, random.chance(0.3));
    addCtNoise(random, canvas, values, random.between(15, 45));
    const first = { name: LUNG.name, centre: random.between(-650, -500), width: random.between(1300, 1700) };
    return {
      scene: { kind: 'grey', values, windows: [first, SOFT] },
      attributes: { modality: 'ct', site: 'chest', window: 'lung', finding, ...extra },
    };
  };

/** A chest slice in the soft tissue window: the lungs are black, the mediastinum shows. */
export const paintMediastinum: Painter = (random, canvas) => {
  const contrast = random.chance(0.6);
  const { values } = drawThorax(random, canvas, 'normal', contrast);
  addCtNoise(random, canvas, values, random.between(6, 18));
  const first = { name: SOFT.name, centre: random.between(30, 60), width: random.between(330, 450) };
  return {
    scene: { kind: 'grey', values, windows: [first, LUNG] },
    attributes: {
      modality: 'ct',
      site: 'chest',
      window: 'mediastinal',
      finding: 'normal',
      contrast: contrast ? 'enhanced' : 'plain',
    },
  };
};
