import { describe, expect, test } from 'vitest';

import { columnWords, useOf } from '../../../../main/core/ingest/sidecar-columns.ts';
import { mayBeTable, parseTable } from '../../../../main/core/ingest/sidecar-parse.ts';
import { faultOf } from '../../../../preload/contract/faults.ts';

const parse = (text: string, path: string) => parseTable(new TextEncoder().encode(text), path);

describe('delimited text (RFC 4180)', () => {
  test.each([
    ['commas', 'a,b\n1,2\n', 'x.csv', [['1', '2']]],
    ['semicolons', 'a;b\n1;2,5\n', 'x.csv', [['1', '2,5']]],
    ['tabs', 'a\tb\n1\t2', 'x.tsv', [['1', '2']]],
    ['tabs in a .csv', 'a\tb\n1\t2,3', 'x.csv', [['1', '2,3']]],
    [
      'quotes, line breaks and doubled quotes',
      'a,b\r\n"1,\n2","say ""hi"""\r\n',
      'x.csv',
      [['1,\n2', 'say "hi"']],
    ],
    ['a byte order mark', '\ufeffa,b\n1,2', 'x.csv', [['1', '2']]],
    [
      'short and long lines',
      'a,b\n1\n1,2,3\n\n',
      'x.csv',
      [
        ['1', ''],
        ['1', '2'],
      ],
    ],
    ['an empty last cell', 'a,b\n1,', 'x.csv', [['1', '']]],
    ['a quote without an end', 'a,b\n"1,2', 'x.csv', [['1,2', '']]],
    ['a line that names the separator', 'sep=;\r\na;b\r\n1;2,5\r\n', 'x.csv', [['1', '2,5']]],
    ['carriage returns alone', 'a,b\r1,2\r', 'x.csv', [['1', '2']]],
  ])('%s', (_what, text, path, rows) => {
    const table = parse(text, path);
    expect(table.columns).toEqual(['a', 'b']);
    expect(table.rows).toEqual(rows);
  });
});

test.each([
  ['semicolons, with a comma in a heading', 'a;b, in mm;c\n1;2;3\n', ['a', 'b, in mm', 'c']],
  ['commas, with a semicolon in quotes', '"a;b;c;d",e\n1,2\n', ['a;b;c;d', 'e']],
  ['one column', 'a\n1\n', ['a']],
])('the separator is the sign that parts the heading: %s', (_what, text, columns) => {
  expect(parse(text, 'x.csv').columns).toEqual(columns);
});

describe('encodings', () => {
  const text = 'file,caption\nä.png,Größe 3 µm – „klein“\n';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  const latin = Buffer.from('file,caption\nä.png,Größe 3 µm\n', 'latin1');
  test.each([
    ['UTF-8', Buffer.from(text), 'Größe 3 µm – „klein“'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'Größe 3 µm – „klein“'],
    ['UTF-16, as Excel saves "Unicode text"', utf16, 'Größe 3 µm – „klein“'],
    ['UTF-16, the other way round', Buffer.from(utf16).swap16(), 'Größe 3 µm – „klein“'],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le'), 'Größe 3 µm – „klein“'],
    ['Windows-1252, as Excel saves CSV', latin, 'Größe 3 µm'],
    // 0x80 and 0x96 are no letters of Latin-1.
    ['Windows-1252 beyond Latin-1', Buffer.from('file,caption\n\xe4.png,\x805 \x96\n', 'latin1'), '€5 –'],
  ])('%s', (_what, bytes, caption) => {
    expect(parseTable(bytes, 'x.csv')).toMatchObject({
      columns: ['file', 'caption'],
      rows: [['ä.png', caption]],
    });
  });
});

describe('JSON', () => {
  test.each([
    [
      'a list',
      '[{"file":"a.png","n":1},{"file":"b.png"}]',
      'x.json',
      ['file', 'n'],
      [
        ['a.png', '1'],
        ['b.png', ''],
      ],
    ],
    ['a list inside an object', '{"info":1,"images":[{"file":"a.png"}]}', 'x.json', ['file'], [['a.png']]],
    [
      'texts by file name',
      '{"a.png":"a lung","b.png":"a bone"}',
      'x.json',
      ['file', 'caption'],
      [
        ['a.png', 'a lung'],
        ['b.png', 'a bone'],
      ],
    ],
    ['objects by file name', '{"a.png":{"label":"lung"}}', 'x.json', ['file', 'label'], [['a.png', 'lung']]],
    [
      'lines',
      '{"file":"a.png","tags":["x","y"]}\n\n{"file":"b.png"}\n',
      'x.jsonl',
      ['file', 'tags'],
      [
        ['a.png', 'x; y'],
        ['b.png', ''],
      ],
    ],
  ])('%s', (_what, text, path, columns, rows) => {
    expect(parse(text, path)).toMatchObject({ columns, rows });
  });
});

test('ROCO: a list of captions without a heading', () => {
  expect(parse('ROCO_00001\tChest CT.\nROCO_00002\tKnee.\n', 'radiology/captions.txt')).toMatchObject({
    columns: ['file', 'caption'],
    rows: [
      ['ROCO_00001', 'Chest CT.'],
      ['ROCO_00002', 'Knee.'],
    ],
  });
});

test('MedICaT: pictures named by two columns together', () => {
  const { columns, rows } = parse(
    '{"pdf_hash":"ab","fig_uri":"1-Figure1-1.png","s2_caption":"CT"}\n',
    'medicat.jsonl',
  );
  expect(columns.at(-1)).toBe('pdf_hash_fig_uri');
  expect(rows[0]?.at(-1)).toBe('ab_1-Figure1-1.png');
});

test.each([
  ['no rows', 'a,b\n', 'x.csv'],
  ['broken JSON', '{', 'x.json'],
  ['a number', '7', 'x.json'],
  ['nothing', '', 'x.csv'],
])('%s is refused', (_what, text, path) => {
  let code = '';
  try {
    parse(text, path);
  } catch (thrown) {
    ({ code } = faultOf(thrown));
  }
  expect(code).toBe('table.unreadable');
});

test.each([
  ['labels.csv', true],
  ['deep/x.JSONL', true],
  ['captions.txt', true],
  ['notes.txt', false],
  ['a.png', false],
])('%s may be a table: %s', (path, may) => expect(mayBeTable(path)).toBe(may));

test.each([
  ['label', ['lung', 'bone'], 'text'],
  ['score', ['1', '2.5', '-1e3', ''], 'number'],
  ['caption', ['a lung', 'a bone'], 'caption'],
  ['findings', ['clear lungs', 'effusion'], 'report'],
  ['anything', ['x'.repeat(200), 'short'], 'report'],
  ['patient_id', ['17', '18'], 'patient'],
  ['PatientName', ['Anna', 'Ben'], 'dropped'],
  ['name', ['Anna', 'Ben'], 'dropped'],
  ['date_of_birth', ['1961-04-05', '1962-04-05'], 'dropped'],
  ['referring physician', ['x', 'y'], 'dropped'],
  ['who', ['Smith^Anna', 'Jones^Ben'], 'dropped'],
  ['nothing', ['', ''], 'dropped'],
  // A table without a heading: its first row is a person's.
  ['Smith^Anna', ['Jones^Ben', 'x'], 'dropped'],
  ['1961-04-05', ['1962-05-06'], 'dropped'],
  ['0.75', ['lung', 'bone'], 'dropped'],
])('a column %s is kept as %s', (name, values, as) => {
  expect(useOf({ name: 't', columns: [name], rows: values.map((value) => [value]) }, 0).as).toBe(as);
});

test('a value in the place of a heading is not shown', () => {
  const table = { name: 't', columns: ['a.png', 'Smith^Anna'], rows: [['b.png', 'Jones^Ben']] };
  const words = columnWords(
    table,
    0,
    table.columns.map((_, index) => useOf(table, index)),
  );
  expect(words[1]).toEqual({
    name: 'column 2',
    as: 'dropped',
    why: 'has a value where its name should stand',
  });
});
