import { expect, test } from 'vitest';
import type { Condition, Filter, Operator } from '../../../../main/core/domain/filter.ts';
import { parseExpression } from '../../../../main/core/domain/filter-parser.ts';

const is = (name: string, operator: Operator, value: string): Condition => ({
  ...{ is: 'condition', name, operator, value },
});
const and = (...parts: Filter[]): Filter => ({ is: 'and', parts });
const or = (...parts: Filter[]): Filter => ({ is: 'or', parts });
const not = (part: Filter): Filter => ({ is: 'not', part });

test.each<[string, Filter]>([
  // The simple form.
  ['modality=CT', is('modality', '=', 'CT')],
  [' modality != CT ', is('modality', '!=', 'CT')],
  ['age>60', is('age', '>', '60')],
  ['age >= 60', is('age', '>=', '60')],
  ['caption~left lung', is('caption', '~', 'left lung')],
  ['Slice Thickness<5', is('Slice Thickness', '<', '5')],
  ['stain=', is('stain', '=', '')],
  ['stain!=', is('stain', '!=', '')],
  ['größe=1', is('größe', '=', '1')],
  // Values that look like more.
  ['path=black and white.png', is('path', '=', 'black and white.png')],
  ['path~scan (2).png', is('path', '~', 'scan (2).png')],
  ['caption="a and b=c"', is('caption', '=', 'a and b=c')],
  [String.raw`caption="say \"no\" \\"`, is('caption', '=', String.raw`say "no" \ `.trim())],
  ['tag=and', is('tag', '=', 'and')],
  ['not=1', is('not', '=', '1')],
  ['added>2024-05-01', is('added', '>', '2024-05-01')],
  // Joined.
  ['a=1 and b=2 or c=3', or(and(is('a', '=', '1'), is('b', '=', '2')), is('c', '=', '3'))],
  ['a=1 AND (b=2 OR c=3)', and(is('a', '=', '1'), or(is('b', '=', '2'), is('c', '=', '3')))],
  ['not a=1 and b=2', and(not(is('a', '=', '1')), is('b', '=', '2'))],
  ['not (a=1 or not b~x y)', not(or(is('a', '=', '1'), not(is('b', '~', 'x y'))))],
  ['a=x (y) and b=z', and(is('a', '=', 'x (y)'), is('b', '=', 'z'))],
  ['a=1) and b=2', and(is('a', '=', '1)'), is('b', '=', '2'))],
  ['(a=x (y))', is('a', '=', 'x (y)')],
  ['stain= and a=1', and(is('stain', '=', ''), is('a', '=', '1'))],
  ['age=20..40', and(is('age', '>=', '20'), is('age', '<=', '40'))],
  ['code="20..40"', is('code', '=', '20..40')],
  ['age=-1.5 .. 2', and(is('age', '>=', '-1.5'), is('age', '<=', '2'))],
  ['modality in (CT, "M,R")', or(is('modality', '=', 'CT'), is('modality', '=', 'M,R'))],
  ['modality in (CT) and a=1', and(or(is('modality', '=', 'CT')), is('a', '=', '1'))],
])('reads %s', (expression, filter) => {
  expect(parseExpression(expression)).toEqual(filter);
});

test.each([
  ['', 0],
  ['CT', 2],
  ['modality', 8],
  ['=CT', 0],
  ['age>old', 4],
  ['age>', 4],
  ['a=1 and', 7],
  ['(a=1', 4],
  ['caption="open', 8],
  ['modality in (CT', 15],
  ['modality in ()', 13],
  ['a=1 and (b=2 or )', 16],
  [`${'('.repeat(60)}a=1`, 51],
])('refuses %j and points at character %d', (expression, at) => {
  let thrown: unknown;
  try {
    parseExpression(expression);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'filter.invalid', details: { expression, at } });
});
