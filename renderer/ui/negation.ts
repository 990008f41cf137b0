export interface Negation {
  /** As typed: `without necrosis`. */
  readonly phrase: string;
  /** What is negated: `necrosis`. */
  readonly what: string;
  /** What is left when the phrase is taken out. */
  readonly rest: string;
}

const negation = /(?:^|\s)((?:without|no|absent|absence of|lacking|free of|negative for)\s+([^,;.]+))/i;

/** A negation in typed words, which dual encoders read almost like its opposite. */
export function findNegation(text: string): Negation | undefined {
  const [whole, phrase, what] = negation.exec(text) ?? [];
  if (!whole || !phrase || !what) return undefined;
  const rest = text
    .replace(whole, ' ')
    .replace(/\s+/g, ' ')
    .replace(/\s*([,;])(?:\s*[,;])+/g, '$1')
    .replace(/[\s,;]+$/, '')
    .trim();
  return { phrase: phrase.trim(), what: what.trim(), rest };
}
