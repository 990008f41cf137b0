import { ArchiveError } from '../../../preload/contract/faults.ts';
import { FINE_MPP, withinBudget, type TilePlace } from '../domain/tiling.ts';
import { combine } from '../domain/vector.ts';
import { encodePictures } from '../ingest/import-model.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import type { Session } from './session.ts';
import { coloursOf, preparedModel, type PreparedModel } from './slide-preparations.ts';

/** Tiles of a drawn rectangle that make its vector; a larger one is sampled. */
const MOST_REGION_TILES = 64;

/**
 * Gives a rectangle a vector at the resolution that the model's tiles have: the mean direction of the tiles in it.
 *
 * @param stain - how the colours of the tiles are prepared that it is to be compared with.
 * @throws ArchiveError `request.invalid` for one outside the slide, `slide.no-mpp`, `slide.no-stain`, `file.*`,
 *   `slide.unreadable`.
 */
export async function slideRegion(
  session: Session,
  itemId: number,
  drawn: TilePlace,
  stain: string,
  signal: AbortSignal,
) {
  const { archive } = session;
  const item = archive.items.get(itemId);
  if (!item) throw new ArchiveError('item.unknown', { itemId });
  const x = Math.max(0, Math.round(drawn.x));
  const y = Math.max(0, Math.round(drawn.y));
  const w = Math.min(item.widthPx, Math.round(drawn.x + drawn.w)) - x;
  const h = Math.min(item.heightPx, Math.round(drawn.y + drawn.h)) - y;
  if (w < 1 || h < 1) throw new ArchiveError('request.invalid', { at: 'rectangle' });
  const model = await preparedModel(session, stain);
  const place = { x, y, w, h };
  const { vector, tiles } = await placeVector(session, model, itemId, place, signal);
  const preparation = [
    `${tiles} tiles of ${FINE_MPP} µm per pixel, mean direction`,
    `preparation ${model.encoder.manifest.preprocessing.version}`,
    ...(stain === 'none' ? [] : [`colours ${stain}`]),
  ];
  const regionId = archive.transaction(() => {
    const region = { ...place, kind: 'roi', frame: 0, level: 0, preparation, windowName: null } as const;
    const id = archive.items.addRegion(itemId, region);
    archive.vectors.add(model.row, id, vector, itemId);
    archive.settings.bumpGeneration();
    return id;
  });
  return { regionId, tiles };
}

/** The vector of a place on a slide, prepared as the model's tiles are. @throws ArchiveError as {@link slideRegion}. */
export async function placeVector(
  session: Session,
  model: PreparedModel,
  itemId: number,
  place: TilePlace,
  signal: AbortSignal,
): Promise<{ readonly vector: Float32Array; readonly tiles: number }> {
  const { archive, pool } = session;
  const facts = archive.slides.get(itemId);
  if (!facts) throw new ArchiveError('item.unknown', { itemId });
  if (facts.mppX === null || facts.mppY === null) throw new ArchiveError('slide.no-mpp', { itemId });
  const parts = await session.importParts(model, signal);
  const { preprocessing } = parts.model;
  const side = preprocessing.sizePx * FINE_MPP;
  const tiles = tilesIn(place, side / facts.mppX, side / facts.mppY);
  const path = await unchangedFile(archive, itemId);
  const colours = await coloursOf(session, model, itemId, signal);
  const { pixels } = await pool.slideTiles({ path, tiles, preprocessing, colours }, signal);
  const size = preprocessing.sizePx ** 2 * 3;
  const pictures = tiles.map((_, index) => pixels.subarray(index * size, (index + 1) * size));
  const vectors = await encodePictures(parts.model, pictures, signal);
  const vector = combine(vectors.map((one) => ({ vector: one, weight: 1 }))) ?? vectors[0];
  if (!vector) throw new ArchiveError('internal');
  return { vector, tiles: tiles.length };
}

/** A grid that fills the rectangle evenly; one tile around its middle where it is smaller than a tile. */
function tilesIn({ x, y, w, h }: TilePlace, stepX: number, stepY: number): TilePlace[] {
  const columns = Math.max(1, Math.floor(w / stepX));
  const rows = Math.max(1, Math.floor(h / stepY));
  const left = x + (w - columns * stepX) / 2;
  const top = y + (h - rows * stepY) / 2;
  const all = Array.from({ length: columns * rows }, (_, index) => ({
    x: Math.round(left + (index % columns) * stepX),
    y: Math.round(top + Math.floor(index / columns) * stepY),
    w: Math.round(stepX),
    h: Math.round(stepY),
  }));
  return withinBudget(all, { is: 'most', n: MOST_REGION_TILES });
}
