import { expect, test } from 'vitest';
import { parseCsv, parseTable, toCsv } from '../../../../main/core/domain/csv.ts';

test.each([
  // RFC 4180's own rules, and what spreadsheets make of them.
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    '\uFEFFa;b\n"1;2";3\n',
    [
      ['a', 'b'],
      ['1;2', '3'],
    ],
  ],
  ['a,"b ""c"", d"\n', [['a', 'b "c", d']]],
  ['a,"line\r\nbreak"\n', [['a', 'line\r\nbreak']]],
  [
    'a,,\n,,\n',
    [
      ['a', '', ''],
      ['', '', ''],
    ],
  ],
  ['a\n\n\nb\n', [['a'], ['b']]],
  ['', []],
])('reads %j', (text, rows) => {
  expect(parseCsv(text)).toEqual(rows);
});

test('a table has names in any case, and missing fields are empty', () => {
  expect(parseTable(' Label , ItemId\n x ,7\ny\n')).toEqual([
    { label: 'x', itemid: '7' },
    { label: 'y', itemid: '' },
  ]);
});

test('what is written is read again, whatever is in it', () => {
  const rows = [
    ['a "b"', 'c,d', 'e;f', 'g\nh', ''],
    ['plain', '1', '-2.5', ' ', 'ä'],
  ];
  expect(parseCsv(toCsv(rows))).toEqual(rows);
});

test.each(['=1+1', '+cmd', '-x', '@sum', '\tx'])(
  '%j opens in a spreadsheet as text, not as a formula',
  (value) => {
    expect(
      toCsv([[value]])
        .replace(/^"/, '')
        .startsWith("'"),
    ).toBe(true);
  },
);

test('numbers stay numbers', () => expect(toCsv([[-2.5, '-2.5', null]])).toBe('-2.5,-2.5,\r\n'));
