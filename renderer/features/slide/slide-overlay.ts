import type { Point } from './linked-view.ts';
import type { Rectangle } from './slide-viewer.svelte.ts';
import { edgesOf, runsOf, type Cells } from './tile-cells.ts';

/** Where three corners of the slide are on the screen: together they say how it is moved, enlarged and turned. */
export interface Corners {
  readonly origin: Point;
  readonly right: Point;
  readonly below: Point;
}

/** How an area is filled: told apart by the lines, not by the colour alone. */
export type Fill = 'unread' | 'blurred' | 'pen';

/** Cells with something in common, ready to be drawn. */
export interface Area {
  readonly fill: Fill;
  readonly inside: Path2D;
  readonly outline: Path2D;
}

/** What lies over a slide, in the order it is drawn. */
export interface Overlay {
  readonly size: { readonly width: number; readonly height: number };
  readonly mask: CanvasImageSource | null;
  readonly heat: {
    readonly layer: CanvasImageSource;
    readonly cells: Cells;
    readonly opacity: number;
  } | null;
  readonly areas: readonly Area[];
  /** Cells whose edges are drawn, where they are large enough to be seen. */
  readonly lattice: { readonly cells: Cells; readonly marks: Uint8Array } | null;
  readonly frames: readonly Rectangle[];
  /** Where the pointer is on the other slide. */
  readonly cross: Point | null;
}

/** A lattice finer than this on the screen is a grey veil. */
const LEAST_CELL_PX = 8;
const PATTERN_PX = 8;
const colours: Readonly<Record<Fill, string>> = { unread: '#000000', blurred: '#a04a00', pen: '#b3003c' };

/** The paths of an area, in pixels of level 0; made once, drawn at every move. */
export function areaOf(fill: Fill, cells: Cells, marks: Uint8Array): Area {
  const { stepX, stepY } = cells;
  const inside = new Path2D();
  for (const { column, row, length } of runsOf(cells, marks))
    inside.rect(column * stepX, row * stepY, length * stepX, stepY);
  const outline = new Path2D();
  for (const [fromColumn, fromRow, toColumn, toRow] of edgesOf(cells, marks)) {
    outline.moveTo(fromColumn * stepX, fromRow * stepY);
    outline.lineTo(toColumn * stepX, toRow * stepY);
  }
  return { fill, inside, outline };
}

/** Draws the overlay in pixels of level 0, as the corners lay them on the screen. */
export function drawOverlay(
  canvas: HTMLCanvasElement,
  { origin, right, below }: Corners,
  overlay: Overlay,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  if (canvas.width !== clientWidth * ratio || canvas.height !== clientHeight * ratio) {
    canvas.width = clientWidth * ratio;
    canvas.height = clientHeight * ratio;
  }
  const { width, height } = overlay.size;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(
    ((right.x - origin.x) / width) * ratio,
    ((right.y - origin.y) / width) * ratio,
    ((below.x - origin.x) / height) * ratio,
    ((below.y - origin.y) / height) * ratio,
    origin.x * ratio,
    origin.y * ratio,
  );
  // Pixels of level 0 per pixel of the screen, for lines of the same width at every zoom.
  const pixel = width / Math.hypot(right.x - origin.x, right.y - origin.y);
  if (overlay.mask) context.drawImage(overlay.mask, 0, 0, width, height);
  if (overlay.heat) {
    const { layer, cells, opacity } = overlay.heat;
    context.imageSmoothingEnabled = false;
    context.globalAlpha = opacity;
    context.drawImage(layer, 0, 0, cells.columns * cells.stepX, cells.rows * cells.stepY);
    context.globalAlpha = 1;
  }
  for (const area of overlay.areas) fillArea(context, area, pixel);
  if (overlay.lattice) drawLattice(context, overlay.lattice, pixel);
  for (const one of overlay.frames) frame(context, one, pixel);
  if (overlay.cross) cross(context, overlay.cross, pixel);
}

function fillArea(context: CanvasRenderingContext2D, { fill, inside, outline }: Area, pixel: number): void {
  const pattern = context.createPattern(patternOf(fill), 'repeat');
  if (!pattern) return;
  // The pattern is twice as fine as it is drawn, for sharp lines on dense screens.
  pattern.setTransform(new DOMMatrix().scale(pixel / 2));
  context.fillStyle = pattern;
  context.fill(inside);
  context.strokeStyle = colours[fill];
  context.lineWidth = 1.2 * pixel;
  context.stroke(outline);
}

const patterns = new Map<Fill, HTMLCanvasElement>();

/** Not read: lines one way. Out of focus: dots. Pen: lines both ways. On a white veil, so that they show on any stain. */
function patternOf(fill: Fill): HTMLCanvasElement {
  const known = patterns.get(fill);
  if (known) return known;
  const side = PATTERN_PX * 2;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (context) {
    context.fillStyle = 'rgb(255 255 255 / 0.35)';
    context.fillRect(0, 0, side, side);
    context.strokeStyle = context.fillStyle = colours[fill];
    context.lineWidth = 2.2;
    context.beginPath();
    if (fill === 'blurred') {
      context.arc(side / 4, side / 4, 2.4, 0, 2 * Math.PI);
      context.arc((side * 3) / 4, (side * 3) / 4, 2.4, 0, 2 * Math.PI);
      context.fill();
    } else {
      // Beyond the corners too, so that the lines meet in the next repetition.
      for (const from of [-side, 0, side]) {
        context.moveTo(from, side);
        context.lineTo(from + side, 0);
        if (fill === 'pen') {
          context.moveTo(from, 0);
          context.lineTo(from + side, side);
        }
      }
      context.stroke();
    }
  }
  patterns.set(fill, canvas);
  return canvas;
}

/** The edges of marked cells in sight. */
function drawLattice(
  context: CanvasRenderingContext2D,
  { cells, marks }: NonNullable<Overlay['lattice']>,
  pixel: number,
): void {
  const { columns, rows, stepX, stepY } = cells;
  if (Math.min(stepX, stepY) < LEAST_CELL_PX * pixel) return;
  const { canvas } = context;
  const back = context.getTransform().inverse();
  const corners = [0, canvas.width].flatMap((x) =>
    [0, canvas.height].map((y) => back.transformPoint({ x, y })),
  );
  const range = (values: readonly number[], step: number, most: number) => ({
    first: Math.max(0, Math.floor(Math.min(...values) / step)),
    last: Math.min(most - 1, Math.floor(Math.max(...values) / step)),
  });
  const across = range(corners.map(({ x }) => x), stepX, columns); // prettier-ignore
  const down = range(corners.map(({ y }) => y), stepY, rows); // prettier-ignore
  context.strokeStyle = 'rgb(0 0 0 / 0.55)';
  context.lineWidth = pixel;
  context.beginPath();
  for (let row = down.first; row <= down.last; row++)
    for (let column = across.first; column <= across.last; column++)
      if (marks[row * columns + column] === 1) context.rect(column * stepX, row * stepY, stepX, stepY);
  context.stroke();
}

/** White over black, so that it shows on any ground. */
function outlined(context: CanvasRenderingContext2D, pixel: number, path: Path2D): void {
  for (const [colour, width] of [
    ['rgb(0 0 0 / 0.6)', 4],
    ['#ffffff', 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width * pixel;
    context.stroke(path);
  }
}

function frame(context: CanvasRenderingContext2D, { x, y, w, h }: Rectangle, pixel: number): void {
  const path = new Path2D();
  path.rect(x, y, w, h);
  outlined(context, pixel, path);
}

function cross(context: CanvasRenderingContext2D, { x, y }: Point, pixel: number): void {
  const [gap, arm] = [4 * pixel, 14 * pixel];
  const path = new Path2D();
  for (const [right, down] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    path.moveTo(x + right * gap, y + down * gap);
    path.lineTo(x + right * arm, y + down * arm);
  }
  outlined(context, pixel, path);
}
