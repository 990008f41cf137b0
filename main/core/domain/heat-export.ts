import {
  APART_SCALE,
  apartColour,
  FIXED_SCALE,
  heatColour,
  shareOf,
  type HeatTile,
  type Scale,
} from './heat.ts';

/**
 * Tiles as GeoJSON that QuPath opens: one detection per tile, its measurements cosine and lift, coordinates in pixels of
 * level 0. Of a difference lift is what lies between the two, and its colours are its own.
 *
 * @see RFC 7946; QuPath's object model ("objectType", "classification", "measurements").
 */
export function heatGeoJson(tiles: readonly HeatTile[], query: string, isDifference = false): string {
  const colourOf = (lift: number) =>
    isDifference ? apartColour(shareOf(lift, APART_SCALE)) : heatColour(shareOf(lift, FIXED_SCALE));
  const features = tiles.map(({ regionId, x, y, w, h, score, lift }) => ({
    type: 'Feature',
    id: `tile-${regionId}`,
    geometry: { type: 'Polygon', coordinates: [[[x, y], [x + w, y], [x + w, y + h], [x, y + h], [x, y]]] },
    properties: {
      objectType: 'detection',
      classification: { name: query, color: colourOf(lift) },
      measurements: { cosine: round(score, 6), lift: round(lift, 4) },
    },
  })); // prettier-ignore
  return JSON.stringify({ type: 'FeatureCollection', features });
}

export function heatCsv(tiles: readonly HeatTile[]): string {
  const rows = tiles.map(({ regionId, x, y, w, h, score, lift }) =>
    [regionId, x, y, w, h, round(score, 6), round(lift, 4)].join(','),
  );
  return ['region,x,y,width,height,cosine,lift', ...rows, ''].join('\n');
}

/** A picture of the slide in which each tile has the colour of its lift; what was not read is transparent. */
export function heatPicture(
  tiles: readonly HeatTile[],
  size: { readonly width: number; readonly height: number },
  scale: Scale,
  { longestPx = 2048, isDifference = false } = {},
): { readonly width: number; readonly height: number; readonly rgba: Uint8Array } {
  const shrink = Math.max(1, Math.max(size.width, size.height) / longestPx);
  const width = Math.max(1, Math.round(size.width / shrink));
  const height = Math.max(1, Math.round(size.height / shrink));
  const rgba = new Uint8Array(width * height * 4);
  for (const { x, y, w, h, lift } of tiles) {
    const [red, green, blue] = (isDifference ? apartColour : heatColour)(shareOf(lift, scale));
    const right = Math.min(width, Math.round((x + w) / shrink));
    const bottom = Math.min(height, Math.round((y + h) / shrink));
    for (let row = Math.round(y / shrink); row < bottom; row++)
      for (let column = Math.round(x / shrink); column < right; column++)
        rgba.set([red, green, blue, 255], (row * width + column) * 4);
  }
  return { width, height, rgba };
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));
