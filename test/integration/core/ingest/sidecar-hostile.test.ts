import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { joinTable, previewTable } from '../../../../main/core/ingest/sidecar-join.ts';
import { parseTable } from '../../../../main/core/ingest/sidecar-parse.ts';
import type { Archive } from '../../../../main/core/store/archive.ts';
import { buildDicom } from '../../../support/dicom-builder.ts';
import { heldUp } from '../../../support/held-up.ts';
import { importing } from '../../../support/importing.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-hostile-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run } = importing();
const { signal } = new AbortController();

let shade = 0;
let places = 0;
let a: Archive;
beforeEach(() => (a = archive()));

/** Imports pictures of these names. */
async function pictures(...names: string[]): Promise<void> {
  places += 1;
  for (const name of names) {
    const path = join(root, String(places), name);
    mkdirSync(dirname(path), { recursive: true });
    shade += 7;
    const background = { r: shade % 256, g: (shade * 3) % 256, b: 40 };
    const pixels = { create: { width: 32, height: 32, channels: 3 as const, background } };
    writeFileSync(path, await sharp(pixels).png().toBuffer());
  }
  await run(a, [join(root, String(places))]);
}

const join_ = (text: string, path = 'labels.csv') =>
  joinTable(a, parseTable(new TextEncoder().encode(text), path), undefined, signal);
const itemOf = (name: string) => a.items.list([], 0, 100).rows.find(({ path }) => path === name)?.itemId ?? 0;
const valuesOf = (name: string) =>
  Object.fromEntries(
    a.items
      .attributesOf(itemOf(name))
      .filter(({ origin }) => origin !== 'header')
      .map((one) => [one.name, one.text ?? one.number]),
  );
const textsOf = (name: string) => a.reports.ofItem(itemOf(name)).map(({ origin, text }) => [origin, text]);
const stored = () =>
  JSON.stringify(['item', 'attribute', 'report'].map((name) => a.db.prepare(`select * from ${name}`).all()));

test('a table that is called header takes no tag of the files away', async () => {
  places += 1;
  const pixels = Array.from({ length: 64 }, (_, at) => at);
  const path = join(root, String(places), 's.dcm');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, buildDicom({ columns: 8, rows: 8, pixels }));
  await run(a, [dirname(path)]);
  const tags = () => a.items.attributesOf(itemOf('s.dcm')).filter(({ origin }) => origin === 'header');
  const before = tags();
  expect(before.length).toBeGreaterThan(0);
  await join_('file,label\ns.dcm,x\n', 'header.csv');
  expect(tags()).toEqual(before);
  expect(valuesOf('s.dcm')).toEqual({ label: undefined, 'header table.label': 'x' });
});

test('rows of one file are taken together, and nothing that one of them says is lost', async () => {
  await pictures('a.png', 'b.png');
  const text =
    'file,side,score,caption\na.png,left,,a lung\nb.png,right,1,a bone\na.png,,2,seen from the front\n';
  await join_(text);
  expect(valuesOf('a.png')).toEqual({ side: 'left', score: 2 });
  expect(textsOf('a.png')).toEqual([['labels', 'a lung\nseen from the front']]);
  await join_(text);
  expect(textsOf('a.png')).toEqual([['labels', 'a lung\nseen from the front']]);
});

test('joined again, a text that was emptied or names somebody by now is gone', async () => {
  await pictures('a.png', 'b.png', 'c.png');
  const table = (one: string, two: string) =>
    join_(`file,caption,impression\na.png,${one},clear lungs\nb.png,${two},clear lungs\nc.png,x,effusion\n`);
  await table('a lung', 'a bone');
  const other = 'file,caption\na.png,of another table\n';
  await join_(other, 'labels2.csv');
  await table('', 'Seen by Dr. Zwiebel.');
  expect(textsOf('a.png')).toEqual([
    ['labels2', 'of another table'],
    ['labels: impression', 'clear lungs'],
  ]);
  expect(textsOf('b.png')).toEqual([['labels: impression', 'clear lungs']]);
});

test('numbers that no number is are words: everything that is stored can be answered', async () => {
  await pictures('a.png', 'b.png');
  await join_('file,score\na.png,1e999\nb.png,2\n');
  expect(valuesOf('a.png')).toEqual({ score: '1e999' });
  expect(stored()).not.toContain('null,"number":null');
});

test.each([
  ['a record number', 'hospital no', ['4711001', '4711002']],
  ['a birth date', 'born', ['19560312', '19610705']],
  ['German', 'Nachname', ['Zwiebel', 'Lauch']],
  ['German, in one word', 'Patientenname', ['Zwiebel', 'Lauch']],
  ['German birth date', 'Geburtsdatum', ['1956', '1961']],
  ['French', 'Prénom', ['Anne', 'Zoé']],
  ['Spanish', 'apellidos', ['Cebolla', 'Puerro']],
  ['the other way round', 'name of patient', ['Zwiebel', 'Lauch']],
  ['a prefix', 'pt_name', ['Zwiebel', 'Lauch']],
  ['with a suffix', 'MRN number', ['A-17', 'A-18']],
  ['a national number', 'NHS_No', ['A-17', 'A-18']],
  ['an insured person', 'Versichertennummer', ['A123', 'A124']],
])('drops a column that identifies a person: %s', async (_what, heading, values) => {
  await pictures('a.png', 'b.png');
  const joined = await join_(`file,${heading},label\na.png,${values[0]},x\nb.png,${values[1]},y\n`);
  expect(joined.columns[1]?.as).toBe('dropped');
  expect(valuesOf('a.png')).toEqual({ 'labels.label': 'x' });
  expect(stored()).not.toContain(values[0]);
});

test.each([
  ['size_bytes', '12345678'],
  ['area px', '1234567'],
  ['stage name', 'early'],
  ['filename_original', 'x1'],
  ['nominal', 'yes'],
  ['geburtsmodus', 'sectio'],
])('keeps a column that identifies nobody: %s', async (heading, value) => {
  await pictures('a.png', 'b.png');
  const joined = await join_(`image,${heading},label\na.png,${value},x\nb.png,${value},y\n`);
  expect(['number', 'text']).toContain(joined.columns[1]?.as);
});

test('ages above 89 are not stored as they are', async () => {
  await pictures('a.png', 'b.png', 'c.png');
  const joined = await join_('file,age,stage\na.png,93,93\nb.png,90,2\nc.png,41,3\n');
  expect(joined.withheld).toBe(1);
  expect([valuesOf('a.png'), valuesOf('b.png')]).toEqual([{ stage: 93 }, { age: 90, stage: 2 }]);
});

test('an unknown patient is nobody, not one person with many pictures', async () => {
  await pictures('a.png', 'b.png', 'c.png');
  await join_('file,patient_id\na.png,unknown\nb.png,N/A\nc.png,11\n');
  const patients = a.items.list([], 0, 10).rows.map(({ path, patient }) => [path, patient !== null]);
  expect(Object.fromEntries(patients)).toEqual({ 'a.png': false, 'b.png': false, 'c.png': true });
});

test('a table that is called like a person gives its name to nothing', async () => {
  await pictures('a.png');
  await join_('file,label,caption\na.png,x,a lung\n', 'Zwiebel_Anna.csv');
  expect(textsOf('a.png')).toHaveLength(1);
  expect(stored()).not.toContain('Zwiebel');
});

test('names of files are matched in another case where nothing has the very name', async () => {
  await pictures('A.PNG', 'x/Ab.png', 'x/aB.png', 'c.png');
  const preview = await previewTable(
    a,
    parseTable(new TextEncoder().encode('file,label\na.png,1\naB.png,2\nC.jpg,3\nAB.PNG,4\n'), 't.csv'),
    undefined,
    signal,
  );
  // In no case of its own, the last stands for two files.
  expect(preview).toMatchObject({ matched: 3, ambiguous: 1 });
});

test('megabytes in one cell are no caption, and hold nobody up', async () => {
  await pictures('a.png', 'b.png');
  const text = `file,caption\na.png,${'a word and '.repeat(1_000_000)}\nb.png,a bone\n`;
  const table = parseTable(new TextEncoder().encode(text), 'labels.csv');
  let joined: object = {};
  // Looked through for names, they took two seconds.
  expect(await heldUp(async () => (joined = await joinTable(a, table, undefined, signal)))).toBeLessThan(100);
  expect(joined).toMatchObject({ texts: 1, withheld: 1 });
});

test('long reports are written in turns', async () => {
  const names = Array.from({ length: 60 }, (_, at) => `${at}.png`);
  await pictures(...names);
  const prose = 'The lungs are clear and the heart is not enlarged. '.repeat(1_000);
  const rows = names.map((name) => `${name},"${name} ${prose}"`).join('\n');
  const table = parseTable(new TextEncoder().encode(`file,report\n${rows}\n`), 'labels.csv');
  // In one go, they took 400 ms.
  expect(await heldUp(() => joinTable(a, table, undefined, signal))).toBeLessThan(150);
});

test('joined again from its place, a table takes back what it says no more, and nothing of another table', async () => {
  await pictures('a.png', 'b.png', 'c.png');
  const bring = (text: string, place: string) =>
    joinTable(a, parseTable(new TextEncoder().encode(text), place), undefined, signal, place);
  await bring('file,side,caption\na.png,left,a lung\nb.png,right,a bone\n', '/one/labels.csv');
  await bring('file,side,caption\nb.png,middle,of another\nc.png,left,a hand\n', '/two/labels.csv');
  await bring('file,side,caption\na.png,left,a lung\nc.png,back,\n', '/one/labels.csv');
  expect(valuesOf('a.png')).toEqual({ side: 'left' });
  // Another table of that name has said something of it since.
  expect([valuesOf('b.png'), textsOf('b.png')]).toEqual([{ side: 'middle' }, [['labels', 'of another']]]);
  await bring('file,side,caption\na.png,left,a lung\n', '/two/labels.csv');
  expect([valuesOf('b.png'), textsOf('b.png')]).toEqual([{}, []]);
  await bring('file,side,caption\nc.png,back,\n', '/one/labels.csv');
  expect([valuesOf('a.png'), textsOf('a.png')]).toEqual([{ side: 'left' }, [['labels', 'a lung']]]);
});

test('the first row of a table without headings names no column, and what nothing names is not stored', async () => {
  await pictures('a.png', 'b.png');
  const long = (what: string) => `${what} `.repeat(30).trim();
  const joined = await join_(
    `a.png,Anna Zwiebel,3,${long('clear lungs')}\nb.png,Otto Lauch,4,${long('an effusion')}\n`,
  );
  expect(joined).toMatchObject({ rows: 2, matched: 2, texts: 2 });
  expect(joined.columns.map(({ as }) => as)).toEqual(['key', 'dropped', 'dropped', 'report']);
  expect([stored().includes('Zwiebel'), stored().includes('Lauch')]).toEqual([false, false]);
  expect(textsOf('a.png')).toEqual([['labels: unnamed 4', long('clear lungs')]]);
});
