import { FULL_8_BITS, type Alpha, type Meaning, type SampleWindow } from '../samples.ts';
import { unreadable } from '../slide-fault.ts';
import { photometric } from './decode-tile.ts';
import type { PageTiles } from './page-tiles.ts';
import type { TiffPage } from './page.ts';
import { deepWindow } from '../deep-window.ts';

const COLOUR_MAP = 320;

/**
 * What the samples of a page mean, as libtiff's RGBA interface has it. Deep samples are shown from their 0.5th to their
 * 99.5th percentile in the lowest level, the same window for every tile of the slide.
 *
 * @throws ArchiveError `slide.unreadable` for what is not shown.
 */
export async function meaningOf(page: TiffPage, lowest: PageTiles): Promise<Meaning> {
  const window = page.bits === 8 ? FULL_8_BITS : await windowOf(lowest);
  switch (page.photometric) {
    case photometric.whiteIsZero:
    case photometric.blackIsZero:
      return { is: 'grey', inverted: page.photometric === photometric.whiteIsZero, window };
    case photometric.rgb:
    case photometric.yCbCr:
      if (page.samples < 3) throw unreadable('fewer than three colours');
      return { is: 'rgb', alpha: alphaOf(page), window };
    case photometric.palette:
      if (page.bits !== 8) throw unreadable('a palette of more than 256 colours');
      return { is: 'palette', colours: await paletteOf(page) };
    case photometric.separated:
      if (page.bits !== 8 || page.samples < 4) throw unreadable('inks other than CMYK');
      return { is: 'cmyk' };
    default:
      throw unreadable(`photometric interpretation ${page.photometric}`);
  }
}

/** ExtraSamples (TIFF 6.0 section 18); an unspecified fourth sample is taken for associated alpha, as libtiff does. */
function alphaOf({ samples, extraSamples }: TiffPage): Alpha {
  if (samples < 4) return 'none';
  return extraSamples[0] === 2 ? 'unassociated' : 'associated';
}

async function paletteOf({ directory }: TiffPage): Promise<Uint8Array> {
  const map = await directory.numbers(COLOUR_MAP, 3 * 256);
  if (map.length < 3 * 256) throw unreadable('no palette');
  const colours = new Uint8Array(3 * 256);
  for (let index = 0; index < 256; index++)
    for (let primary = 0; primary < 3; primary++)
      colours[index * 3 + primary] = (map[primary * 256 + index] ?? 0) >> 8;
  return colours;
}

/** The window of deep samples, over all channels of the lowest level. */
export function windowOf(lowest: PageTiles): Promise<SampleWindow> {
  return deepWindow(lowest.page, (column, row) => lowest.samples(column, row));
}
