import type { Random } from './random.ts';

/** One value per pixel, row by row. */
export type Plane = Float32Array;
export type Mode = 'over' | 'add' | 'max';

/** How the scene lies in the picture. Scene coordinates: x right, y down, the picture spans about -1 to 1. */
export interface View {
  /** Radians, clockwise. */
  readonly turn: number;
  /** Above 1: the scene appears larger. */
  readonly zoom: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

/** An ellipse (or with `square` a box with round corners) whose outline may be uneven. Lengths in scene units. */
export interface Shape {
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
  /** Radians, clockwise. */
  readonly turn?: number;
  /** Width of the soft edge. */
  readonly soft?: number;
  readonly square?: boolean;
  /** Outline unevenness: cosine and sine weights of the 2nd, 3rd and 5th harmonic of the radius. */
  readonly wobble?: readonly number[];
}

export interface Stroke {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly width: number;
  /** Width at the last point; tapers towards it. The same as `width` where absent. */
  readonly endWidth?: number;
  readonly soft?: number;
}

export function wobble(random: Random, strength: number): readonly number[] {
  return Array.from({ length: 6 }, (_, index) => (strength * random.normal()) / (index < 2 ? 2 : 3));
}

export type Canvas = ReturnType<typeof createCanvas>;

/** Draws into square planes through one view. Planes belong to the caller; nothing is kept but a scratch plane. */
export function createCanvas(sizePx: number, view: View) {
  const cos = Math.cos(view.turn);
  const sin = Math.sin(view.turn);
  const step = 2 / (sizePx * view.zoom);
  const cover = new Float32Array(sizePx * sizePx);

  /** Scene coordinates of a pixel's middle. */
  const sceneX = (column: number, row: number): number => {
    const u = (column + 0.5 - sizePx / 2) * step - view.shiftX;
    const v = (row + 0.5 - sizePx / 2) * step - view.shiftY;
    return cos * u + sin * v;
  };
  const sceneY = (column: number, row: number): number => {
    const u = (column + 0.5 - sizePx / 2) * step - view.shiftX;
    const v = (row + 0.5 - sizePx / 2) * step - view.shiftY;
    return -sin * u + cos * v;
  };

  /** Pixel rectangle around a scene point, cut to the picture. */
  function around(x: number, y: number, reach: number) {
    const u = (cos * x - sin * y + view.shiftX) / step + sizePx / 2;
    const v = (sin * x + cos * y + view.shiftY) / step + sizePx / 2;
    const radius = reach / step + 1;
    return {
      left: Math.max(0, Math.floor(u - radius)),
      right: Math.min(sizePx - 1, Math.ceil(u + radius)),
      top: Math.max(0, Math.floor(v - radius)),
      bottom: Math.min(sizePx - 1, Math.ceil(v + radius)),
    };
  }

  function put(plane: Plane, index: number, value: number, share: number, mode: Mode): void {
    const before = plane[index] as number;
    if (mode === 'over') plane[index] = before + (value - before) * share;
    else if (mode === 'add') plane[index] = before + value * share;
    else plane[index] = Math.max(before, value * share);
  }

  /** Share of each pixel that a shape covers, given to `visit` for the pixels it touches. */
  function visitCover(
    shape: Shape,
    visit: (index: number, share: number, x: number, y: number) => void,
  ): void {
    const soft = Math.max(shape.soft ?? step, step);
    const turnCos = Math.cos(shape.turn ?? 0);
    const turnSin = Math.sin(shape.turn ?? 0);
    const small = Math.min(shape.rx, shape.ry);
    const [c2 = 0, s2 = 0, c3 = 0, s3 = 0, c5 = 0, s5 = 0] = shape.wobble ?? [];
    const uneven = shape.wobble !== undefined;
    const swell = uneven
      ? 1 + Math.abs(c2) + Math.abs(s2) + Math.abs(c3) + Math.abs(s3) + Math.abs(c5) + Math.abs(s5)
      : 1;
    const box = around(
      shape.x,
      shape.y,
      Math.max(shape.rx, shape.ry) * swell * (shape.square ? 1.42 : 1) + soft,
    );
    for (let row = box.top; row <= box.bottom; row += 1) {
      for (let column = box.left; column <= box.right; column += 1) {
        const x = sceneX(column, row);
        const y = sceneY(column, row);
        const u = (turnCos * (x - shape.x) + turnSin * (y - shape.y)) / shape.rx;
        const v = (-turnSin * (x - shape.x) + turnCos * (y - shape.y)) / shape.ry;
        let radius = shape.square
          ? Math.sqrt(Math.sqrt(u * u * u * u + v * v * v * v))
          : Math.sqrt(u * u + v * v);
        if (uneven && radius > 1e-6) {
          const length = Math.sqrt(u * u + v * v);
          const a = u / length;
          const b = v / length;
          // Multiple angles by the addition theorem: no arc tangent per pixel.
          const a2 = a * a - b * b;
          const b2 = 2 * a * b;
          const a3 = a2 * a - b2 * b;
          const b3 = b2 * a + a2 * b;
          const a5 = a3 * a2 - b3 * b2;
          const b5 = b3 * a2 + a3 * b2;
          radius /= Math.max(0.2, 1 + c2 * a2 + s2 * b2 + c3 * a3 + s3 * b3 + c5 * a5 + s5 * b5);
        }
        const share = ((1 - radius) * small) / soft + 0.5;
        if (share > 0) visit(row * sizePx + column, share < 1 ? share : 1, x, y);
      }
    }
  }

  return {
    sizePx,
    plane: (value = 0): Plane => new Float32Array(sizePx * sizePx).fill(value),

    shape(plane: Plane, shape: Shape, value: number, mode: Mode = 'over'): void {
      visitCover(shape, (index, share) => put(plane, index, value, share, mode));
    },

    /** As `shape`, with a value that depends on the place. */
    shade(
      plane: Plane,
      shape: Shape,
      value: (x: number, y: number, index: number) => number,
      mode: Mode = 'over',
    ): void {
      visitCover(shape, (index, share, x, y) => put(plane, index, value(x, y, index), share, mode));
    },

    /** A line through points. Its parts join without being counted twice. */
    stroke(plane: Plane, stroke: Stroke, value: number, mode: Mode = 'over'): void {
      const soft = Math.max(stroke.soft ?? step, step);
      const touched: number[] = [];
      const last = Math.max(1, stroke.points.length - 1);
      for (let part = 0; part + 1 < stroke.points.length; part += 1) {
        const [x0, y0] = stroke.points[part] as readonly [number, number];
        const [x1, y1] = stroke.points[part + 1] as readonly [number, number];
        const width = stroke.width + ((stroke.endWidth ?? stroke.width) - stroke.width) * (part / last);
        const length2 = (x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0) + 1e-12;
        const box = around((x0 + x1) / 2, (y0 + y1) / 2, Math.sqrt(length2) / 2 + width / 2 + soft);
        for (let row = box.top; row <= box.bottom; row += 1) {
          for (let column = box.left; column <= box.right; column += 1) {
            const x = sceneX(column, row) - x0;
            const y = sceneY(column, row) - y0;
            const along = Math.min(1, Math.max(0, (x * (x1 - x0) + y * (y1 - y0)) / length2));
            const dx = x - along * (x1 - x0);
            const dy = y - along * (y1 - y0);
            const share = Math.min(1, (width / 2 - Math.sqrt(dx * dx + dy * dy)) / soft + 0.5);
            const index = row * sizePx + column;
            if (share <= (cover[index] as number)) continue;
            if (cover[index] === 0) touched.push(index);
            cover[index] = share;
          }
        }
      }
      for (const index of touched) {
        put(plane, index, value, cover[index] as number, mode);
        cover[index] = 0;
      }
    },

    /** Replaces every pixel by what `next` says of its value and place. */
    map(plane: Plane, next: (value: number, x: number, y: number, index: number) => number): void {
      for (let row = 0; row < sizePx; row += 1) {
        for (let column = 0; column < sizePx; column += 1) {
          const index = row * sizePx + column;
          plane[index] = next(plane[index] as number, sceneX(column, row), sceneY(column, row), index);
        }
      }
    },
  };
}
