import { items, number, text } from '../../dicom/values.ts';
import type { ImageDescription } from '../../dicom/image-description.ts';
import type { DataSet } from '../../dicom/parse.ts';
import { tags } from '../../dicom/tags.ts';

/** A frame and where its corner lies from that of the tile it covers, pixels; 0, 0 on the grid. */
export interface PlacedFrame {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
}

export type FramesAt = (column: number, row: number) => readonly PlacedFrame[];

/** Plane Position (Slide) and Optical Path Identification (PS3.3 C.8.12.6). */
const wsi = {
  opticalPathIdentifier: 0x00480106,
  opticalPathIdentification: 0x00480207,
  planePositionSlide: 0x0048021a,
  columnPosition: 0x0048021e,
  rowPosition: 0x0048021f,
  dimensionOrganizationType: 0x00209311,
  concatenationFrameOffset: 0x00209228,
} as const;

/**
 * Which frames hold a tile. TILED_FULL: row by row, the first optical path and focal plane first (PS3.3 C.7.6.17.3); an
 * instance of a concatenation begins with a later frame. TILED_SPARSE: as Plane Position (Slide) of each frame says, of
 * the first optical path, anywhere: a frame off the grid covers up to four tiles.
 */
export function placement(
  dataSet: DataSet,
  image: ImageDescription,
  columns: number,
  rows: number,
): FramesAt {
  const organisation = text(dataSet, wsi.dimensionOrganizationType)?.toUpperCase();
  const perFrame = items(dataSet, tags.perFrameFunctionalGroupsSequence);
  const full = organisation === 'TILED_FULL' || (organisation !== 'TILED_SPARSE' && perFrame.length === 0);
  if (full) {
    const first = number(dataSet, wsi.concatenationFrameOffset, 'UL') ?? 0;
    return (column, row) => {
      const frame = row * columns + column - first;
      const isHere = column < columns && row < rows && frame >= 0 && frame < image.frames;
      return isHere ? [{ frame, x: 0, y: 0 }] : [];
    };
  }
  const covering = new Map<number, PlacedFrame[]>();
  let firstPath: string | undefined;
  perFrame.forEach((groups, frame) => {
    const place = items(groups, wsi.planePositionSlide)[0];
    const left = place && number(place, wsi.columnPosition, 'text');
    const top = place && number(place, wsi.rowPosition, 'text');
    if (left === undefined || top === undefined || frame >= image.frames) return;
    const identified = items(groups, wsi.opticalPathIdentification)[0];
    const path = (identified && text(identified, wsi.opticalPathIdentifier)) ?? '';
    firstPath ??= path;
    if (path !== firstPath) return;
    // Positions count from 1.
    for (const { index: column, offset: x } of cells(left - 1, image.columns, columns))
      for (const { index: row, offset: y } of cells(top - 1, image.rows, rows)) {
        const key = row * columns + column;
        const known = covering.get(key) ?? [];
        // A second frame of the same place is another focal plane.
        if (!known.some((one) => one.x === x && one.y === y)) covering.set(key, [...known, { frame, x, y }]);
      }
  });
  return (column, row) => (column < columns ? (covering.get(row * columns + column) ?? []) : []);
}

/** The cells of one axis that a frame at this position covers: one on the grid, else two. */
function cells(at: number, side: number, count: number): { index: number; offset: number }[] {
  const first = Math.floor(at / side);
  return [first, first + 1]
    .map((index) => ({ index, offset: at - index * side }))
    .filter(({ index, offset }) => index >= 0 && index < count && offset > -side);
}
