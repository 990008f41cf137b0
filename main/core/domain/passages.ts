/** Where a passage stands in a text, in UTF-16 units. */
export interface Passage {
  readonly start: number;
  readonly length: number;
}

/** About what the shortest context of a text tower (77 tokens) holds; a passage is about one thing. */
const MOST_WORDS = 40;

/**
 * A text in passages: sentences one after the other while they have at most forty words together. A longer sentence is a
 * passage of its own; whoever reads it may have to {@link halve} it.
 */
export function passagesOf(text: string): Passage[] {
  const passages: Passage[] = [];
  let start = -1;
  let end = 0;
  let words = 0;
  const close = () => {
    if (start >= 0) passages.push({ start, length: end - start });
    start = -1;
    words = 0;
  };
  for (const match of text.matchAll(/\S[\s\S]*?(?:[.!?;](?=\s)|\n\s*|$)/g)) {
    const sentence = match[0].trimEnd();
    if (sentence === '') continue;
    const count = sentence.split(/\s+/).length;
    if (words + count > MOST_WORDS) close();
    if (start < 0) start = match.index;
    end = match.index + sentence.length;
    words += count;
  }
  close();
  return passages;
}

/** Both halves of a passage, apart at the blank nearest its middle; itself where it is one word. */
export function halve(text: string, { start, length }: Passage): Passage[] {
  const middle = length / 2;
  const blanks = [...text.slice(start, start + length).matchAll(/\s+/g)];
  const [nearest] = blanks.sort((a, b) => Math.abs(a.index - middle) - Math.abs(b.index - middle));
  if (!nearest) return [{ start, length }];
  const after = nearest.index + nearest[0].length;
  return [
    { start, length: nearest.index },
    { start: start + after, length: length - after },
  ];
}
