import { addChannel, type ShownChannel } from '../composite.ts';
import { paint } from '../samples.ts';
import { openBytes, type OpenBytes } from '../../file-bytes.ts';
import type { Slide } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import { tiledSlide, type TileGrid } from '../tiled-slide.ts';
import { isTurned, turnedSlide } from '../turned-slide.ts';
import { aperioAssociated, aperioFacts, aperioPyramid } from './aperio.ts';
import { readTiff, type TiffDirectory, type TiffFile } from './directory.ts';
import { meaningOf, windowOf } from './meaning.ts';
import { omeFacts, omePage, type OmeFacts } from './ome.ts';
import { describePage, type TiffPage } from './page.ts';
import { pageTiles, type PageTiles } from './page-tiles.ts';
import { pyramidOf, type Pyramid } from './pyramid.ts';

const tag = {
  imageDescription: 270,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  orientation: 274,
} as const;

/** µm in the units of ResolutionUnit 2 (inch) and 3 (centimetre). */
const unitMicrometres: Readonly<Record<number, number>> = { 2: 25_400, 3: 10_000 };
/** Resolutions of printers and screens (300 dpi is 85 µm) are no statement about a slide. */
const COARSEST_MPP = 20;
const FINEST_MPP = 0.01;

/**
 * Opens a TIFF or BigTIFF by region: Aperio SVS, OME-TIFF, or any pyramid of tiles or strips, the last upright.
 *
 * @param options - `asStored`: the orientation is only told, not applied.
 * @throws ArchiveError `slide.unreadable` (details: `what`), `file.*`.
 */
export async function openTiffSlide(path: string, { asStored = false } = {}): Promise<Slide> {
  const file = await openBytes(path);
  try {
    const head = await file.read(0, 2);
    const bigEndian = head.toString('latin1') === 'MM';
    const tiff = await readTiff(file);
    const [first] = tiff.directories;
    if (!first) throw unreadable('no directory');
    const description = await first.text(tag.imageDescription);
    if (/^Aperio\b/.test(description)) return await aperio(file, tiff, bigEndian, description);
    const ome = omeFacts(description);
    if (ome) return await omeSlide(file, tiff, bigEndian, ome);
    const slide = await generic(file, tiff, bigEndian, first);
    const orientation = (await first.number(tag.orientation)) ?? 1;
    if (!asStored) return turnedSlide(slide, orientation);
    const note = `as stored; it is shown upright (TIFF orientation ${orientation})`;
    return isTurned(orientation) ? { ...slide, notes: [...slide.notes, note] } : slide;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function aperio(
  file: OpenBytes,
  tiff: TiffFile,
  bigEndian: boolean,
  description: string,
): Promise<Slide> {
  const { mpp, objectivePower } = aperioFacts(description);
  return tiledSlide({
    vendor: 'aperio',
    grids: await gridsOf(file, await aperioPyramid(tiff, bigEndian)),
    mppX: mpp,
    mppY: mpp,
    objectivePower,
    associated: await aperioAssociated(tiff),
    attributes: [{ name: 'manufacturer', text: 'Aperio' }],
    identifiers: {},
    notes: [],
    close: () => file.close(),
  });
}

async function generic(
  file: OpenBytes,
  tiff: TiffFile,
  bigEndian: boolean,
  first: TiffDirectory,
): Promise<Slide> {
  const pyramid = await pyramidOf(tiff, await describePage(first, bigEndian), bigEndian);
  return tiledSlide({
    vendor: 'generic-tiff',
    grids: await gridsOf(file, pyramid),
    mppX: await resolution(first, tag.xResolution),
    mppY: await resolution(first, tag.yResolution),
    objectivePower: null,
    associated: [],
    attributes: [],
    identifiers: {},
    notes: [],
    close: () => file.close(),
  });
}

async function resolution(directory: TiffDirectory, id: number): Promise<number | null> {
  const unit = unitMicrometres[(await directory.number(tag.resolutionUnit)) ?? 2];
  const perUnit = (await directory.number(id)) ?? 0;
  const mpp = unit === undefined ? NaN : unit / perUnit;
  return mpp >= FINEST_MPP && mpp <= COARSEST_MPP ? mpp : null;
}

async function omeSlide(file: OpenBytes, tiff: TiffFile, bigEndian: boolean, ome: OmeFacts): Promise<Slide> {
  const [first] = tiff.directories;
  if (!first) throw unreadable('no directory');
  const base = await describePage(first, bigEndian);
  const colours = ome.channels.flatMap(({ colour, samples }) => (samples === 1 ? [colour] : []));
  const isComposite = base.samples === 1 && ome.sizeC > 1 && colours.length > 1;
  const grids = isComposite
    ? await compositeGrids(file, tiff, bigEndian, ome, colours)
    : await gridsOf(file, await pyramidOf(tiff, base, bigEndian));
  return tiledSlide({
    vendor: 'ome-tiff',
    grids,
    mppX: ome.mppX,
    mppY: ome.mppY,
    objectivePower: ome.objectivePower,
    associated: [],
    attributes: [],
    identifiers: {},
    notes: isComposite
      ? [`${colours.length} channels added up in their colours, each from percentile 0.5 to 99.5`]
      : [],
    close: () => file.close(),
  });
}

async function gridsOf(file: OpenBytes, pyramid: Pyramid): Promise<TileGrid[]> {
  const levels = pyramid.map((page) => pageTiles(file, page));
  const lowest = levels.at(-1) ?? pageTiles(file, pyramid[0]);
  // What is refused is refused now; the window of deep samples takes decoding and waits for the first tile.
  const isDeep = pyramid[0].bits > 8;
  let meaning = isDeep ? null : await meaningOf(pyramid[0], lowest);
  const asStored = meaning !== null && (meaning.is !== 'rgb' || meaning.alpha === 'none');
  return levels.map((tiles) => ({
    ...size(tiles.page),
    async tile(column, row) {
      const samples = await tiles.samples(column, row);
      return samples && paint(samples, (meaning ??= await meaningOf(pyramid[0], lowest)));
    },
    ...(asStored ? { encoded: (column: number, row: number) => tiles.encoded(column, row) } : {}),
  }));
}

const size = ({ width, height, tileWidth, tileHeight }: TiffPage) => ({
  width,
  height,
  tileWidth,
  tileHeight,
});

/** Fluorescence: one page a channel, each with its own pyramid, added up in the channels' colours. */
async function compositeGrids(
  file: OpenBytes,
  tiff: TiffFile,
  bigEndian: boolean,
  ome: OmeFacts,
  colours: readonly (readonly [number, number, number])[],
): Promise<TileGrid[]> {
  const channels: (ShownChannel & { readonly tiles: PageTiles[] })[] = [];
  for (const [index, colour] of colours.entries()) {
    const directory = tiff.directories[omePage(ome, index)];
    if (!directory) continue;
    const base = await describePage(directory, bigEndian);
    const subs = await tiff.subDirectories(directory);
    const pages = [base];
    for (const sub of subs) pages.push(await describePage(sub, bigEndian));
    const tiles = pages.map((page) => pageTiles(file, page));
    const lowest = tiles.at(-1);
    if (lowest) channels.push({ tiles, window: await windowOf(lowest), colour });
  }
  const [first] = channels;
  if (!first) throw unreadable('no channel');
  return first.tiles.map((level, index) => ({
    ...size(level.page),
    async tile(column, row) {
      const { tileWidth, tileHeight } = level.page;
      const rgb = new Uint8Array(tileWidth * tileHeight * 3);
      for (const { tiles, ...shown } of channels) {
        const same = tiles[index];
        if (!same || same.page.tileWidth !== tileWidth || same.page.width !== level.page.width) continue;
        const samples = await same.samples(column, row);
        if (samples) addChannel(rgb, samples, shown);
      }
      return rgb;
    },
  }));
}
