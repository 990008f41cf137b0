import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { buildDicom, textElement } from '../../../support/dicom-builder.ts';
import { importing } from '../../../support/importing.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-series-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run } = importing();

test('slices lie in the order of their instance numbers, series in that of theirs', async () => {
  const write = (name: string, series: number, instance: number) =>
    writeFileSync(
      join(root, name),
      buildDicom({
        columns: 8,
        rows: 8,
        modality: 'CT',
        pixels: Array.from({ length: 64 }, (_, at) => at * series + instance),
        studyUid: '2.25.1',
        seriesUid: `2.25.1.${series}`,
        elements: [
          textElement(0x00200011, 'IS', String(series)),
          textElement(0x00200013, 'IS', String(instance)),
        ],
      }),
    );
  write('a.dcm', 3, 10);
  write('b.dcm', 3, 9);
  write('c.dcm', 3, 2);
  write('d.dcm', 1, 1);
  const a = archive();
  await run(a, [root]);
  const items = a.items.list([], 0, 10).rows;
  const study = items[0]?.study ?? '';
  const series = a.series.ofStudy(study, 10);
  expect(series.map(({ number, items: count }) => [number, count])).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(series.every(({ thumb }) => thumb?.startsWith('thumb/'))).toBe(true);
  const pathOf = new Map(items.map(({ itemId, path }) => [itemId, path]));
  const slices = a.series.slices(series[1]?.seriesKey ?? '', 10);
  expect(slices.map(({ itemId }) => pathOf.get(itemId))).toEqual(['c.dcm', 'b.dcm', 'a.dcm']);
  expect(a.series.ofStudy('nothing', 10)).toEqual([]);
});
