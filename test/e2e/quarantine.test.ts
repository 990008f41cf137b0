import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { hasChromium } from '../support/chromium.ts';
import { buildDicom, textElement } from '../support/dicom-builder.ts';
import { openWindow, type Window } from './harness.ts';
import { look } from './look.ts';

/** J11: what is held back, without a picture or a value; decided with a reason; in the log. */
describe.skipIf(!hasChromium)('quarantine', () => {
  let window: Window;

  beforeAll(async () => {
    window = await openWindow({ demo: true });
    const folder = join(window.home, 'Scans');
    mkdirSync(folder);
    const scan = (name: string, patientName: string, extra: Parameters<typeof textElement>[] = []) => {
      const pixels = Array.from({ length: 64 * 64 }, (_, at) => (at * name.length * 13) % 4000);
      const elements = extra.map((element) => textElement(...element));
      writeFileSync(
        join(folder, name),
        buildDicom({ columns: 64, rows: 64, pixels, modality: 'CT', patientName, elements }),
      );
    };
    scan('scan-1.dcm', 'Zwiebel^Anna', [[0x00100030, 'DA', '19610405']]);
    scan('scan-number-2.dcm', 'Zwiebel^Anna', [[0x00100030, 'DA', '19610405']]);
    scan('scan-no-3.dcm', 'STUDY-1', [[0x00080080, 'LO', 'Zwiebel Clinic']]);
    await window.core.handlers['import.start']({ folders: [folder] }, new AbortController().signal);
    await window.settled();
    await window.page.evaluate(() => (location.hash = '#/quarantine'));
    await window.page.getByRole('option').first().waitFor();
  });
  afterAll(() => window?.close());

  const view = () => window.page.getByRole('region', { name: 'Quarantine' });

  test('lists what is held back with reasons, without values or pictures', async () => {
    const { page } = window;
    await view().getByText('3 items are held back').waitFor();
    await expect.poll(() => page.getByRole('navigation').getByText('3', { exact: true }).count()).toBe(1);
    expect(await view().getByRole('option').first().innerText()).toMatch(
      /scan-.*Patient name, Birth date.*Block/s,
    );
    expect(await page.content()).not.toMatch(/zwiebel/i);
    expect(await view().locator('img').count()).toBe(0);
    await look(window, 'quarantine');
  });

  test('a release needs a reason, lets the file in, and is logged', async () => {
    const { page } = window;
    await view().getByRole('listbox').focus();
    await page.keyboard.press('2');
    const release = view().getByRole('button', { name: 'Release as it is' });
    expect(await release.getAttribute('aria-disabled')).toBe('true');
    await view().getByRole('textbox').fill('agreed with the study office');
    await release.click();
    await page.getByText('Released 1 file').waitFor();
    await view().getByText('2 items are held back').waitFor();
    await expect.poll(() => view().getByRole('option').count()).toBe(2);
    await expect
      .poll(() => view().getByRole('table').last().innerText())
      .toContain('agreed with the study office');
    await view().getByRole('button', { name: 'Verify chain' }).click();
    await view().getByText('The chain holds: 1 entry.').waitFor();
    await window.shot('quarantine-released-dark');
    const { total } = await window.core.handlers['items.list'](
      { where: ['path~scan-'], offset: 0, limit: 1 },
      new AbortController().signal,
    );
    expect(total).toBe(1);
  });

  test('leaving out takes all with the same findings along', async () => {
    const { page } = window;
    await view()
      .getByRole('radio', { name: /^Leave out/ })
      .check();
    await view()
      .getByRole('checkbox', { name: /^Same decision/ })
      .check();
    await view().getByRole('textbox').fill('not part of the study');
    await view().getByRole('button', { name: 'Leave out', exact: true }).click();
    await page.getByText('Left out 1 file').waitFor();
    await view().getByText('1 item is held back').waitFor();
    expect(window.complaints).toEqual([]);
  });

  test('the log of the program names neither files nor persons', () => {
    const log = readFileSync(join(window.home, 'data', 'log.jsonl'), 'utf8');
    expect(log).not.toMatch(/zwiebel|scan-/i);
  });
});
