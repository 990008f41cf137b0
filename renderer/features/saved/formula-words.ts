/** A formula's sum, and what is noted after it: which abbreviations were written out. */
const parts = /^q = n\((.*?)\)(; .+ = .+ \(abbreviations .+\))?$/su;
/** A sum of one wanted text, which a long one ends without its second quote. */
const oneText = /^1\.0·"(.*?)"?$/su;

/** What a formula asks, as short as it can be said: the words alone where there is nothing else, else its sum. */
export function askedIn(formula: string): string {
  const [, sum = formula, note = ''] = parts.exec(formula) ?? [];
  const [, words = sum] = sum.includes('" + ') || sum.includes('" − ') ? [] : (oneText.exec(sum) ?? []);
  return words.replace(/^1\.0·/u, '') + note;
}
