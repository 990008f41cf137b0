import { expect, test } from 'vitest';
import type { Evaluation } from '../../../../preload/contract/calibrations.ts';
import { confusionCsv } from '../../../../renderer/features/labels/evaluation-files.ts';

const empty: Evaluation = {
  n: 0,
  patients: 0,
  uncertain: 0,
  coverage: 0,
  labels: ['=a', 'b "x"'],
  confusion: [
    [5, 1],
    [2, 7],
  ],
  undecided: [3, 0],
  accuracy: null,
  macroF1: null,
  classes: [],
  ece: null,
  brier: null,
  prevalence: [],
};

test('a confusion table as a spreadsheet reads it: names quoted, no formula, what was left uncertain last', () => {
  expect(confusionCsv(empty, true).split('\r\n')).toEqual([
    `"right","'=a","b ""x""","uncertain"`,
    `"'=a",5,1,3`,
    '"b ""x""",2,7,0',
    '',
  ]);
});

test('of independent labels two rows each', () => {
  const confusion = [...empty.confusion, [1, 0], [0, 9]];
  const csv = confusionCsv({ ...empty, confusion, undecided: [0, 1, 2, 3] }, false);
  expect(csv.split('\r\n').slice(0, 3)).toEqual([
    '"right","absent","present","uncertain"',
    `"'=a: absent",5,1,0`,
    `"'=a: present",2,7,1`,
  ]);
  expect(csv.split('\r\n')).toHaveLength(6);
});
