/** Words that say nothing of what a picture shows; a query is not judged by them. */
const PLAIN = new Set(
  `a an the this that these those it its and or not no without with of in on at to from for by as is are was were be
  any some all only very more most like similar find show shows showing seen image images picture pictures photo photos
  photograph view scan slide figure`.split(/\s+/),
);

/** Shorter words are compared whole. */
const SHORTEST_STEM = 5;
/** At the end of a word that much may differ: nodule and nodular, lymphocyte and lymphocytic. */
const LONGEST_ENDING = 3;

export interface WordCheck {
  /** As they were written, once each, in order. */
  readonly unlearned: readonly string[];
  /** Whether they are half of the words that say something, or more: what the rest finds is not what was asked. */
  readonly isMost: boolean;
}

/**
 * Which words of a query a model never met in training. To a small model such words are noise: it ranks the archive
 * by them all the same, and some item always comes first.
 *
 * @param texts - parts of a query that it looks for.
 * @param learned - lower-case words of the texts that the model was trained on; null where nobody knows: then none is
 *   called unlearned.
 */
export function checkWords(texts: readonly string[], learned: ReadonlySet<string> | null): WordCheck {
  if (!learned) return { unlearned: [], isMost: false };
  const words = texts
    .flatMap((text) => text.match(/\p{L}[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !PLAIN.has(word.toLowerCase()));
  const unlearned = words.filter((word) => !isLearned(word.toLowerCase(), learned));
  return {
    unlearned: [...new Set(unlearned)],
    isMost: unlearned.length > 0 && 2 * unlearned.length >= words.length,
  };
}

function isLearned(word: string, learned: ReadonlySet<string>): boolean {
  if (learned.has(word) || learned.has(word.replace(/s$/, '')) || learned.has(`${word}s`)) return true;
  for (const known of learned) {
    const stem = Math.max(SHORTEST_STEM, Math.min(word.length, known.length) - LONGEST_ENDING);
    if (
      known.length >= stem &&
      word.startsWith(known.slice(0, stem)) &&
      word.length - stem <= 2 * LONGEST_ENDING
    )
      return true;
  }
  return false;
}
