import type { Chip } from '../../../preload/contract/search.ts';
import { APART_SCALE, FIXED_SCALE, scoreRange, stretchedApart, stretchedScale } from '../domain/heat.ts';
import { heatCsv, heatGeoJson, heatPicture } from '../domain/heat-export.ts';
import { textKind } from '../domain/identity-values.ts';
import { pngOfRgba } from '../imaging/thumbnail.ts';
import type { Session } from './session.ts';
import { slideHeat, type HeatWish } from './slides.ts';

/** The heat of a slide and what its range and time are, for whoever writes it down. */
async function measured(session: Session, wish: HeatWish, signal: AbortSignal) {
  const { tiles, tookMs } = await slideHeat(session, wish, signal);
  return { tiles, figures: { tiles: tiles.length, ...scoreRange(tiles), tookMs: tookMs.total } };
}

/**
 * @returns the heat as the text of a file: GeoJSON as QuPath reads it, or CSV with a line per tile.
 * @throws ArchiveError as `slideHeat`.
 */
export async function heatText(
  session: Session,
  request: HeatWish,
  as: 'geojson' | 'csv',
  signal: AbortSignal,
) {
  const { tiles, figures } = await measured(session, request, signal);
  return {
    text: as === 'csv' ? heatCsv(tiles) : heatGeoJson(tiles, queryName(request), request.minus.length > 0),
    ...figures,
  };
}

/**
 * @param stretch - colours from this slide's lowest to its highest value instead of the scale of all slides.
 * @returns the heat as a PNG, transparent where nothing was read.
 * @throws ArchiveError as `slideHeat`.
 */
export async function heatPng(session: Session, request: HeatWish, stretch: boolean, signal: AbortSignal) {
  const { tiles, figures } = await measured(session, request, signal);
  const item = session.archive.items.get(request.itemId);
  const size = { width: item?.widthPx ?? 1, height: item?.heightPx ?? 1 };
  const isDifference = request.minus.length > 0;
  const [stretched, fixed] = isDifference ? [stretchedApart, APART_SCALE] : [stretchedScale, FIXED_SCALE];
  const scale = stretch ? stretched(tiles) : fixed;
  const { width, height, rgba } = heatPicture(tiles, size, scale, { isDifference });
  return { png: await pngOfRgba(rgba, width, height), ...figures };
}

const queryName = ({ chips, minus }: HeatWish) =>
  minus.length > 0 ? `${namesOf(chips)} − ${namesOf(minus)}` : namesOf(chips);

/** Words that look as if they name a person go into no file. */
const namesOf = (chips: readonly Chip[]) =>
  chips
    .map((chip) => (chip.type === 'text' && textKind(chip.text) !== 'pointed' ? chip.text : chip.type))
    .join(' + ');
