import { expect, test } from 'vitest';

import { representativeFrames } from '../../../../main/core/domain/frame-policy.ts';

test.each([
  [1, { most: 3 }, [0]],
  [2, { most: 3 }, [0, 1]],
  [3, { most: 3 }, [0, 1, 2]],
  [10, { most: 1 }, [4]],
  [10, { most: 3 }, [0, 5, 9]],
  [101, { most: 5 }, [0, 25, 50, 75, 100]],
  [10, { most: 3, choose: 'middle' }, [3, 4, 5]],
  [100, { most: 4, every: 10 }, [0, 30, 60, 90]],
  [5, { most: 0 }, [2]],
] as const)('%i frames, %o', (frames, policy, expected) => {
  expect(representativeFrames(frames, policy)).toEqual(expected);
});

test('frames are distinct, ascending and in range for every count', () => {
  for (let frames = 1; frames < 60; frames++)
    for (let most = 1; most < 9; most++) {
      const chosen = representativeFrames(frames, { most });
      expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
      expect(chosen.length).toBe(Math.min(most, frames));
      expect(chosen.every((frame) => frame >= 0 && frame < frames)).toBe(true);
    }
});
