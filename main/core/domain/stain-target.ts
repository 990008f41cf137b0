import { createHash } from 'node:crypto';
import { referenceStain, STAIN_METHOD, type StainProfile } from './stain.ts';

/** Of what `slide_stain` and the names keep of a number: finer than the method can tell. */
const DIGITS = 6;

/** A profile as it is stored and named: rounded, so that the same slide gives the same name on every machine. */
export function roundedProfile({ haematoxylin, eosin, most }: StainProfile): StainProfile {
  const round = (value: number) => Number(value.toFixed(DIGITS));
  const vector = ([red, green, blue]: StainProfile['eosin']) =>
    [round(red), round(green), round(blue)] as const;
  return {
    haematoxylin: vector(haematoxylin),
    eosin: vector(eosin),
    most: [round(most[0]), round(most[1])],
  };
}

/** The name of a target taken from a slide: `macenko-` and the head of its hash. */
export const stainName = (profile: StainProfile): string => `macenko-${hashOf(profile).slice(0, 8)}`;

/** Everything that the colours of a prepared tile depend on beside the slide itself; part of a vector's identity. */
export const stainIdentity = (target: StainProfile): string => `${STAIN_METHOD} ${hashOf(target)}`;

export const publishedStain: { readonly name: 'macenko'; readonly profile: StainProfile } = {
  name: 'macenko',
  profile: referenceStain,
};

function hashOf({ haematoxylin, eosin, most }: StainProfile): string {
  return createHash('sha256')
    .update(JSON.stringify([haematoxylin, eosin, most]))
    .digest('hex');
}

/**
 * Names the space of vectors made of prepared tiles, or pooled another way: the base model's identity with both.
 *
 * @param stain - what {@link stainIdentity} gives; null for tiles as they are.
 * @param pooling - a pooling's name; those of weights name their content.
 * @returns SHA-256, lower-case hex.
 */
export function variantIdentity(base: string, stain: string | null, pooling: string): string {
  return createHash('sha256').update(JSON.stringify({ base, stain, pooling })).digest('hex');
}
