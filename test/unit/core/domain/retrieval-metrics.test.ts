import { expect, test } from 'vitest';
import { retrievalFigures } from '../../../../main/core/domain/retrieval-metrics.ts';

const query = (...ranks: number[]) => ({ ranks, patient: null });

test('figures of a few queries, worked out by hand', () => {
  const figures = retrievalFigures([query(1), query(3), query(2, 4), query(60)], 10);
  expect(figures.n).toBe(4);
  expect(figures.mrr).toBeCloseTo((1 + 1 / 3 + 1 / 2 + 1 / 60) / 4, 12);
  expect(figures.recall).toEqual({ 1: 0.25, 5: 0.75, 10: 0.75, 50: 0.75 });
  expect(figures.map).toBeCloseTo((1 + 1 / 3 + (1 / 2 + 2 / 4) / 2 + 1 / 60) / 4, 12);
  const third = (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3));
  expect(figures.ndcg10).toBeCloseTo((1 + 0.5 + third + 0) / 4, 12);
});

test('intervals hold the value and widen when pictures of one patient stand together', () => {
  const ranks = Array.from({ length: 60 }, (_, index) => (index % 12 < 6 ? 1 : 20));
  const apart = retrievalFigures(ranks.map((rank) => query(rank)));
  const together = retrievalFigures(
    ranks.map((rank, index) => ({ ranks: [rank], patient: `p${Math.floor(index / 6)}` })),
  );
  const width = ({ intervals }: typeof apart) => (intervals.mrr?.high ?? 0) - (intervals.mrr?.low ?? 0);
  expect(together.mrr).toBe(apart.mrr);
  expect(width(together)).toBeGreaterThan(1.5 * width(apart));
  expect(apart.intervals.mrr?.low).toBeLessThan(apart.mrr);
});

test('one patient says nothing about others, and no query nothing at all', () => {
  expect(retrievalFigures([{ ranks: [1], patient: 'a' }]).intervals.mrr).toBeNull();
  expect(retrievalFigures([])).toMatchObject({ n: 0, mrr: 0 });
});
