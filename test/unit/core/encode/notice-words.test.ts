import { expect, test } from 'vitest';

import { noticeWords } from '../../../../main/core/encode/notice-words.ts';

test.each([
  [
    { is: 'batch-halved', tower: 'image', batchSize: 32 } as const,
    'Memory ran short: pictures go on 32 at a time.',
  ],
  [
    { is: 'device-left', tower: 'image', from: 'cuda', to: 'cpu', reason: 'CUDA error 2' } as const,
    'CUDA gave up (CUDA error 2): pictures go on with the processor.',
  ],
])('%o', (notice, words) => {
  expect(noticeWords(notice)).toBe(words);
});
