import { embeddedUtf8, isBad } from './badness.ts';
import { charmaps, windows1252Of, type Charmap } from './charmaps.ts';

// Bytes are written as strings of characters U+0000 to U+00FF, so that regular expressions read them.

/** UTF-8 in which a no-break space's byte became a plain space. */
const alteredSpace =
  /[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf][\x80-\xbf]|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf][\x80-\xbf] /g;
/** 'Ã ' as a word is 'à ', but for the Portuguese words that are written together with it. */
const aGraveWord = /\xc3 (?! |quele|quela|quilo|s )/g;
/** UTF-8 some of whose bytes were lost. */
const lossySequence =
  // eslint-disable-next-line no-control-regex -- Byte 0x1a stands for what was lost.
  /[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]|\x1a/g;
/** A surrogate pair, each half as three bytes, and Java's zero in two. */
const pairOrZero = /\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xc0\x80/g;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const c1 = /[\x80-\x9f]/g;

/**
 * Undoes UTF-8 that was read in a single-byte encoding ('SjÃ¶gren'), again and again while something is found.
 *
 * @see ftfy 6.3 (Apache-2.0), fix_encoding_and_explain and what it calls.
 */
export function fixEncoding(text: string): string {
  let before: string;
  let fixed = text;
  do {
    before = fixed;
    fixed = fixOnce(before);
  } while (fixed !== before);
  return fixed;
}

function fixOnce(text: string): string {
  if (!isBad(text)) return text;
  for (const charmap of charmaps) {
    const bytes = charmap.encode(text);
    const fixed = bytes === undefined ? undefined : decodeUtf8(repaired(bytes, charmap));
    if (fixed !== undefined) return fixed;
  }
  const embedded = text.replace(embeddedUtf8, (part) =>
    // Shorter than the whole, or this would go round for ever.
    part.length < text.length && isBad(part) ? fixEncoding(part) : part,
  );
  return embedded === text ? fixC1(text) : embedded;
}

/** Controls U+0080 to U+009F as the characters that Windows-1252 has there, as browsers read them. */
export function fixC1(text: string): string {
  return text.replace(c1, windows1252Of);
}

function repaired(bytes: string, charmap: Charmap): string {
  let result = bytes;
  // Not in MacRoman, where it would match an en dash and a space.
  if (charmap.name !== 'macroman') {
    result = result
      .replace(aGraveWord, '\xc3\xa0 ')
      .replace(alteredSpace, (sequence) => sequence.replace(' ', '\xa0'));
  }
  return charmap.lossy ? result.replace(lossySequence, '\xef\xbf\xbd') : result;
}

function decodeUtf8(bytes: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(bytes.replace(pairOrZero, wellFormed), 'latin1'));
  } catch {
    return undefined; // It was not UTF-8: this is not the encoding in which it was misread.
  }
}

function wellFormed(sequence: string): string {
  if (sequence.length === 2) return '\0';
  const [, second = 0, third = 0, , fifth = 0, sixth = 0] = Buffer.from(sequence, 'latin1');
  const offset = ((second & 0x0f) << 16) | ((third & 0x3f) << 10) | ((fifth & 0x0f) << 6) | (sixth & 0x3f);
  return Buffer.from(String.fromCodePoint(0x10000 + offset), 'utf8').toString('latin1');
}
