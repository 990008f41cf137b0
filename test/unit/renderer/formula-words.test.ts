import { expect, test } from 'vitest';
import { queryFormula } from '../../../main/core/domain/query-formula.ts';
import { askedIn } from '../../../renderer/features/saved/formula-words.ts';

test.each([
  [[{ weight: 1, name: '"chest x-ray with a pacemaker"' }], '', 'chest x-ray with a pacemaker'],
  [[{ weight: 1, name: '"CT (axial); contrast"' }], '', 'CT (axial); contrast'],
  [
    [{ weight: 1, name: '"CXR"' }],
    '; CXR = chest radiograph (abbreviations 1)',
    'CXR; CXR = chest radiograph (abbreviations 1)',
  ],
  [[{ weight: 0.5, name: '"glands"' }], '', '0.5·"glands"'],
  [
    [
      { weight: 1, name: '"a"' },
      { weight: -1, name: '"b"' },
    ],
    '',
    '"a" − 1.0·"b"',
  ],
  [[{ weight: 1, name: 'item 12' }], '', 'item 12'],
  [[{ weight: 1, name: `"${'long '.repeat(20)}"` }], '', `${'long '.repeat(20).slice(0, 58)}…`],
])('%j%s was asked as %s', (parts, note, words) => {
  expect(askedIn(queryFormula(parts) + note)).toBe(words);
});
