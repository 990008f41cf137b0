import type { HeatGrid } from './heat-grid.ts';
import type { Rectangle } from './slide-viewer.svelte.ts';

export interface ScreenPoint {
  readonly x: number;
  readonly y: number;
}

/** Where three corners of the slide are on the screen: together they say how it is moved, enlarged and turned. */
export interface Corners {
  readonly origin: ScreenPoint;
  readonly right: ScreenPoint;
  readonly below: ScreenPoint;
}

/** What lies over a slide, in the order it is drawn. */
export interface Overlay {
  readonly size: { readonly width: number; readonly height: number };
  readonly mask: CanvasImageSource | null;
  readonly heat: {
    readonly layer: CanvasImageSource;
    readonly grid: HeatGrid;
    readonly opacity: number;
  } | null;
  readonly frames: readonly Rectangle[];
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
    const { layer, grid, opacity } = overlay.heat;
    context.imageSmoothingEnabled = false;
    context.globalAlpha = opacity;
    context.drawImage(layer, 0, 0, grid.columns * grid.stepX, grid.rows * grid.stepY);
    context.globalAlpha = 1;
    hatch(context, grid, pixel);
  }
  for (const one of overlay.frames) frame(context, one, pixel);
}

/** What has tissue and was not read is hatched: nothing is known of it, and cold would be a statement. */
function hatch(context: CanvasRenderingContext2D, grid: HeatGrid, pixel: number): void {
  context.strokeStyle = '#000000';
  context.lineWidth = 1.2 * pixel;
  context.globalAlpha = 0.6;
  context.beginPath();
  grid.unread.forEach((one, cell) => {
    if (one === 0) return;
    const x = (cell % grid.columns) * grid.stepX;
    const y = Math.floor(cell / grid.columns) * grid.stepY;
    for (const part of [0.5, 1]) {
      context.moveTo(x, y + grid.stepY * part);
      context.lineTo(x + grid.stepX * part, y);
    }
    context.moveTo(x + grid.stepX * 0.5, y + grid.stepY);
    context.lineTo(x + grid.stepX, y + grid.stepY * 0.5);
  });
  context.stroke();
  context.globalAlpha = 1;
}

/** White over black, so that it shows on any ground. */
function frame(context: CanvasRenderingContext2D, { x, y, w, h }: Rectangle, pixel: number): void {
  for (const [colour, width] of [
    ['rgb(0 0 0 / 0.6)', 4],
    ['#ffffff', 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width * pixel;
    context.strokeRect(x, y, w, h);
  }
}
