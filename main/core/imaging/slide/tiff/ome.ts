import { usualColour } from '../composite.ts';

/** What OME-XML says of the first image, as far as showing it needs. */
export interface OmeFacts {
  readonly mppX: number | null;
  readonly mppY: number | null;
  readonly objectivePower: number | null;
  readonly channels: readonly OmeChannel[];
  readonly sizeZ: number;
  readonly sizeC: number;
  readonly dimensionOrder: string;
}

export interface OmeChannel {
  readonly samples: number;
  /** RGB, 0 to 255. */
  readonly colour: readonly [number, number, number];
}

const micrometres: Readonly<Record<string, number>> = {
  µm: 1,
  μm: 1,
  um: 1,
  nm: 1e-3,
  mm: 1e3,
  cm: 1e4,
  m: 1e6,
};

/**
 * Reads the few attributes needed from OME-XML (OME model 2016-06: Image, Pixels, Channel, Objective). A scanner for
 * attributes, not an XML parser: entities are never expanded, and only numbers are taken.
 *
 * @returns null where the text is no OME-XML.
 */
export function omeFacts(description: string): OmeFacts | null {
  if (!/<(?:\w+:)?OME[\s>]/.test(description)) return null;
  const pixels = /<(?:\w+:)?Pixels\b([^>]*)>([\s\S]*?)(?:<\/(?:\w+:)?Pixels>|$)/.exec(description);
  if (!pixels) return null;
  const attributes = attributesOf(pixels[1] ?? '');
  const size = (axis: 'X' | 'Y') => {
    const value = Number(attributes.get(`PhysicalSize${axis}`));
    const unit = micrometres[attributes.get(`PhysicalSize${axis}Unit`) ?? 'µm'];
    return value > 0 && Number.isFinite(value) && unit !== undefined ? value * unit : null;
  };
  const objective = /<(?:\w+:)?Objective\b([^>]*)>/.exec(description);
  const power = Number(attributesOf(objective?.[1] ?? '').get('NominalMagnification'));
  const channels = [...(pixels[2] ?? '').matchAll(/<(?:\w+:)?Channel\b([^>]*)>/g)].map(([, text], index) => {
    const channel = attributesOf(text ?? '');
    const colour = channel.has('Color') ? unpackColour(Number(channel.get('Color'))) : undefined;
    const samples = Number(channel.get('SamplesPerPixel') ?? 1);
    return {
      samples: samples > 0 ? samples : 1,
      colour: colour ?? usualColour(index),
    } as const;
  });
  const count = (name: string) => Math.max(1, Math.trunc(Number(attributes.get(name) ?? 1)) || 1);
  return {
    mppX: size('X'),
    mppY: size('Y'),
    objectivePower: power > 0 && Number.isFinite(power) ? power : null,
    channels,
    sizeZ: count('SizeZ'),
    sizeC: count('SizeC'),
    dimensionOrder: attributes.get('DimensionOrder') ?? 'XYCZT',
  };
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([\w:]+)\s*=\s*"([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** A signed 32-bit RGBA; white and black say nothing about a stain and leave the usual colour. */
function unpackColour(packed: number): readonly [number, number, number] | undefined {
  if (!Number.isInteger(packed)) return undefined;
  const rgba = packed >>> 0;
  const colour = [rgba >>> 24, (rgba >>> 16) & 255, (rgba >>> 8) & 255] as const;
  return colour.every((value) => value === 0) ? undefined : colour;
}

/** Index of the page of a channel in the first plane of focus and time (DimensionOrder). */
export function omePage({ dimensionOrder, sizeZ }: OmeFacts, channel: number): number {
  return dimensionOrder.indexOf('C') < dimensionOrder.indexOf('Z') ? channel : channel * sizeZ;
}
