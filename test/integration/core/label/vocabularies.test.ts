import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { vocabularyFiles } from '../../../../main/core/label/vocabulary-candidates.ts';
import { createVocabularies, type Vocabularies } from '../../../../main/core/label/vocabularies.ts';
import { temporaryArchive } from '../../../support/vector-archive.ts';

let place: ReturnType<typeof temporaryArchive>;
let folder: string;
let vocabularies: Vocabularies;
const { signal } = new AbortController();

beforeEach(() => {
  place = temporaryArchive();
  folder = mkdtempSync(join(tmpdir(), 'vitrine-vocabulary-'));
  vocabularies = createVocabularies(place.archive);
});
afterEach(async () => {
  await vocabularies.close();
  place.remove();
  rmSync(folder, { recursive: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const bring = (path: string, system?: string, until = signal) =>
  vocabularies.importFile({ path, ...(system !== undefined && { system }) }, until);
const find = (text: string, limit = 20) => vocabularies.find({ text, limit }).concepts;
const rowsOf = (table: string) => place.archive.db.prepare(`select count(*) from ${table}`).pluck().get();

const knots = `System,Code,Display,Synonyms
Knots,K1,Blue knot,azure knot|Knoten blau
Knots,K2,"Knot, red","crimson knot"
Ropes,R1,Blueish rope,`;

describe('a table', () => {
  test('brings one vocabulary per system, found by words, their beginnings and without accents', async () => {
    const { vocabularies: read } = await bring(file('knots.csv', knots));
    expect(read).toMatchObject([
      { system: 'Knots', concepts: 2, terms: 5, file: 'knots.csv' },
      { system: 'Ropes', concepts: 1, terms: 1 },
    ]);
    expect(find('azu')).toEqual([
      { system: 'Knots', code: 'K1', display: 'Blue knot', matched: 'azure knot' },
    ]);
    expect(find('knot red').map(({ code }) => code)).toEqual(['K2']);
    expect(find('blue').map(({ code }) => code)).toEqual(['K1', 'R1']);
    expect(find('KNÖTEN')).toMatchObject([{ code: 'K1', matched: 'Knoten blau' }]);
    expect(find('"* or')).toEqual([]);
    expect(find('blue k')).toEqual([]);
    expect(find('knot', 1)).toHaveLength(1);
  });

  test('again, it takes the place of the one before, and nothing of that is left', async () => {
    await bring(file('knots.csv', knots));
    await bring(file('next.tsv', 'code\tdisplay\nK9\tGreen "knot"\n'), 'knots');
    expect(vocabularies.list().vocabularies.map(({ system, file: from }) => [system, from])).toEqual([
      ['knots', 'next.tsv'],
      ['Ropes', 'knots.csv'],
    ]);
    expect(find('knot')).toMatchObject([{ code: 'K9', display: 'Green "knot"' }]);
    expect([rowsOf('vocabulary'), rowsOf('concept'), rowsOf('concept_term')]).toEqual([2, 2, 2]);
  });

  test('broken on a line, it is refused with the line, and what was there stays', async () => {
    await bring(file('knots.csv', knots));
    const broken = file('broken.csv', `${knots}\nKnots,,nothing,\n`);
    await expect(bring(broken)).rejects.toMatchObject({
      code: 'vocabulary.unreadable',
      details: { line: 5, why: 'no code' },
    });
    await expect(bring(file('empty.csv', 'code,display\n'), 'Knots')).rejects.toMatchObject({
      code: 'vocabulary.unreadable',
    });
    await expect(bring(join(folder, 'absent.csv'), 'Knots')).rejects.toMatchObject({
      code: 'file.missing',
    });
    writeFileSync(join(folder, 'latin.csv'), Buffer.from('code,display\n1,Kn\u00f6t\n', 'latin1'));
    await expect(bring(join(folder, 'latin.csv'), 'Knots')).rejects.toMatchObject({
      code: 'vocabulary.unreadable',
    });
    expect(find('knot')).toHaveLength(2);
    expect(rowsOf('vocabulary')).toBe(2);
  });

  test('removed, it is gone with all its rows', async () => {
    const [knot] = (await bring(file('knots.csv', knots))).vocabularies;
    const vocabularyId = knot?.vocabularyId ?? 0;
    await vocabularies.free(vocabularyId);
    expect(find('knot')).toEqual([]);
    expect(find('rope')).toHaveLength(1);
    expect([rowsOf('vocabulary'), rowsOf('concept'), rowsOf('concept_words')]).toEqual([1, 1, 1]);
    await expect(vocabularies.free(vocabularyId)).rejects.toMatchObject({ code: 'vocabulary.unknown' });
  });
});

describe('a full RF2 release', () => {
  const [full, synonym] = ['900000000000003001', '900000000000013009'];
  const line = (id: number, time: number, active: 0 | 1, concept: number, type: string, term: string) =>
    [id, time, active, 1, concept, 'en', type, term, 1].join('\t');
  const header =
    'id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId';

  test('the newest row of a description counts, in whatever order they stand', async () => {
    const release = [
      header,
      line(11, 20240101, 1, 77, full, 'Blue knot, renamed (thing)'),
      line(11, 20200101, 1, 77, full, 'Blue knot (thing)'),
      line(12, 20200101, 1, 77, synonym, 'Azure "knot'),
      line(13, 20200101, 1, 77, synonym, 'Withdrawn later'),
      line(13, 20240101, 0, 77, synonym, 'Withdrawn later'),
      line(14, 20240101, 0, 78, full, 'Withdrawn for good (thing)'),
      line(14, 20200101, 1, 78, full, 'Withdrawn for good (thing)'),
      line(15, 20200101, 0, 79, full, 'Came back (thing)'),
      line(15, 20240101, 1, 79, full, 'Came back (thing)'),
    ].join('\r\n');
    const { vocabularies: read } = await bring(file('sct2_Description_Full.txt', release));
    expect(read).toMatchObject([{ system: 'SNOMED CT', concepts: 2, terms: 3 }]);
    expect(find('azure')).toEqual([
      { system: 'SNOMED CT', code: '77', display: 'Blue knot, renamed (thing)', matched: 'Azure "knot' },
    ]);
    expect(find('withdrawn')).toEqual([]);
    expect(find('came')).toMatchObject([{ code: '79' }]);
  });

  test('cancelled half-way, it leaves nothing, and others had their turn meanwhile', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) =>
      line(at + 1, 20240101, 1, 1_000 + (at >> 1), at % 2 ? synonym : full, `Knot number ${at}`),
    );
    const path = file('sct2_Description_Snapshot.txt', [header, ...many].join('\n'));
    const abort = new AbortController();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
      if (turns === 8) abort.abort();
    }, 1);
    await expect(bring(path, undefined, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(8);
    expect([rowsOf('vocabulary'), rowsOf('concept'), rowsOf('concept_term')]).toEqual([0, 0, 0]);
    expect((await bring(path)).vocabularies).toMatchObject([{ concepts: 10_000, terms: 20_000 }]);
    expect(find('number 4')[0]).toMatchObject({ matched: 'Knot number 4' });
  });
});

describe('files of a folder', () => {
  test('are found by their first line, however deep, and say what they are', async () => {
    mkdirSync(join(folder, 'Snapshot/Terminology'), { recursive: true });
    const header =
      'id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId\r\n';
    file('Snapshot/Terminology/sct2_Description_Snapshot-en.txt', header);
    file('Snapshot/sct2_Concept.txt', 'id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\r\n');
    file('knots.csv', knots);
    file('plain.tsv', '"code"\t"display"\n');
    file('people.csv', 'name,code\n');
    file('empty.csv', '');
    const { files, more } = await vocabularyFiles(folder, signal);
    expect(more).toBe(false);
    expect(files.map(({ name, format, namesSystem }) => [name, format, namesSystem]).sort()).toEqual([
      ['Snapshot/Terminology/sct2_Description_Snapshot-en.txt', 'rf2', true],
      ['knots.csv', 'table', true],
      ['plain.tsv', 'table', false],
    ]);
    await expect(vocabularyFiles(join(folder, 'away'), signal)).rejects.toMatchObject({
      code: 'source.missing',
    });
  });
});

test('whoever waits is told how much of the file was read and how many concepts are in order', async () => {
  const told = { bytes: 0, concepts: 0, pieces: 0 };
  await vocabularies.importFile({ path: file('knots.csv', knots) }, signal, {
    read: (bytes) => (told.bytes = bytes),
    settled: (concepts) => (told.concepts += concepts),
    async *through(source) {
      for await (const one of source) {
        told.pieces += 1;
        yield one;
      }
    },
  });
  expect(told).toMatchObject({ bytes: Buffer.byteLength(knots), concepts: 3 });
  expect(told.pieces).toBeGreaterThan(0);
});
