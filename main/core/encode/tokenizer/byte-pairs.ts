import { lowerCase, splitter } from './wordpiece.ts';
import type { Pieces } from './tokenizer.ts';

const wordPattern = /'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\p{White_Space}\p{L}\p{N}]+/gu;
const wordEnd = '</w>';
const startToken = '<|startoftext|>';
const endToken = '<|endoftext|>';

/**
 * CLIP's byte-pair tokenizer: lower-cased text to words, their UTF-8 bytes joined by the merges in order.
 *
 * @param vocabulary - `vocab.json`: token to id.
 * @param merges - `merges.txt`: one pair a line, the first to be joined first.
 * @throws Error when the vocabulary lacks the start and end tokens.
 * @see openai/CLIP simple_tokenizer.py; Hugging Face's CLIPTokenizer.
 */
export function bytePairTokenizer(vocabulary: Readonly<Record<string, number>>, merges: string): Pieces {
  const ids = new Map(Object.entries(vocabulary));
  const start = ids.get(startToken);
  const end = ids.get(endToken);
  if (start === undefined || end === undefined)
    throw new Error(`the vocabulary has no ${startToken} or ${endToken}`);
  const special = new Map([
    [startToken, start],
    [endToken, end],
  ]);
  const split = splitter([...special.keys()]);
  const ranks = readMerges(merges);
  const known = new Map<string, readonly number[]>();

  function* words(text: string): Generator<readonly number[]> {
    for (const part of split(text)) {
      const id = special.get(part);
      if (id !== undefined) yield [id];
      else for (const blank of lowerCase(part.normalize('NFC')).split(/\p{White_Space}+/u)) yield* run(blank);
    }
  }

  /** The tokens of a run without white space, which people call a word. */
  function* run(text: string): Generator<readonly number[]> {
    const found = text.match(wordPattern);
    if (found) yield found.flatMap((word) => [...wordIds(word)]);
  }

  function wordIds(word: string): readonly number[] {
    const seen = known.get(word);
    if (seen) return seen;
    const found = join(byteLetters(word), ranks).map((piece) => ids.get(piece) ?? (end as number));
    if (known.size < 10_000) known.set(word, found);
    return found;
  }

  return { before: [start], after: [end], words };
}

function readMerges(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#version'));
  return new Map(lines.map((line, rank) => [line.trim(), rank]));
}

/** A word as one letter per byte of its UTF-8, the last one marked as the end of a word. */
function byteLetters(word: string): string[] {
  const letters = Array.from(Buffer.from(word, 'utf8'), (byte) => letterOfByte[byte] as string);
  const last = letters.pop();
  return last === undefined ? [] : [...letters, last + wordEnd];
}

/** Joins the pair that comes first in the merges, everywhere, until no neighbours are a pair. */
function join(letters: readonly string[], ranks: ReadonlyMap<string, number>): readonly string[] {
  let parts = letters;
  while (parts.length > 1) {
    let best = Infinity;
    for (let at = 0; at + 1 < parts.length; at += 1) {
      best = Math.min(best, ranks.get(`${parts[at]} ${parts[at + 1]}`) ?? Infinity);
    }
    if (best === Infinity) break;
    const joined: string[] = [];
    for (let at = 0; at < parts.length; at += 1) {
      const isBest = ranks.get(`${parts[at]} ${parts[at + 1]}`) === best;
      joined.push(isBest ? `${parts[at]}${parts[at + 1]}` : (parts[at] as string));
      if (isBest) at += 1;
    }
    parts = joined;
  }
  return parts;
}

/** Each byte as a printable letter: itself where it is one in Latin-1, else one from U+0100 on. */
const letterOfByte: readonly string[] = (() => {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : 0x100 + others++),
  );
})();
