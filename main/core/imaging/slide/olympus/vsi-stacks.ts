import type { SampleWindow } from '../samples.ts';
import { findNode, findNodes, numbersOf, textIn, type VsiNode } from './vsi-tags.ts';

/** One picture of a VSI, as its tags describe it; its tiles lie in an ETS file. */
export interface VsiStack {
  /** What it is of; a label or an overview is never opened. */
  readonly role: 'scan' | 'label' | 'macro' | 'map';
  /** Pixels of its largest level. */
  readonly width: number;
  readonly height: number;
  readonly isExternal: boolean;
  /** Name of the folder of its ETS file; null where the file does not state it. */
  readonly folder: string | null;
  /** µm per pixel; null where it is not stated, or not in a unit of length. */
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly objectivePower: number | null;
  /** Which coordinate of a tile, after x and y, counts what; null where the tags do not say. */
  readonly dimensions: Readonly<Record<'z' | 'time' | 'channel', number | null>>;
  /** How cellSens shows each channel. */
  readonly channels: readonly VsiChannel[];
}

export interface VsiChannel {
  /** RGB, 0 to 255; null where the file states none. */
  readonly colour: readonly [number, number, number] | null;
  /** Stored values that are shown as black and as full colour; null where they are not stated. */
  readonly window: SampleWindow | null;
}

/** Numbers that cellSens gives its fields. */
const tag = {
  image: 2001, frame: 2002, displayLimits: 2003, lookUpTable: 2004, stack: 2005, dimension: 2007, channel: 2008,
  external: 2018, scale: 2019, scaleUnit: 2020, meaning: 2023, stackName: 2030, boundary: 2053, yUnit: 2064,
  stackType: 2074, hasExternal: 20005, magnification: 120060, folder: 175122, value: 268435458,
} as const; // prettier-ignore

/** What a dimension counts (field `meaning`). */
const meaning = { z: 1, time: 2, channel: 4 } as const;
/** Types of stacks: overview and macro picture; masks and maps of focus, sharpness, height and texture. */
const macroTypes: ReadonlySet<number> = new Set([1, 256]);
const mapTypes: ReadonlySet<number> = new Set([2, 4, 8, 16, 32]);
const COARSEST_MPP = 1000;

/** The pictures of a VSI, in the file's order. */
export function stacksOf(nodes: readonly VsiNode[]): VsiStack[] {
  return findNodes(nodes, tag.image).map(({ children }) => stackOf(children));
}

function stackOf(nodes: readonly VsiNode[]): VsiStack {
  const external = findNode(findNodes(nodes, tag.frame), tag.external)?.children ?? [];
  const [, , width = 0, height = 0] = numbersOf(findNode(external, tag.boundary));
  const stack = findNode(nodes, tag.stack)?.children ?? [];
  const [scaleX = NaN, scaleY = scaleX] = numbersOf(findNode(stack, tag.scale));
  const unitX = textIn(findNode(stack, tag.scaleUnit));
  const unitY = textIn(findNode(stack, tag.yUnit)) ?? unitX;
  const power = numbersOf(findNode(stack, tag.magnification))[0];
  const dimensions = nodes.filter((node) => node.tag === tag.dimension);
  const counting = (what: number) =>
    dimensions.find(({ children }) => numbersOf(findNode(children, tag.meaning))[0] === what);
  const channels = (counting(meaning.channel)?.children ?? []).filter((node) => node.tag === tag.channel);
  return {
    role: roleOf(textIn(findNode(stack, tag.stackName)), numbersOf(findNode(stack, tag.stackType))[0] ?? 0),
    width,
    height,
    isExternal: numbersOf(findNode(external, tag.hasExternal))[0] === 1,
    folder: textIn(findNode(stack, tag.folder)),
    mppX: micrometres(scaleX, unitX),
    mppY: micrometres(scaleY, unitY),
    objectivePower: power !== undefined && power > 0 && Number.isFinite(power) ? power : null,
    dimensions: {
      z: counting(meaning.z)?.index ?? null,
      time: counting(meaning.time)?.index ?? null,
      channel: counting(meaning.channel)?.index ?? null,
    },
    channels: channels.map(({ children }) => ({ colour: colourOf(children), window: windowOf(children) })),
  };
}

function roleOf(name: string | null, type: number): VsiStack['role'] {
  if (/^label\b/i.test(name ?? '')) return 'label';
  if (/^(overview|macro)\b/i.test(name ?? '') || macroTypes.has(type)) return 'macro';
  return mapTypes.has(type) ? 'map' : 'scan';
}

/** Units are written as `10^-6m^1`, for people as `µm`. */
function micrometres(scale: number, unit: string | null): number | null {
  const power =
    /^10\^(-?\d{1,2})m\^1$/.exec(unit ?? '')?.[1] ?? (/^[µμu]m$/.test(unit ?? '') ? '-6' : undefined);
  const mpp = power === undefined ? NaN : scale * 10 ** (Number(power) + 6);
  return mpp > 0 && mpp <= COARSEST_MPP ? mpp : null;
}

/** The last entry of the channel's look-up table, which is stored as blue, green, red. */
function colourOf(channel: readonly VsiNode[]): VsiChannel['colour'] {
  const table = findNode(channel.find((node) => node.tag === tag.lookUpTable)?.children ?? [], tag.value);
  if (table?.value.is !== 'bytes' || table.value.bytes.length < 3) return null;
  const [blue = 0, green = 0, red = 0] = table.value.bytes.subarray(-3);
  return [red, green, blue];
}

function windowOf(channel: readonly VsiNode[]): SampleWindow | null {
  const [low = NaN, high = NaN] = numbersOf(channel.find((node) => node.tag === tag.displayLimits));
  return high > low ? { low, high } : null;
}
