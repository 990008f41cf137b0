import { type Canvas, type Plane, wobble } from './canvas.ts';
import { addCtNoise, HU } from './ct-parts.ts';
import { createNoise, fractal } from './noise.ts';
import type { Random } from './random.ts';
import type { Painter } from './scene.ts';

interface Skull {
  readonly rx: number;
  readonly ry: number;
}

/** Blood is brighter than brain. Returns where it lies. */
function drawHaemorrhage(
  random: Random,
  canvas: Canvas,
  values: Plane,
  brain: Skull,
): Record<string, string> {
  const side = random.pick([-1, 1]);
  const blood = random.between(62, 82);
  const place = random.pick(['intracerebral', 'intracerebral', 'subdural', 'epidural']);
  if (place === 'intracerebral') {
    const x = side * brain.rx * random.between(0.3, 0.6);
    const y = brain.ry * random.between(-0.5, 0.5);
    const clot = {
      x,
      y,
      rx: random.between(0.09, 0.2),
      ry: random.between(0.08, 0.17),
      turn: random.between(0, 3.1),
      soft: 0.03,
      wobble: wobble(random, 0.1),
    };
    canvas.shape(values, { ...clot, rx: clot.rx + 0.07, ry: clot.ry + 0.07, soft: 0.08 }, 20);
    canvas.shape(values, clot, blood);
  } else if (place === 'subdural') {
    // A crescent along the skull: inside the brain's outline, outside the same outline moved inwards.
    const thick = random.between(0.09, 0.17);
    canvas.map(values, (value, x, y) => {
      const outer = 1 - Math.sqrt((x / brain.rx) ** 2 + (y / brain.ry) ** 2);
      const inner = Math.sqrt(((x + side * thick) / brain.rx) ** 2 + (y / (brain.ry * 1.02)) ** 2) - 1;
      if (x * side < 0.05) return value;
      const cover = Math.max(0, Math.min(1, Math.min(outer, inner) * 25 + 0.5));
      return value + (blood - value) * cover;
    });
  } else {
    const angle = random.between(-0.9, 0.9);
    const x = side * brain.rx * 0.84 * Math.cos(angle);
    const y = brain.ry * 0.84 * Math.sin(angle);
    const turn = Math.atan2(brain.ry * Math.cos(angle), -side * brain.rx * Math.sin(angle));
    const inside = (u: number, v: number): boolean => (u / brain.rx) ** 2 + (v / brain.ry) ** 2 < 1;
    canvas.shade(
      values,
      { x, y, rx: random.between(0.24, 0.36), ry: random.between(0.1, 0.15), turn, soft: 0.02 },
      (u, v, index) => (inside(u, v) ? blood : (values[index] as number)),
    );
  }
  return { side: side === -1 ? 'right' : 'left', place };
}

/** An axial head slice in the brain window, normal or with a haemorrhage. */
export const paintHead =
  (finding: 'normal' | 'haemorrhage'): Painter =>
  (random, canvas) => {
    const rx = random.between(0.58, 0.68);
    const ry = rx * random.between(1.18, 1.3);
    const bone = random.between(0.05, 0.085);
    const brain = { rx: rx - 0.04 - bone, ry: ry - 0.04 - bone };
    const values = canvas.plane(HU.air);
    const outline = wobble(random, 0.015);
    canvas.shape(values, { x: 0, y: 0, rx, ry, soft: 0.02, wobble: outline }, 10);
    canvas.shape(
      values,
      { x: 0, y: 0, rx: rx - 0.035, ry: ry - 0.035, soft: 0.015, wobble: outline },
      random.between(900, 1300),
    );
    canvas.shape(values, { x: 0, y: 0, ...brain, soft: 0.015, wobble: outline }, 10);

    const folds = fractal(createNoise(random), 3);
    const grey = random.between(36, 40);
    const white = random.between(26, 30);
    canvas.shade(values, { x: 0, y: 0, rx: brain.rx - 0.015, ry: brain.ry - 0.015, soft: 0.02 }, (x, y) => {
      const depth = Math.sqrt((x / brain.rx) ** 2 + (y / brain.ry) ** 2);
      const fold = folds(x * 7 + 20, y * 7 + 20);
      if (depth > 0.8 && Math.abs(fold) < 0.07) return 12;
      return depth + 0.25 * fold > 0.74 ? grey : white;
    });
    for (const side of [-1, 1])
      canvas.shape(
        values,
        { x: side * 0.14, y: 0.02, rx: 0.08, ry: 0.13, turn: side * 0.2, soft: 0.03 },
        grey,
      );
    canvas.stroke(
      values,
      {
        points: [
          [0, -brain.ry],
          [random.between(-0.01, 0.01), 0],
          [0, brain.ry],
        ],
        width: 0.012,
        soft: 0.015,
      },
      45,
    );
    const horn = random.between(0.7, 1.3);
    for (const side of [-1, 1]) {
      const x = side * random.between(0.06, 0.08);
      canvas.stroke(
        values,
        {
          points: [
            [x + side * 0.05 * horn, -0.24 * horn],
            [x - side * 0.01, -0.05],
            [x + side * 0.02, 0.08],
            [x + side * 0.12 * horn, 0.26 * horn],
          ],
          width: 0.055 * horn,
          soft: 0.025,
        },
        6,
      );
    }
    if (random.chance(0.5)) canvas.shape(values, { x: 0, y: 0.16, rx: 0.022, ry: 0.02 }, 130);
    const extra = finding === 'haemorrhage' ? drawHaemorrhage(random, canvas, values, brain) : {};

    addCtNoise(random, canvas, values, random.between(1.5, 4.5));
    const first = { name: 'BRAIN', centre: random.between(33, 42), width: random.between(75, 110) };
    return {
      scene: { kind: 'grey', values, windows: [first, { name: 'BONE', centre: 500, width: 2000 }] },
      attributes: { modality: 'ct', site: 'head', window: 'brain', finding, ...extra },
    };
  };
