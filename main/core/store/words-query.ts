/**
 * Words as full text search wants them, one query each: in quotes, so that nothing in them is an operator, and matching
 * longer words that begin so.
 */
export const wordsQuery = (text: string): string[] =>
  (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => `"${word}" *`);
