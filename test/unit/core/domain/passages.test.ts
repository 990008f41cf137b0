import { expect, test } from 'vitest';
import { halve, passagesOf } from '../../../../main/core/domain/passages.ts';

const words = (text: string) =>
  passagesOf(text).map(({ start, length }) => text.slice(start, start + length));

test('short sentences stand together, long ones part', () => {
  expect(words('Heart normal. Lungs clear.')).toEqual(['Heart normal. Lungs clear.']);
  const long = `${'word '.repeat(30).trim()}.`;
  expect(words(`${long} ${long}\n\nShort end.`)).toEqual([long, `${long}\n\nShort end.`]);
  expect(words(' \n ')).toEqual([]);
});

test('no word is lost and none comes twice, whatever the text', () => {
  for (const text of [
    'A 3.5 mm nodule; none else',
    `${'x '.repeat(500)}`,
    'One\n\n\nTwo.  Three!\tFour?',
    'é'.repeat(90),
  ])
    expect(words(text).join(' ').split(/\s+/)).toEqual(text.trim().split(/\s+/));
});

test('a passage is halved between words, a word not at all', () => {
  const text = 'aa bb cc dd';
  const parts = halve(text, { start: 0, length: text.length }).map(({ start, length }) =>
    text.slice(start, start + length),
  );
  expect(parts.join(' ')).toBe(text);
  expect(parts.length).toBe(2);
  expect(halve('aaaa', { start: 0, length: 4 })).toEqual([{ start: 0, length: 4 }]);
});
