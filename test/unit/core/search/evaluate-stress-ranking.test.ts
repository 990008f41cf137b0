import { expect, test } from 'vitest';
import { sampleIds } from '../../../../main/core/domain/ranking.ts';
import { rowsToRank } from '../../../../main/core/search/evaluation/evaluate-stress-ranking.ts';

/** Items 1 to `items`, each with so many regions. */
function archiveOf(items: number, regionsEach: number) {
  const itemIds = Array.from({ length: items }, (_, index) => index + 1);
  const regions = itemIds.flatMap((itemId, place) =>
    Array.from({ length: regionsEach }, (_, index) => ({ regionId: itemId * 1000 + index, place })),
  );
  return { itemIds, regions };
}

test('ranks everything where there is room', () => {
  const all = archiveOf(10, 2);
  expect(rowsToRank(all, [3], 20)).toEqual(all);
});

test('keeps within its rows, with all that are asked about and the tiles that were drawn first', () => {
  const asked = [2, 5, 7];
  const { itemIds, regions } = rowsToRank(archiveOf(10, 500), asked, 90);
  expect(regions.length).toBeLessThanOrEqual(90);
  expect(itemIds).toEqual(asked);
  for (const [place, itemId] of itemIds.entries()) {
    const own = Array.from({ length: 500 }, (_, index) => itemId * 1000 + index);
    const kept = regions.filter((one) => one.place === place).map(({ regionId }) => regionId);
    expect(kept).toEqual(sampleIds(own, 500).slice(0, 30));
  }
});

test('fills its rows with others, by id', () => {
  const { itemIds, regions } = rowsToRank(archiveOf(100, 3), [50], 30);
  expect(itemIds).toHaveLength(10);
  expect(itemIds).toContain(50);
  expect(itemIds).toEqual(itemIds.toSorted((a, b) => a - b));
  expect(new Set(regions.map(({ place }) => place)).size).toBe(10);
});
