import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { buildDicom, textElement, type DicomRecipe } from '../../../support/dicom-builder.ts';
import { importing } from '../../../support/importing.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-identity-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run } = importing();

let seed = 0;
/** Every file with pixels of its own: the same content twice would be known the second time. */
const dicom = (recipe: Partial<DicomRecipe> = {}) => {
  seed += 1;
  const pixels = Array.from({ length: 16 * 16 }, (_, index) => (index * seed) % 4000);
  return buildDicom({ columns: 16, rows: 16, pixels, modality: 'CT', ...recipe });
};
const named = () =>
  dicom({ patientName: 'Zwiebel^Anna', elements: [textElement(0x00080080, 'LO', 'Zwiebel Clinic')] });

function folder(name: string, files: Record<string, Uint8Array>): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), bytes);
  return path;
}

const everyFile = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('the policies', () => {
  const files = () => ({
    'clear.dcm': dicom({ patientName: 'STUDY-7', patientId: 'STUDY-7' }),
    'look.dcm': dicom({ elements: [textElement(0x00080080, 'LO', 'St. Nowhere')] }),
    'named.dcm': named(),
  });

  test('strict, the default, holds what names a person and what needs a look', async () => {
    const a = archive();
    const { counts } = await run(a, [folder('strict', files())]);
    expect(counts).toMatchObject({ seen: 3, added: 1, quarantined: 2, failed: 0 });
    const held = a.quarantine.list({ code: null, verdict: null, offset: 0, limit: 10 });
    expect(
      held.map(({ path, verdict, findings }) => [path, verdict, findings.map(({ code }) => code)]),
    ).toEqual([
      ['named.dcm', 'block', ['institution', 'patient-name'].toSorted().reverse()],
      ['look.dcm', 'review', ['institution']],
    ]);
    expect(a.quarantine.counts().byCode).toEqual([
      { code: 'institution', count: 2 },
      { code: 'patient-name', count: 1 },
    ]);
  });

  test('review holds only what names a person, and the item says what was found', async () => {
    const a = archive();
    const { counts } = await run(a, [folder('review', files())], { identity: 'review' });
    expect(counts).toMatchObject({ seen: 3, added: 2, quarantined: 1 });
    const notes = a.items.list([], 0, 10).rows.map(({ itemId }) => a.items.extra(itemId)?.notes);
    expect(notes).toEqual(['[]', '["let in although the identity check found: institution"]']);
  });

  test('the archive can be set to review for good', async () => {
    const a = archive();
    a.settings.set('identityPolicy', 'review');
    const { counts } = await run(a, [folder('set', files())]);
    expect(counts).toMatchObject({ added: 2, quarantined: 1 });
  });

  test('off lets everything in, once', async () => {
    const a = archive();
    const place = folder('off', files());
    expect((await run(a, [place], { identity: 'off' })).counts).toMatchObject({ added: 3, quarantined: 0 });
    writeFileSync(join(place, 'later.dcm'), named());
    expect((await run(a, [place])).counts).toMatchObject({ known: 3, quarantined: 1 });
  });
});

test('of a held file only its place and the rules’ codes are stored', async () => {
  const a = archive();
  await run(a, [folder('held', { 'a.dcm': named() })]);
  expect(a.items.count()).toBe(0);
  expect(a.sources.file(1, 'a.dcm')).toMatchObject({ state: 'quarantined', sha256: null, itemId: null });
  expect(everyFile(a.folder).filter((path) => path.includes('media'))).toEqual([]);
  a.close();
  for (const path of everyFile(a.folder)) expect(readFileSync(path, 'latin1')).not.toMatch(/zwiebel/i);
});

test('a release lets this content in, wherever it lies, and nothing else', async () => {
  const a = archive();
  const bytes = named();
  const place = folder('release', { 'a.dcm': bytes, 'b.dcm': named() });
  await run(a, [place]);
  const { createHash } = await import('node:crypto');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  a.quarantine.decide(sha256, 'released', 'phantom', '2026-01-01T00:00:00Z');
  const { counts } = await run(a, [place], { only: new Map([[place, ['a.dcm']]]) });
  expect(counts).toMatchObject({ seen: 1, added: 1, quarantined: 0 });
  expect(a.sources.file(1, 'b.dcm')?.state).toBe('quarantined');
  const left = a.quarantine.list({ code: null, verdict: null, offset: 0, limit: 10 });
  expect(left.map(({ path }) => path)).toEqual(['b.dcm']);
  writeFileSync(join(place, 'copy.dcm'), bytes);
  expect((await run(a, [place])).counts).toMatchObject({ known: 2, quarantined: 1 });
});

test('what was left out stays out and off the list, also under another name and policy', async () => {
  const a = archive();
  const bytes = dicom({ elements: [textElement(0x00080080, 'LO', 'St. Nowhere')] });
  const { createHash } = await import('node:crypto');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const place = folder('leave', { 'a.dcm': bytes });
  a.quarantine.decide(sha256, 'left-out', 'not part of the study', '2026-01-01T00:00:00Z');
  writeFileSync(join(place, 'b.dcm'), bytes);
  expect((await run(a, [place], { identity: 'review' })).counts).toMatchObject({ added: 0, quarantined: 2 });
  expect(a.quarantine.list({ code: null, verdict: null, offset: 0, limit: 10 })).toEqual([]);
});
