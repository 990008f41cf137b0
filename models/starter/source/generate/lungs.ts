import { type Canvas, type Plane, wobble } from './canvas.ts';
import type { Random } from './random.ts';

export interface Lung {
  /** -1 on the picture's left, which is the patient's right. */
  readonly side: -1 | 1;
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
}

/** Branching vessels from the hilum outwards, thinning; kept to the lung by the caller's mask. */
export function drawVessels(random: Random, canvas: Canvas, content: Plane, lung: Lung): void {
  const grow = (x: number, y: number, angle: number, width: number, left: number): void => {
    if (left === 0 || width < 0.006) return;
    const length = random.between(0.09, 0.17);
    const middle = angle + random.between(-0.2, 0.2);
    const x1 = x + (length / 2) * Math.cos(middle);
    const y1 = y + (length / 2) * Math.sin(middle);
    const x2 = x1 + (length / 2) * Math.cos(angle);
    const y2 = y1 + (length / 2) * Math.sin(angle);
    canvas.stroke(
      content,
      {
        points: [
          [x, y],
          [x1, y1],
          [x2, y2],
        ],
        width,
        endWidth: width * 0.75,
        soft: 0.012,
      },
      -150 - (350 * (0.03 - Math.min(width, 0.03))) / 0.03,
    );
    for (let branch = 0; branch < 2; branch += 1) {
      grow(
        x2,
        y2,
        angle + (branch === 0 ? 1 : -1) * random.between(0.2, 0.7),
        width * random.between(0.6, 0.8),
        left - 1,
      );
    }
  };
  const hilumX = lung.x - lung.side * lung.rx * 0.75;
  for (let tree = random.whole(3, 5); tree > 0; tree -= 1) {
    const outwards = lung.side === 1 ? 0 : Math.PI;
    grow(
      hilumX,
      lung.y + random.between(-0.12, 0.18),
      outwards + random.between(-1.1, 1.1),
      random.between(0.022, 0.036),
      4,
    );
  }
}

export function drawNodule(
  random: Random,
  canvas: Canvas,
  content: Plane,
  lung: Lung,
): { size: string; spiculated: boolean } {
  const radius = random.between(0.05, 0.12);
  const angle = random.between(0, 6.28);
  // In the outer two thirds of the lung: the heart does not cover it.
  const x = lung.x + lung.side * lung.rx * (0.25 + random.between(-0.3, 0.3));
  const y = lung.y + lung.ry * random.between(-0.5, 0.55);
  const spiculated = random.chance(0.35);
  if (spiculated) {
    for (let ray = 0; ray < 11; ray += 1) {
      const way = ray * 0.571 + random.between(-0.2, 0.2);
      const far = radius * random.between(1.4, 2);
      canvas.stroke(
        content,
        {
          points: [
            [x, y],
            [x + far * Math.cos(way), y + far * Math.sin(way)],
          ],
          width: 0.018,
          soft: 0.02,
        },
        -350,
      );
    }
  }
  canvas.shape(
    content,
    {
      x,
      y,
      rx: radius,
      ry: radius * random.between(0.8, 1),
      turn: angle,
      soft: 0.025,
      wobble: wobble(random, spiculated ? 0.12 : 0.04),
    },
    random.between(-20, 70),
  );
  return { size: radius < 0.075 ? 'small' : 'large', spiculated };
}

/** Fluid in the dependent, rear part of a lung, its surface curving up along the wall. */
export function drawEffusion(random: Random, canvas: Canvas, content: Plane, lung: Lung): string {
  const share = random.between(0.3, 0.75);
  const level = lung.y + lung.ry * (1 - share);
  const fluid = random.between(0, 25);
  canvas.map(content, (value, x, y) => {
    if (x * lung.side < 0) return value;
    const outwards = Math.max(-1, Math.min(1, ((x - lung.x) * lung.side) / lung.rx));
    const depth = y - level + 0.22 * Math.max(0, outwards) * Math.max(0, outwards);
    const cover = Math.max(0, Math.min(1, depth / 0.03 + 0.5));
    // The lung just above the fluid is squeezed and brighter.
    const squeezed = value + 260 * Math.max(0, 1 + Math.min(0, depth) / 0.12) * (1 - cover);
    return squeezed + (fluid - squeezed) * cover;
  });
  return share > 0.5 ? 'large' : 'small';
}
