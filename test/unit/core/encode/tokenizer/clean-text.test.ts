import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { cleanText } from '../../../../../main/core/encode/tokenizer/clean-text.ts';

const fixture = join(import.meta.dirname, '../../../../fixtures/text/cleaned.json');
const pairs: readonly (readonly [text: string, cleaned: string])[] = JSON.parse(
  readFileSync(fixture, 'utf8'),
);

test('250 damaged texts are cleaned as ftfy and open_clip clean them', () => {
  const wrong = pairs.filter(([text, cleaned]) => cleanText(text, 'whitespace') !== cleaned);
  expect(wrong).toEqual([]);
});

test.each([
  ['curly quotes', 'Crohn’s “disease”', 'Crohn\'s "disease"'],
  ['mojibake', 'SjÃ¶gren mojibake â€™', "Sjögren mojibake '"],
  ['mojibake of mojibake', 'SjÃƒÂ¶gren', 'Sjögren'],
  ['Kannada read as Windows-1252', 'à²•', 'ಕ'],
  ['a no-break space that became a plain one', 'Ã la mode', 'à la mode'],
  ['text that only looks unusual', 'Ångström ± 5 µm, naïve', 'Ångström ± 5 µm, naïve'],
  ['references in plain text', '&lt;5 &micro;m &amp;amp; more', '<5 µm & more'],
  ['names in capitals', 'P&EACUTE;REZ', 'PÉREZ'],
  ['terminal colours and controls', 'a\x1b[31mred\x1b[0m\x07', 'ared'],
  ['C1 controls', 'a\x80b\x9fc', 'a€bŸc'],
  ['full-width forms', 'ＡＢＣ　１２３', 'ABC 123'],
  ['ligatures', 'ﬁbrosis', 'fibrosis'],
  ['white space', ' a\t\n b\u2003 ', 'a b'],
])('%s', (_what, text, cleaned) => {
  expect(cleanText(text, 'whitespace')).toBe(cleaned);
});

test('a line with markup keeps its references until open_clip unescapes them', () => {
  // ftfy would read &EACUTE; as É; a browser and Python's html.unescape know no such name.
  expect(cleanText('<b> &EACUTE;', 'whitespace')).toBe('<b> &EACUTE;');
});

test("'lower' also lower-cases and 'none' changes nothing", () => {
  expect(cleanText(' Chest  X-Ray’s ', 'lower')).toBe("chest x-ray's");
  expect(cleanText(' Chest  X-Ray’s ', 'none')).toBe(' Chest  X-Ray’s ');
});
