import { ArchiveError } from '../../../../../preload/contract/faults.ts';
import { openBytes, withFile } from '../../file-bytes.ts';
import { addChannel, usualColour, type ShownChannel } from '../composite.ts';
import { deepWindow } from '../deep-window.ts';
import { FULL_8_BITS, paint, type Meaning } from '../samples.ts';
import type { Slide } from '../slide.ts';
import { unreadable } from '../slide-fault.ts';
import { tiledSlide, type TileGrid } from '../tiled-slide.ts';
import { etsLevels, type EtsLevel, type EtsPlan } from './ets-levels.ts';
import { etsExtent, readEtsHeader, type EtsExtent, type EtsHeader } from './ets-table.ts';
import { etsFiles, type EtsPlace } from './vsi-files.ts';
import { stacksOf, type VsiStack } from './vsi-stacks.ts';
import { vsiTags } from './vsi-tags.ts';

const MOST_CHANNELS = 8;
/** Pixel type of 16 bits. */
const DEEP = 4;

/**
 * Opens an Olympus slide by its VSI. The largest scan of the file is shown; label, overview and masks stay closed. Of a
 * stack the middle plane of focus and the first moment are shown, the channels of fluorescence added up as cellSens
 * shows them.
 *
 * @throws ArchiveError `slide.incomplete` where the folder with the pixels is not beside the file, `slide.unreadable`,
 *   `file.no-picture` where all it holds is a label or an overview, `file.*`.
 */
export async function openVsiSlide(path: string): Promise<Slide> {
  const { nodes } = await withFile(path, vsiTags);
  const named = stacksOf(nodes);
  const marked = named.filter(({ isExternal }) => isExternal);
  // Early versions do not mark the pictures whose tiles lie in files of their own.
  const stacks = marked.length > 0 ? marked : named;
  if (stacks.length === 0) throw unreadable('its tags name no picture of tiles');
  const scans = stacks.filter(({ role }) => role === 'scan');
  const [stack] = scans.toSorted((a, b) => b.width * b.height - a.width * a.height);
  if (!stack) throw new ArchiveError('file.no-picture');
  if (stack.width < 1 || stack.height < 1) throw unreadable('a size makes no sense');
  const place = placeOf(stack, stacks, await etsFiles(path));
  const file = await openBytes(place.path);
  try {
    const header = await readEtsHeader(file);
    const extent = await etsExtent(file, header);
    const plan = planOf(stack, header, extent);
    const levels = await etsLevels(file, header, extent, plan);
    const { grids, notes } = await shownAs(levels, header, stack, plan);
    return tiledSlide({
      vendor: 'olympus',
      grids,
      mppX: stack.mppX,
      mppY: stack.mppY,
      objectivePower: stack.objectivePower,
      associated: ['thumbnail', ...new Set(stacks.flatMap(({ role }) => (isBeside(role) ? [role] : [])))],
      attributes: [{ name: 'manufacturer', text: 'Olympus' }],
      identifiers: {},
      notes: [...planeNotes(plan, extent), ...notes, ...otherScans(scans.length - 1)],
      close: () => file.close(),
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Pictures of the slide as an object, with what is written on it. */
const isBeside = (role: VsiStack['role']) => role === 'label' || role === 'macro';

const otherScans = (count: number): string[] =>
  count > 0 ? [`the largest of ${count + 1} scanned areas; the others are not shown`] : [];

/** The tile file of a picture: in the folder that the tags name, else at the picture's place among the others. */
function placeOf(stack: VsiStack, stacks: readonly VsiStack[], places: readonly EtsPlace[]): EtsPlace {
  const missing = () => new ArchiveError('slide.incomplete', { missing: 'the .ets file with its pixels' });
  if (stack.folder !== null) {
    const named = places.find(({ folder }) => folder === stack.folder);
    if (!named) throw missing();
    return named;
  }
  // Without names, only a complete set says which file is which: a label must not be taken for the scan.
  const firsts = [...new Map(places.toReversed().map((one) => [one.folder, one])).values()].toReversed();
  const place = firsts.length === stacks.length ? firsts[stacks.indexOf(stack)] : undefined;
  if (!place) throw missing();
  return place;
}

/** Which tiles are shown: all channels of the middle plane of focus, the first of everything else. */
function planOf(stack: VsiStack, header: EtsHeader, { highest }: EtsExtent): EtsPlan {
  const { z, channel } = stack.dimensions;
  const zAxis = axisOf(z, stack, header);
  const channelAxis = header.samples === 3 ? null : axisOf(channel, stack, header);
  const planes = zAxis === null ? 1 : (highest[zAxis] ?? 0) + 1;
  return {
    width: stack.width,
    height: stack.height,
    fixed: new Map(zAxis === null ? [] : [[zAxis, (planes - 1) >> 1]]),
    channelAxis,
    channels: channelAxis === null ? 1 : Math.min((highest[channelAxis] ?? 0) + 1, MOST_CHANNELS),
  };
}

/** Dimensions are counted after x and y; where that leaves no axis for the last of them, they begin one earlier. */
function axisOf(dimension: number | null, { dimensions }: VsiStack, header: EtsHeader): number | null {
  if (dimension === null) return null;
  const end = header.isPyramid ? header.dimensions - 1 : header.dimensions;
  const last = Math.max(...Object.values(dimensions).map((one) => one ?? 0));
  const axis = dimension + 2 - Math.max(0, last + 3 - end);
  return axis >= 2 && axis < end ? axis : null;
}

function planeNotes({ fixed }: EtsPlan, { highest }: EtsExtent): string[] {
  const [at] = fixed;
  if (!at) return [];
  const planes = (highest[at[0]] ?? 0) + 1;
  return planes > 1 ? [`focal plane ${at[1] + 1} of ${planes}`] : [];
}

interface Shown {
  readonly grids: TileGrid[];
  readonly notes: string[];
}

async function shownAs(
  levels: readonly EtsLevel[],
  header: EtsHeader,
  { channels: stated }: VsiStack,
  plan: EtsPlan,
): Promise<Shown> {
  const lowest = levels.at(-1);
  if (!lowest) throw unreadable('its tile file has no tile of this picture');
  const windowOf = (channel: number) =>
    deepWindow(lowest, (column, row) => lowest.samples(column, row, channel));
  const sized = (level: EtsLevel) => ({
    width: level.width,
    height: level.height,
    tileWidth: header.tileWidth,
    tileHeight: header.tileHeight,
  });
  const isPlain = plan.channelAxis === null && (header.samples === 3 || stated.length === 0);
  return isPlain ? await plain() : await fluorescence();

  async function plain(): Promise<Shown> {
    const isDeep = header.pixelType === DEEP;
    const window = isDeep ? await windowOf(0) : FULL_8_BITS;
    const meaning: Meaning =
      header.samples === 3 ? { is: 'rgb', alpha: 'none', window } : { is: 'grey', inverted: false, window };
    const grids = levels.map((level): TileGrid => ({
      ...sized(level),
      tile: async (column, row) => {
        const samples = await level.samples(column, row, 0);
        return samples && paint(samples, meaning);
      },
      encoded: async (column, row) => {
        const bytes = await level.jpeg(column, row);
        return bytes && { bytes, mime: 'image/jpeg' };
      },
    }));
    return { grids, notes: isDeep ? ['deep samples shown from percentile 0.5 to 99.5'] : [] };
  }

  async function fluorescence(): Promise<Shown> {
    const shown: ShownChannel[] = [];
    for (let channel = 0; channel < plan.channels; channel++) {
      const { colour = null, window = null } = stated[channel] ?? {};
      shown.push({
        colour: colour ?? usualColour(channel),
        window: window ?? (await windowOf(channel)),
      });
    }
    const grids = levels.map((level): TileGrid => ({
      ...sized(level),
      tile: async (column, row) => {
        const rgb = new Uint8Array(header.tileWidth * header.tileHeight * 3);
        for (const [channel, one] of shown.entries()) {
          const samples = await level.samples(column, row, channel);
          if (samples) addChannel(rgb, samples, one);
        }
        return rgb;
      },
    }));
    const asStated = shown.every((_, channel) => stated[channel]?.window);
    const range = asStated ? 'in the range that the file states' : 'from percentile 0.5 to 99.5';
    return { grids, notes: [`${plan.channels} channels added up in their colours, each ${range}`] };
  }
}
