import { unescapeClosedHtml } from './html.ts';
import { fixC1, fixEncoding } from './mojibake.ts';

const ligatures: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};

const ligature = new RegExp(`[${Object.keys(ligatures).join('')}]`, 'g');
const otherWidth = /[\u3000\uff01-\uffef]/g;
const lineBreak = /\r\n|[\r\u2028\u2029\x85]/g;
// eslint-disable-next-line no-control-regex -- Control characters are what it is for.
const terminalEscape = /\x1b\[[\p{Nd};]*[a-zA-Z]/gu;
// eslint-disable-next-line no-control-regex -- Also here.
const invisible = /[\0-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g;

/** In this order, since some make what others remove. */
const steps: readonly ((text: string) => string)[] = [
  fixEncoding,
  fixC1,
  (text) => text.replace(ligature, (character) => ligatures[character] ?? character),
  (text) =>
    text.replace(otherWidth, (character) => (character === '\u3000' ? ' ' : character.normalize('NFKC'))),
  (text) => text.replace(/[\u201c-\u201f]/g, '"').replace(/[\u02bc\u2018-\u201b]/g, "'"),
  (text) => text.replace(lineBreak, '\n'),
  (text) => text.toWellFormed(),
  (text) => text.replace(terminalEscape, ''),
  (text) => text.replace(invisible, ''),
  (text) => text.normalize('NFC'),
];

/**
 * Text with its accidents undone: mojibake, HTML references, curly quotes, ligatures, full-width forms, line
 * breaks, control characters; in Unicode's composed form (NFC).
 *
 * @see ftfy 6.3 (Apache-2.0), fix_text with its default settings.
 */
export function fixText(text: string): string {
  // A line that holds '<' may be HTML, in which references are meant: from it on they are kept.
  let unescape = true;
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      if (line.includes('<')) unescape = false;
      return fixLine(line, unescape);
    })
    .join('');
}

function fixLine(line: string, unescape: boolean): string {
  let before: string;
  let fixed = line;
  do {
    before = fixed;
    fixed = steps.reduce((text, step) => step(text), unescape ? unescapeClosedHtml(before) : before);
  } while (fixed !== before);
  return fixed;
}
