import type { Hit, SearchAnswer } from '../../../preload/contract/search.ts';
import { cosine, count } from '../../ui/format.ts';

type Summary = Pick<SearchAnswer, 'standOut' | 'total' | 'match'>;
type Histogram = SearchAnswer['background']['histogram'];

export function headline({ standOut, total, match }: Summary): {
  readonly title: string;
  readonly text: string;
} {
  if (standOut > 0) {
    return {
      title: `${count(standOut)} ${standOut === 1 ? 'stands' : 'stand'} out of ${count(total)}`,
      text:
        match === 'both'
          ? 'By meaning; the order is of both lists.'
          : standOut < total
            ? 'The rest are shown below the line.'
            : 'Every item is above the line.',
    };
  }
  return {
    title: 'Nothing stands out',
    text: `${count(total)} items searched. None is clearly closer than chance.`,
  };
}

/** Why a hit is where it is, in words; undefined where only meaning was asked. */
export function reason({ why }: Hit): string | undefined {
  if (!why) return undefined;
  const { meaningRank, wordsRank, found } = why;
  const byMeaning = meaningRank === null ? '' : `Place ${count(meaningRank)} by meaning`;
  const has = found.map((word) => `“${word}”`).join(', ');
  const byWords = wordsRank === null ? '' : `place ${count(wordsRank)} by words: has ${has}`;
  const text = [byMeaning, byWords].filter((part) => part !== '').join(', ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the numbers of a hit say, for who points at them. */
export function placeWords(hit: Hit): string {
  const side = hit.lift < 0 ? 'below' : 'above';
  const numbers = `${Math.abs(hit.lift).toFixed(1)} spreads ${side} random items, cosine ${cosine(hit.similarity)}`;
  const why = reason(hit);
  return why ? `${why}. ${numbers}` : numbers;
}

export interface Bar {
  readonly key: string;
  readonly kind: 'bg' | 'hit';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The two histograms as bars: the background over the whole width, results only above the line.
 *
 * Results are drawn on a scale of their own (square root, at most half the height): a dozen hits beside two thousand
 * background items would otherwise be invisible.
 */
export function bars(histogram: Histogram, line: number, widthPx: number, heightPx: number): Bar[] {
  const { from, to, background, results } = histogram;
  const bins = Math.max(background.length, results.length, 1);
  const step = widthPx / bins;
  const width = Math.max(1, step - Math.min(2, step * 0.2));
  const highest = Math.max(1, ...background);
  const above = results.map((value, bin) => (from + ((bin + 1) / bins) * (to - from) > line ? value : 0));
  const most = Math.max(1, ...above);
  const bar = (kind: Bar['kind'], bin: number, height: number): Bar => ({
    key: `${kind}${bin}`,
    kind,
    x: bin * step,
    y: heightPx - height,
    width,
    height,
  });
  return [
    ...background.flatMap((value, bin) =>
      value > 0 ? [bar('bg', bin, Math.max(1.5, (value / highest) * heightPx))] : [],
    ),
    ...above.flatMap((value, bin) =>
      value > 0 ? [bar('hit', bin, Math.max(3, Math.sqrt(value / most) * heightPx * 0.5))] : [],
    ),
  ];
}

/** Share of the strength bar: seven spreads above the background fill it. */
export const strength = (lift: number): number => Math.max(0, Math.min(1, lift / 7));
