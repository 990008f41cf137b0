import { expect, test } from 'vitest';
import {
  type ChangeFacts,
  type Standing,
  whyGone,
  whyNew,
} from '../../../../main/core/domain/saved-changes.ts';

const standing = (place: number, similarity: number, above: boolean): Standing => ({
  ...{ place, similarity, above, lift: 0 },
});
const item: NonNullable<ChangeFacts['item']> = {
  addedAt: '2026-01-01',
  scoreThen: 0.4,
  scoreNow: 0.4,
  isLate: false,
  unmet: [],
  rival: null,
};
/** Above the line both times, as far as anybody knows. */
const plain: ChangeFacts = {
  savedAt: '2026-02-01',
  line: { then: { spreads: 3, similarity: 0.3 }, now: { spreads: 3, similarity: 0.3 } },
  sameQuery: true,
  dictionary: { then: '1+0', now: '1+0' },
  byMeaning: true,
  isCut: { then: false, now: false },
  kept: 5000,
  hasApart: false,
  where: [],
  then: standing(3, 0.4, true),
  now: null,
  item,
  isReplaced: false,
};
const higherLine = { then: plain.line.then, now: { spreads: 4, similarity: 0.45 } };

test.each<[string, Partial<ChangeFacts>, RegExp]>([
  ['replaced', { item: null, isReplaced: true }, /other content/],
  ['removed', { item: null }, /No longer in the archive/],
  ['filter', { where: ['a=1', 'tag=odd'], item: { ...item, unmet: [1] } }, /any more: tag=odd$/],
  ['no-vector', { item: { ...item, scoreNow: null } }, /no vector/],
  [
    'line',
    { line: higherLine },
    /0\.400 as before; the line went from 3\.0 to 4\.0 spreads \(0\.300, now 0\.450\)/,
  ],
  [
    'line',
    { line: { then: plain.line.then, now: { spreads: 3, similarity: 0.45 } } },
    /the line is still 3\.0 spreads, but the query scores random items otherwise/,
  ],
  ['score', { item: { ...item, scoreNow: 0.2 } }, /from 0\.400 to 0\.200/],
  [
    'query',
    { line: higherLine, sameQuery: false, dictionary: { then: '1+0', now: '1+1' } },
    /dictionary 1\+0, now 1\+1/,
  ],
  ['query', { line: higherLine, sameQuery: false }, /own vector/],
  ['group', { item: { ...item, rival: 12 } }, /Item 12/],
  ['depth', { isCut: { then: false, now: true } }, /5000/],
  ['apart', { hasApart: true }, /share/],
  ['rank', { byMeaning: false, now: standing(9, 0.4, false) }, /place 4 then, place 10 now/],
  ['unknown', {}, /Nothing that is stored/],
])('gone: %s', (reason, facts, words) => {
  const change = whyGone({ ...plain, ...facts });
  expect(change.reason).toBe(reason);
  expect(change.why).toMatch(words);
});

test.each<[string, Partial<ChangeFacts>, RegExp]>([
  ['imported', { item: { ...item, addedAt: '2026-02-03T10:00:00Z' } }, /Imported on 2026-02-03\./],
  ['replaced', { isReplaced: true }, /other content than then/],
  ['read', { item: { ...item, scoreThen: null, isLate: true } }, /read it since/],
  [
    'line',
    { line: { then: higherLine.now, now: higherLine.then } },
    /0\.400 as before; the line went from 4\.0 to 3\.0/,
  ],
  ['score', { item: { ...item, scoreThen: 0.1 } }, /from 0\.100 to 0\.400/],
  ['score', { then: standing(150, 0.2, false) }, /from 0\.200 to 0\.400/],
  ['query', { item: { ...item, scoreThen: 0.1 }, sameQuery: false }, /own vector/],
  ['group', { item: { ...item, rival: 12 } }, /Item 12, of the same group, came first then/],
  ['depth', { isCut: { then: true, now: false } }, /below the first 5000/],
  ['filter', { where: ['tag=odd'] }, /Fits now and did not then: tag=odd/],
  ['apart', { where: ['tag=odd'], hasApart: true }, /share/],
  ['rank', { byMeaning: false, now: standing(0, 0.4, true) }, /no place then, place 1 now/],
  ['unknown', {}, /Nothing that is stored/],
])('new: %s', (reason, facts, words) => {
  const change = whyNew({ ...plain, then: null, now: standing(1, 0.4, true), ...facts });
  expect(change.reason).toBe(reason);
  expect(change.why).toMatch(words);
});

test('what came after the line moved is told by when it came', () => {
  const late = { ...item, addedAt: '2026-03-01', scoreThen: null, isLate: true };
  expect(whyNew({ ...plain, then: null, item: late, line: higherLine }).reason).toBe('imported');
});
