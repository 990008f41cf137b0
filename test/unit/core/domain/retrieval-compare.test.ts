import { expect, test } from 'vitest';
import { figuresOverCollection } from '../../../../main/core/domain/collection-bootstrap.ts';
import { compareFigures } from '../../../../main/core/domain/retrieval-compare.ts';
import { queryValues, retrievalFigures } from '../../../../main/core/domain/retrieval-metrics.ts';

const values = (...ranks: number[]) => queryValues({ ranks, patient: null });

test('a difference of pairs is found that the two intervals hide', () => {
  // Queries differ far more among themselves than the models do on each: 1/place from 1 to 1/40, each a little better.
  const pairs = Array.from({ length: 40 }, (_, index) => ({
    before: values(index + 2),
    after: values(index + 1),
    patient: `p${index}`,
  }));
  const mrr = compareFigures(pairs).find(({ figure }) => figure === 'mrr');
  const by = (first: (index: number) => number) =>
    pairs.reduce((sum, _, index) => sum + 1 / first(index), 0) / 40;
  expect(mrr?.before).toBeCloseTo(
    by((index) => index + 2),
    12,
  );
  expect(mrr?.difference?.value).toBeCloseTo(by((index) => index + 1) - by((index) => index + 2), 12);
  expect(mrr?.better).toBe('after');
  const alone = (shift: number) =>
    retrievalFigures(pairs.map((_, index) => ({ ranks: [index + shift], patient: `p${index}` }))).intervals
      .mrr;
  expect(alone(1)?.low).toBeLessThan(alone(2)?.high ?? 0);
});

test('no better one is named where nothing differs, and none with one patient', () => {
  const same = [1, 4, 9].map((rank) => ({ before: values(rank), after: values(rank), patient: `${rank}` }));
  expect(compareFigures(same).every(({ better }) => better === 'neither')).toBe(true);
  const one = same.map((pair) => ({ ...pair, after: values(1), patient: 'a' }));
  expect(
    compareFigures(one).every(({ difference, better }) => difference === null && better === 'neither'),
  ).toBe(true);
});

test('grades count in the gain: worked out by hand', () => {
  // Grades 3, 2 and 1 at the places 2, 1 and 4; scikit-learn's ndcg_score has the same gains and discounts.
  const { ndcg10 } = queryValues({ ranks: [1, 2, 4], grades: [2, 3, 1], patient: null });
  const at = (place: number) => 1 / Math.log2(place + 1);
  expect(ndcg10).toBeCloseTo((2 * at(1) + 3 * at(2) + at(4)) / (3 * at(1) + 2 * at(2) + at(3)), 12);
});

test('a list over a whole archive has the figures of its places, and whose pictures it holds makes the interval', () => {
  const grades = Float32Array.of(0, 1, 1, 0, 1, 0);
  const each = { patients: Int32Array.of(0, 1, 2, 3, 4, 5), grades };
  const figures = figuresOverCollection([each]);
  expect(figures.map).toBeCloseTo((1 / 2 + 2 / 3 + 3 / 5) / 3, 12);
  expect(figures.intervals.map?.low).toBeLessThan(figures.map);
  expect(figures.intervals.map?.high).toBeGreaterThan(figures.map);
  expect(figuresOverCollection([{ patients: new Int32Array(6), grades }]).intervals.map).toBeNull();
});
