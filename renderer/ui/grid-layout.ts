/** A long list by index, of which only a part is held. */
export interface GridSource<T> {
  /** Undefined while it is not loaded. */
  readonly at: (index: number) => T | undefined;
  /** Rows that will soon be seen, `to` exclusive. */
  readonly need: (from: number, to: number) => Promise<void>;
}

/** A run of tiles under a heading of its own, such as the hits above the line. */
export interface GridSection {
  readonly id: string;
  /** Named to assistive technology as a group. */
  readonly label: string;
  /** How many tiles. */
  readonly count: number;
  /** Size of its tiles against the chosen one: 0.8 below the line. */
  readonly scale: number;
  /** Height of its heading in px; 0 without one. */
  readonly headPx: number;
}

export interface SectionLayout extends GridSection {
  /** Index of its first tile in the whole list. */
  readonly first: number;
  readonly topPx: number;
  readonly heightPx: number;
  readonly columns: number;
  readonly tilePx: number;
  /** Picture, caption and gap. */
  readonly rowPx: number;
}

export interface GridLayout {
  readonly sections: readonly SectionLayout[];
  readonly heightPx: number;
  readonly count: number;
}

export interface GridMeasure {
  readonly widthPx: number;
  readonly viewportPx: number;
  /** The size asked for; tiles grow to fill the row. */
  readonly tilePx: number;
  readonly captionPx: number;
  readonly gapPx: number;
}

export interface TilePlace {
  readonly index: number;
  readonly xPx: number;
  readonly yPx: number;
  readonly sizePx: number;
}

/** Tiles alive at once, whatever the screen: beyond it, tiles get larger instead. */
export const MAX_TILES = 300;
/** Rows drawn beyond each edge of the viewport, so that pictures are there before they are seen. */
export const SPARE_ROWS = 2;
const TILE_STEP_PX = 8;

/** Places the sections below each other. Total: the same input gives the same places. */
export function layOut(sections: readonly GridSection[], measure: GridMeasure): GridLayout {
  const tilePx = boundedTile(measure);
  let top = 0;
  let first = 0;
  const placed = sections.map((section): SectionLayout => {
    const row = rowOf(measure, tilePx * section.scale);
    const rows = Math.ceil(section.count / row.columns);
    const heightPx = section.headPx + rows * row.rowPx;
    const layout = { ...section, ...row, first, topPx: top, heightPx };
    top += heightPx;
    first += section.count;
    return layout;
  });
  return { sections: placed, heightPx: top, count: first };
}

/** The smallest size, from the one asked for upwards, with which the viewport never needs more than MAX_TILES. */
function boundedTile(measure: GridMeasure): number {
  const smallest = 0.8;
  let tile = measure.tilePx;
  for (;;) {
    const { columns, rowPx } = rowOf(measure, tile * smallest);
    const rows = Math.ceil(measure.viewportPx / rowPx) + 1 + 2 * SPARE_ROWS;
    if (columns * rows <= MAX_TILES || columns === 1) return tile;
    tile += TILE_STEP_PX;
  }
}

function rowOf({ widthPx, gapPx, captionPx }: GridMeasure, tilePx: number) {
  const columns = Math.max(1, Math.floor((widthPx + gapPx) / (tilePx + gapPx)));
  const size = Math.max(1, Math.floor((widthPx - gapPx * (columns - 1)) / columns));
  return { columns, tilePx: size, rowPx: size + captionPx + gapPx };
}

/** The tiles of one section that lie in the window `fromPx` to `toPx`, spare rows included. */
export function tilesBetween(
  section: SectionLayout,
  gapPx: number,
  fromPx: number,
  toPx: number,
): TilePlace[] {
  const { columns, rowPx, tilePx, headPx, topPx, count, first } = section;
  const inside = (px: number) => Math.floor((px - topPx - headPx) / rowPx);
  const firstRow = Math.max(0, inside(fromPx) - SPARE_ROWS);
  const lastRow = Math.min(Math.ceil(count / columns) - 1, inside(toPx) + SPARE_ROWS);
  const places: TilePlace[] = [];
  for (let row = firstRow; row <= lastRow; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const index = row * columns + column;
      if (index >= count) break;
      places.push({
        index: first + index,
        xPx: column * (tilePx + gapPx),
        yPx: topPx + headPx + row * rowPx,
        sizePx: tilePx,
      });
    }
  }
  return places;
}

export type Step = 'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'page-up' | 'page-down';

/** The tile reached from `index` by a key. Up and down keep the column across sections as far as it exists. */
export function stepFrom(layout: GridLayout, index: number, step: Step, viewportPx: number): number {
  const last = layout.count - 1;
  const within = (value: number) => Math.max(0, Math.min(last, value));
  switch (step) {
    case 'left':
      return within(index - 1);
    case 'right':
      return within(index + 1);
    case 'home':
      return 0;
    case 'end':
      return last;
    case 'up':
    case 'down':
      return within(vertical(layout, index, step === 'down' ? 1 : -1));
    case 'page-up':
    case 'page-down': {
      const rowPx = sectionOf(layout, index)?.rowPx ?? 1;
      const rows = Math.max(1, Math.floor(viewportPx / rowPx) - 1);
      let reached = index;
      for (let row = 0; row < rows; row += 1)
        reached = vertical(layout, reached, step === 'page-down' ? 1 : -1);
      return within(reached);
    }
  }
}

export function sectionOf(layout: GridLayout, index: number): SectionLayout | undefined {
  return layout.sections.find(({ first, count }) => index >= first && index < first + count);
}

function vertical(layout: GridLayout, index: number, by: 1 | -1): number {
  const section = sectionOf(layout, index);
  if (!section) return index;
  const local = index - section.first;
  const column = local % section.columns;
  const next = local + by * section.columns;
  if (next >= 0 && next < section.count) return section.first + next;
  const lastRow = Math.floor((section.count - 1) / section.columns);
  // The last row may be short: from above it, its last tile is the nearest below.
  if (by === 1 && Math.floor(local / section.columns) < lastRow) return section.first + section.count - 1;
  const at = layout.sections.indexOf(section);
  const others = by === 1 ? layout.sections.slice(at + 1) : layout.sections.slice(0, at).reverse();
  const neighbour = others.find(({ count }) => count > 0);
  if (!neighbour) return index;
  if (by === 1) return neighbour.first + Math.min(column, neighbour.count - 1, neighbour.columns - 1);
  const lastRowStart = Math.floor((neighbour.count - 1) / neighbour.columns) * neighbour.columns;
  return neighbour.first + Math.min(lastRowStart + column, neighbour.count - 1);
}

/** Where a tile lies, to scroll it into view. */
export function placeOf(layout: GridLayout, index: number): { topPx: number; bottomPx: number } | undefined {
  const section = sectionOf(layout, index);
  if (!section) return undefined;
  const row = Math.floor((index - section.first) / section.columns);
  const topPx = section.topPx + section.headPx + row * section.rowPx;
  return { topPx, bottomPx: topPx + section.rowPx };
}
