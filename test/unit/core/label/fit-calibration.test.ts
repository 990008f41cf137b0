import { expect, test } from 'vitest';
import { fitCalibration } from '../../../../main/core/label/fit-calibration.ts';
import type { LabelledCases } from '../../../../main/core/label/statistics-tasks.ts';
import { groupPlaces } from '../../../../main/core/domain/statistics/bootstrap.ts';
import { seededRandom } from '../../../../main/core/domain/statistics/random.ts';
import { splitGroups } from '../../../../main/core/domain/statistics/split.ts';

const LABELS = 3;

/** 240 cases of 80 patients; about a third of the best labels are wrong. */
function simulate(): LabelledCases & { truth: Int32Array; right: boolean[] } {
  const random = seededRandom(11);
  const n = 240;
  const logits = Float64Array.from({ length: n * LABELS }, () => 3 * random());
  const found = new Uint8Array(n * LABELS);
  const truth = new Int32Array(n);
  const right: boolean[] = [];
  for (let row = 0; row < n; row += 1) {
    const own = [...logits.subarray(row * LABELS, (row + 1) * LABELS)];
    const best = own.indexOf(Math.max(...own));
    const label = random() < 0.65 ? best : (best + 1) % LABELS;
    truth[row] = label;
    found[row * LABELS + label] = 1;
    right.push(label === best);
  }
  const patients = Array.from({ length: n }, (_, row) => `p${row % 80}`);
  return { mode: 'exclusive', labels: ['a', 'b', 'c'], logits, found, patients, truth, right };
}

test('figures are of the half that had no part in the fit', () => {
  const { truth, right, ...cases } = simulate();
  const part = splitGroups(groupPlaces(cases.patients), truth, 2);
  const accuracyOf = (half: number) => {
    const own = right.filter((_, row) => part[row] === half);
    return own.filter(Boolean).length / own.length;
  };
  expect(accuracyOf(0)).not.toBeCloseTo(accuracyOf(1), 3);
  const { accuracy, fit, report } = fitCalibration({ task: 'calibrate', cases, method: 'temperature' });
  expect(accuracy?.value).toBeCloseTo(accuracyOf(1), 12);
  expect(fit.items + report.items).toBe(240);
  expect(fit.patients + report.patients).toBe(80);
});

test('a patient is in one part only, and labels are spread evenly', () => {
  const { truth, patients } = simulate();
  for (const parts of [2, 5]) {
    const part = splitGroups(groupPlaces(patients), truth, parts);
    const partsOf = new Map<string | null, Set<number>>();
    patients.forEach((patient, row) =>
      partsOf.set(patient, (partsOf.get(patient) ?? new Set()).add(part[row] as number)),
    );
    expect([...partsOf.values()].every((own) => own.size === 1)).toBe(true);
    for (let label = 0; label < LABELS; label += 1) {
      const counts = Array.from(
        { length: parts },
        (_, one) => [...truth].filter((own, row) => own === label && part[row] === one).length,
      );
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(12);
    }
  }
});
