import { expect, test } from 'vitest';
import { z } from 'zod';

import { commandLineMethods, methods } from '../../preload/contract/methods.ts';

test('no method that a window may call takes the name of a file to write', () => {
  const writing = Object.entries(methods)
    .filter(([, { input }]) => input instanceof z.ZodObject && 'out' in input.shape)
    .map(([name]) => name);
  expect(writing).toEqual(expect.arrayContaining(['file.render', 'model.encode', 'slide.saveHeat']));
  expect(writing.filter((name) => !commandLineMethods.has(name))).toEqual([]);
});
