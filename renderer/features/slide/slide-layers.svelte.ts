import type { SlideDetail } from '../../../preload/contract/slides.ts';
import { paintCells, stopsOf } from './heat-colours.ts';
import { areaOf, type Area, type Overlay } from './slide-overlay.ts';
import type { SlideViewer } from './slide-viewer.svelte.ts';
import { cellAt, cellsOf, marksOf, stepOf, tilesOf } from './tile-cells.ts';

/** What lies over a slide, made anew when what it shows changes, not while the slide moves. */
export class SlideLayers {
  readonly #viewer: SlideViewer;
  readonly #detail: SlideDetail;

  readonly #heat = $derived.by(() => {
    const { heat, look } = this.#viewer;
    return heat.is === 'shown' && look.showHeat ? heat.heat : null;
  });
  readonly #heatCells = $derived.by(() => {
    return this.#heat ? cellsOf(this.#detail, stepOf(this.#detail, this.#heat)) : null;
  });
  readonly #tiles = $derived.by(() => {
    return this.#heat && this.#heatCells ? tilesOf(this.#heatCells, this.#heat) : null;
  });
  readonly #gridCells = $derived.by(() => {
    const { grid } = this.#viewer;
    return grid ? cellsOf(this.#detail, { x: grid.stepX, y: grid.stepY }) : null;
  });

  /** One pixel per tile. */
  readonly #picture = $derived.by(() => {
    if (!this.#heat || !this.#heatCells || !this.#tiles) return null;
    const { isDifference, scale, look } = this.#viewer;
    const picture = document.createElement('canvas');
    picture.width = this.#heatCells.columns;
    picture.height = this.#heatCells.rows;
    const stops = stopsOf(isDifference ? 'apart' : 'heat', getComputedStyle(document.documentElement));
    const colours = { ...scale, above: look.above, isDifference };
    const pixels = paintCells(this.#tiles, this.#heat.lifts, colours, stops);
    picture.getContext('2d')?.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0);
    return picture;
  });
  readonly heat: Overlay['heat'] = $derived.by(() => {
    return this.#picture && this.#heatCells
      ? { layer: this.#picture, cells: this.#heatCells, opacity: this.#viewer.look.opacity }
      : null;
  });

  /** Hatched wherever heat is drawn, too: nothing is known of what was not read, and cold would be a statement. */
  readonly #unread = $derived.by(() => {
    const { grid, look } = this.#viewer;
    if (this.#heat && this.#heatCells && this.#heat.unread.x.length > 0)
      return areaOf('unread', this.#heatCells, marksOf(this.#heatCells, this.#heat.unread));
    return this.#gridCells && grid && look.showUnread
      ? areaOf('unread', this.#gridCells, marksOf(this.#gridCells, grid.unread))
      : null;
  });
  readonly #blurred = $derived.by(() => {
    const { grid, look } = this.#viewer;
    if (!this.#gridCells || !grid || !look.showBlurred) return null;
    const { x, y, blurred } = grid.read;
    const places = { x: x.filter((_, at) => blurred[at]), y: y.filter((_, at) => blurred[at]) };
    return areaOf('blurred', this.#gridCells, marksOf(this.#gridCells, places));
  });
  readonly #pen = $derived.by(() => {
    const { grid, look } = this.#viewer;
    return this.#gridCells && grid && look.showPen
      ? areaOf('pen', this.#gridCells, marksOf(this.#gridCells, grid.pen))
      : null;
  });
  readonly areas = $derived.by(() =>
    [this.#unread, this.#blurred, this.#pen].filter((area): area is Area => area !== null),
  );
  readonly lattice: Overlay['lattice'] = $derived.by(() => {
    const { grid, look } = this.#viewer;
    return this.#gridCells && grid && look.showGrid
      ? { cells: this.#gridCells, marks: marksOf(this.#gridCells, grid.read) }
      : null;
  });

  constructor(viewer: SlideViewer, detail: SlideDetail) {
    this.#viewer = viewer;
    this.#detail = detail;
  }

  /** What the heat says of a place in pixels of level 0, as it stands behind its coordinates. */
  wordsAt(x: number, y: number): string {
    if (!this.#heat || !this.#heatCells || !this.#tiles) return '';
    const tile = this.#tiles[cellAt(this.#heatCells, x, y)] ?? -1;
    const score = this.#heat.scores[tile];
    return score === undefined
      ? ' · no tile'
      : ` · ${score.toFixed(3)}, ${this.#heat.lifts[tile]?.toFixed(1) ?? ''} spreads`;
  }
}
