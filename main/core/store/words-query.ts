const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/**
 * Words as full text search wants them, one query each: in quotes, so that nothing in them is an operator, and matching
 * longer words that begin so.
 */
export const wordsQuery = (text: string): string[] => wordsOf(text).map((word) => `"${word}" *`);

/** A word that an answer is ranked by. */
export interface RankedWord {
  /** As it was written. */
  readonly word: string;
  readonly query: string;
}

/** Words that hold a sentence together and say nothing about a picture: half of all captions have them. */
const functionWords = new Set(
  'a an and are as at be by for from in into is it its of on or that the their there these this to was were with'.split(
    ' ',
  ),
);
/** Shorter words must be found as they are: too many others begin so. */
const SHORTEST_BEGINNING = 4;
const MOST_WORDS = 32;

/** The different words of a query for {@link RankedWord ranking}, in order; none of them has to be found. */
export function rankedWords(text: string): RankedWord[] {
  const found = new Map<string, RankedWord>();
  for (const word of wordsOf(text)) {
    const key = word.toLowerCase();
    if (functionWords.has(key) || found.has(key)) continue;
    found.set(key, { word, query: word.length < SHORTEST_BEGINNING ? `"${word}"` : `"${word}" *` });
  }
  return [...found.values()].slice(0, MOST_WORDS);
}
