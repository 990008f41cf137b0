import { expect, test } from 'vitest';

import { findNegation } from '../../../renderer/ui/negation.ts';

test.each([
  ['tumour margin without necrosis', 'without necrosis', 'necrosis', 'tumour margin'],
  ['no pleural effusion', 'no pleural effusion', 'pleural effusion', ''],
  ['gland, negative for mucin, H&E', 'negative for mucin', 'mucin', 'gland, H&E'],
])('%s: %s is a negation of %s', (text, phrase, what, rest) => {
  expect(findNegation(text)).toEqual({ phrase, what, rest });
});

test.each(['normal chest', 'notochord', 'nodule', 'gland'])('%s is none', (text) => {
  expect(findNegation(text)).toBeUndefined();
});
