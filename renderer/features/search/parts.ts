import type { Chip } from '../../../preload/contract/search.ts';
import type { ItemId, RegionId } from '../../../preload/contract/ids.ts';

interface Common {
  /** Tells parts apart on screen; no meaning to the core. */
  readonly key: number;
  /** 0.1 to 2. */
  readonly weight: number;
  /** "Must not": its weight counts negative. */
  readonly minus: boolean;
}

export type Part = Common &
  (
    | { readonly type: 'text'; readonly text: string }
    /** A picture; or what was learned from examples, which has none to show. */
    | {
        readonly type: 'image';
        readonly imageId: string;
        readonly name: string;
        readonly thumb: string | null;
      }
    | { readonly type: 'item'; readonly itemId: ItemId; readonly name: string; readonly thumb: string | null }
    /** Of a query that was kept; this window makes none. */
    | { readonly type: 'region'; readonly regionId: RegionId; readonly name: string; readonly thumb: null }
  );

export type NewPart =
  | { readonly type: 'text'; readonly text: string; readonly minus?: boolean; readonly weight?: number }
  | { readonly type: 'image'; readonly imageId: string; readonly name: string; readonly thumb: string }
  | { readonly type: 'item'; readonly itemId: ItemId; readonly name: string; readonly thumb: string | null };

/** What it may be called outside of this window: a file's name may be a person's. */
export const wordsOf = (part: Part): string =>
  part.type === 'text' ? part.text : part.type === 'item' ? `item ${part.itemId}` : 'a picture';

export type Subject = 'words' | 'picture' | 'region' | 'examples' | 'query';

/** What is asked, in a word: what its background was asked with too. */
export function subjectOf(parts: readonly Part[]): Subject {
  if (parts.every(({ type }) => type === 'text')) return 'words';
  const [only, ...more] = parts;
  if (!only || more.length > 0) return 'query';
  if (only.type === 'region') return 'region';
  return only.type === 'image' && only.thumb === null ? 'examples' : 'picture';
}

export const MAX_WEIGHT = 2;
export const MIN_WEIGHT = 0.1;

export const nameOf = (part: Part): string => (part.type === 'text' ? part.text : part.name);

export function clampWeight(weight: number): number {
  return Math.round(Math.max(MIN_WEIGHT, Math.min(MAX_WEIGHT, weight)) * 10) / 10;
}

const STEP = 0.1;

/** The weight one step up or down from −2 to 2: below the smallest a part becomes a must-not. Zero says nothing. */
export function stepped(
  { weight, minus }: Pick<Part, 'weight' | 'minus'>,
  by: 1 | -1,
): { readonly weight: number; readonly minus: boolean } {
  const signed = (minus ? -weight : weight) + by * STEP;
  const next = Math.abs(signed) < MIN_WEIGHT / 2 ? by * MIN_WEIGHT : signed;
  return { weight: clampWeight(Math.abs(next)), minus: next < 0 };
}

export function chipOf(part: Part): Chip {
  const weight = part.minus ? -part.weight : part.weight;
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, weight };
    case 'image':
      return { type: 'image', imageId: part.imageId, weight };
    case 'item':
      return { type: 'item', itemId: part.itemId, weight };
    case 'region':
      return { type: 'region', regionId: part.regionId, weight };
  }
}
