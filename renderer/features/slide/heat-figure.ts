import type { Heat, SlideDetail } from '../../../preload/contract/slides.ts';
import { decimal } from '../../ui/format.ts';
import { scaleBar } from '../../ui/scale-bar.ts';
import { colourOf, paintCells, stopsOf } from './heat-colours.ts';
import type { Scale } from './slide-look.svelte.ts';
import type { SlideViewer } from './slide-viewer.svelte.ts';
import { cellsOf, stepOf, tilesOf } from './tile-cells.ts';

interface Figure {
  readonly detail: SlideDetail;
  readonly heat: Heat;
  /** The whole slide as a picture. */
  readonly slide: Blob;
  readonly scale: Scale;
  readonly above: number;
  readonly opacity: number;
  readonly isDifference: boolean;
  /** Below the picture, line by line. */
  readonly words: readonly string[];
}

/** Longest side of the slide in it. */
const FIGURE_PX = 2048;

/** What the viewer shows as a picture file; null while it shows no heat. */
export async function figureOf(viewer: SlideViewer, mediaBase: string): Promise<Blob | null> {
  const { detail, heat: shown, scale, isDifference, look } = viewer;
  if (!detail || shown.is !== 'shown') return null;
  const whole = { x: 0, y: 0, w: detail.width, h: detail.height };
  const response = await fetch(mediaBase + (await viewer.cut(whole, undefined, FIGURE_PX)));
  if (!response.ok) throw new Error('the picture of the slide is not there');
  const { heat, phrase, minus } = shown;
  return await heatFigure({
    detail,
    heat,
    slide: await response.blob(),
    scale,
    above: look.above,
    opacity: look.opacity,
    isDifference,
    words: [
      isDifference ? `“${phrase}” (right) against “${minus}” (left)` : `“${phrase}”`,
      `${isDifference ? 'Spreads apart' : 'Spreads above random tiles'}, ${look.stretches ? 'stretched to this slide' : 'fixed scale'}; shown ${isDifference ? 'where they are apart by' : 'above'} ${decimal(look.above, 1)}`,
      `${heat.scores.length} tiles of ${heat.mpp} µm per pixel, colours ${viewer.staining.nameOf(look.stain)}; not a probability`,
    ],
  });
}

const MARGIN_PX = 24;
const LINE_PX = 28;
const RAMP_PX = 18;

/**
 * The slide with its heat as a picture for a talk or a paper: what is drawn on the screen, its scale, and what it was
 * compared with. A difference has the diverging colours of its own.
 *
 * @throws Error where the browser makes no picture of it.
 */
async function heatFigure(figure: Figure): Promise<Blob> {
  const { detail, heat, scale, above, opacity, isDifference, words } = figure;
  const slide = await createImageBitmap(figure.slide);
  const canvas = document.createElement('canvas');
  canvas.width = slide.width + 2 * MARGIN_PX;
  canvas.height = slide.height + 3 * MARGIN_PX + RAMP_PX + LINE_PX * (words.length + 1);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(slide, MARGIN_PX, MARGIN_PX);

  const stops = stopsOf(isDifference ? 'apart' : 'heat', getComputedStyle(document.documentElement));
  const cells = cellsOf(detail, stepOf(detail, heat));
  const pixels = paintCells(tilesOf(cells, heat), heat.lifts, { ...scale, above, isDifference }, stops);
  const layer = document.createElement('canvas');
  [layer.width, layer.height] = [cells.columns, cells.rows];
  layer.getContext('2d')?.putImageData(new ImageData(pixels, cells.columns, cells.rows), 0, 0);
  const shrink = slide.width / detail.width;
  context.imageSmoothingEnabled = false;
  context.globalAlpha = opacity;
  context.save();
  context.beginPath();
  context.rect(MARGIN_PX, MARGIN_PX, slide.width, slide.height);
  context.clip();
  const [width, height] = [cells.columns * cells.stepX * shrink, cells.rows * cells.stepY * shrink];
  context.drawImage(layer, MARGIN_PX, MARGIN_PX, width, height);
  context.restore();
  context.globalAlpha = 1;

  if (detail.mppX !== null) {
    const bar = scaleBar(detail.mppX / shrink, slide.width / 6);
    drawBar(context, bar, MARGIN_PX + slide.width - MARGIN_PX, MARGIN_PX + slide.height - MARGIN_PX);
  }

  let top = slide.height + 2 * MARGIN_PX;
  const ramp = Math.min(slide.width, 480);
  for (let at = 0; at < ramp; at++) {
    const { red, green, blue } = colourOf(at / (ramp - 1), stops);
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(MARGIN_PX + at, top, 1, RAMP_PX);
  }
  top += RAMP_PX + LINE_PX - 6;
  context.fillStyle = '#1d1d1f';
  context.font = '18px system-ui, sans-serif';
  context.fillText(decimal(scale.from, 1), MARGIN_PX, top);
  context.textAlign = 'right';
  context.fillText(decimal(scale.to, 1), MARGIN_PX + ramp, top);
  context.textAlign = 'left';
  for (const line of words) context.fillText(line, MARGIN_PX, (top += LINE_PX), slide.width);
  return await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'),
  );
}

/** A scale bar with its length, on a ground of its own: it is read on tissue, heat and glass alike. */
function drawBar(
  context: CanvasRenderingContext2D,
  { px, text }: { readonly px: number; readonly text: string },
  right: number,
  bottom: number,
): void {
  const width = Math.max(px, 60) + 24;
  context.fillStyle = 'rgb(255 255 255 / 85%)';
  context.fillRect(right - width, bottom - 52, width, 52);
  context.fillStyle = '#1d1d1f';
  context.fillRect(right - 12 - px, bottom - 16, px, 5);
  context.font = '18px system-ui, sans-serif';
  context.textAlign = 'right';
  context.fillText(text, right - 12, bottom - 26);
  context.textAlign = 'left';
}
