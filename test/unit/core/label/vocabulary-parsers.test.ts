import { describe, expect, test } from 'vitest';
import { plainRecords, quotedRecords } from '../../../../main/core/label/vocabulary-records.ts';
import { isRf2, rf2Terms, tableTerms } from '../../../../main/core/label/vocabulary-terms.ts';
import { faultOf, type Fault } from '../../../../preload/contract/faults.ts';

const refused = (work: () => unknown): Fault | null => {
  try {
    work();
    return null;
  } catch (thrown) {
    return faultOf(thrown);
  }
};
const all = (text: string, size: number, reader = quotedRecords(',')) => {
  const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};

describe('rows', () => {
  const odd =
    'code,display\r\nA1,"one, with ""quotes""\nand a second line"\r\n\r\nA2,3" wide\r\nA3,""\nA4,last';
  const expected = [
    { line: 1, cells: ['code', 'display'] },
    { line: 2, cells: ['A1', 'one, with "quotes"\nand a second line'] },
    { line: 5, cells: ['A2', '3" wide'] },
    { line: 6, cells: ['A3', ''] },
    { line: 7, cells: ['A4', 'last'] },
  ];
  test.each([1, 2, 3, 7, 1000])('are the same however the file is cut, here every %i characters', (size) => {
    expect(all(odd, size)).toEqual(expected);
  });
  test('a quote that is left open is refused with the line on which its row begins', () => {
    const fault = refused(() => all('code,display\nA1,one\nA2,"two\nA3,three\n', 5));
    expect(fault).toMatchObject({ code: 'vocabulary.unreadable', details: { line: 3 } });
  });
  test('so is text after a closing quote, with its own line', () => {
    expect(refused(() => all('a,b\n"x"y,z\n', 4))?.details['line']).toBe(2);
  });
  test.each([1, 4, 1000])('of RF2 are cut at tabs, quotes being characters (%i at a time)', (size) => {
    expect(all('a\t"b\r\n\r\nc"\td', size, plainRecords())).toEqual([
      { line: 1, cells: ['a', '"b'] },
      { line: 3, cells: ['c"', 'd'] },
    ]);
  });
});

describe('tables', () => {
  const header = ['System ', 'CODE', 'Display', 'Synonyms'];
  const row = (...cells: string[]) => tableTerms(header, undefined)({ line: 9, cells });
  test('synonyms are apart by |, and the display comes first', () => {
    const terms = row('Made up', 'B7', 'Blue  knot', 'azure knot| |knot, blue');
    expect(terms.map(({ text, rank }) => [text, rank])).toEqual([
      ['Blue knot', 0],
      ['azure knot', 2],
      ['knot, blue', 2],
    ]);
    expect(terms[0]).toMatchObject({ system: 'Made up', code: 'B7' });
  });
  test.each([
    [['Made up', '', 'x'], 'no code'],
    [['Made up', 'B7', ' '], 'no display'],
    [['', 'B7', 'x'], 'no system'],
    [['Made up', 'B7', 'x', '', 'y'], '5 cells under 4 columns'],
    [['Made|up', 'B7', 'x'], /no \|/],
  ])('%j is refused with its line', (cells, why) => {
    const fault = refused(() => row(...cells));
    expect(fault).toMatchObject({ code: 'vocabulary.unreadable', details: { line: 9 } });
    expect(fault?.details['why']).toMatch(why);
  });
  test('the name given counts where the file has none; without either it is refused', () => {
    const plain = ['code', 'display'];
    expect(tableTerms(plain, 'Mine')({ line: 2, cells: ['1', 'x'] })[0]?.system).toBe('Mine');
    expect(refused(() => tableTerms(plain, undefined))?.code).toBe('vocabulary.unreadable');
    expect(refused(() => tableTerms(['code', 'name'], 'Mine'))?.code).toBe('vocabulary.unreadable');
  });
});

describe('RF2 descriptions', () => {
  const header =
    'id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId';
  const [full, synonym] = ['900000000000003001', '900000000000013009'];
  const row = (text: string) => rf2Terms('SNOMED CT')({ line: 4, cells: text.split('\t') });
  test('are known by their heading', () => {
    expect(isRf2(header.split('\t'))).toBe(true);
    expect(isRf2(header.replace('conceptId', 'referencedId').split('\t'))).toBe(false);
  });
  test('full names come before synonyms, English before others; a withdrawn term has no text', () => {
    const line = (active: number, language: string, type: string) =>
      row(`11\t20250101\t${active}\t1\t77\t${language}\t${type}\tBlue knot (thing)\t1`)[0];
    expect(line(1, 'en', full)).toMatchObject({ code: '77', key: '11', rank: 0, text: 'Blue knot (thing)' });
    expect(line(1, 'de', full)?.rank).toBe(1);
    expect(line(1, 'en', synonym)?.rank).toBe(2);
    expect(line(0, 'en', full)?.text).toBeNull();
    expect(line(1, 'en', '900000000000550004')).toBeUndefined();
  });
  test.each([
    ['11\t20250101\t1\t1\t77\ten', /columns/],
    [`x\t20250101\t1\t1\t77\ten\t${full}\tt\t1`, /id/],
    [`11\t2025\t1\t1\t77\ten\t${full}\tt\t1`, /date/],
    [`11\t20250101\tyes\t1\t77\ten\t${full}\tt\t1`, /active/],
    [`11\t20250101\t1\t1\t77\ten\t${full}\t \t1`, /empty/],
  ])('%j is refused with its line', (text, why) => {
    const fault = refused(() => row(text));
    expect(fault).toMatchObject({ code: 'vocabulary.unreadable', details: { line: 4 } });
    expect(fault?.details['why']).toMatch(why);
  });
});
