import { expect, test } from 'vitest';
import { filtersOf } from '../../../renderer/features/search/ask-again.ts';
import { Filters } from '../../../renderer/features/search/filters.svelte.ts';

test.each([
  [['modality="CT"'], ['modality="CT"']],
  [
    ['bodyPart="A \\"b\\" \\\\c"', 'stain='],
    ['bodyPart="A \\"b\\" \\\\c"', 'stain='],
  ],
  [
    ['modality="CT"', 'age>60 and not tag=odd'],
    ['modality="CT"', 'age>60 and not tag=odd'],
  ],
  [['age>60', 'tag=a or tag=b'], ['(age>60) and (tag=a or tag=b)']],
  [
    ['tag="a"', 'tag="b"'],
    ['tag="a"', 'tag="b"'],
  ],
])('filters %j come back as the window writes them', (where, written) => {
  const filters = new Filters(undefined as never);
  filters.restore(filtersOf(where));
  expect(filters.where).toEqual(written);
});

test('a facet is named as the panel names it', () => {
  expect(filtersOf(['bodyPart="CHEST"'])).toEqual([{ name: 'bodyPart', title: 'Body part', value: 'CHEST' }]);
});
