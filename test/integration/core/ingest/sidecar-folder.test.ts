import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createDecodePool } from '../../../../main/core/ingest/decode-pool.ts';
import { findTables } from '../../../../main/core/ingest/sidecar-folder.ts';

const signal = new AbortController().signal;
const pool = createDecodePool(1);
afterAll(() => pool.close());

/** Before an import: names of files are all there is to match by. */
describe('tables of a folder', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-tables-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (place: string, text: string) => {
    mkdirSync(join(folder, place, '..'), { recursive: true });
    writeFileSync(join(folder, place), text);
  };
  const find = () => findTables(pool, [folder], signal);

  test('rows that name one file count, rows that name several are told apart', async () => {
    for (const place of ['a/1.png', 'a/2.png', 'b/1.png', 'c/9.png']) put(place, 'picture');
    put('t.csv', 'file,score\na/1.png,1\n2.png,2\n1.png,3\n7.png,4\n');
    const { tables, total } = await find();
    expect(total).toBe(1);
    expect(tables).toMatchObject([
      { is: 'table', place: 't.csv', rows: 4, matched: 2, ambiguous: 1, joinedBy: { column: 'file' } },
    ]);
  });

  test.each([
    ['instance', '1.2.840.113619.2.5.7'],
    ['sha256', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  ])('what names files by %s is said to be matched later', async (as, cell) => {
    put('image', 'picture');
    put('t.jsonl', `${JSON.stringify({ grade: 'high', key: cell })}\n`);
    expect((await find()).tables).toMatchObject([
      {
        matched: 0,
        joinedBy: null,
        mayJoinBy: { column: 'key', as },
        columns: [
          { name: 'grade', as: 'text' },
          { name: 'key', as: 'key' },
        ],
      },
    ]);
  });

  test('one that cannot be read does not hide the others', async () => {
    put('a.json', '{');
    put('b.tsv', 'file\tgrade\nx.png\thigh\n');
    put('x.png', 'picture');
    expect((await find()).tables).toMatchObject([
      { is: 'unreadable', place: 'a.json', fault: { code: 'table.unreadable' } },
      { is: 'table', place: 'b.tsv', matched: 1 },
    ]);
  });

  test('a JSON file beside every picture is counted, not read to the end', async () => {
    for (let n = 0; n < 60; n++) put(`${n}.json`, `{"file": "${n}.png", "grade": 1}`);
    const { tables, total } = await find();
    expect([tables.length, total]).toEqual([50, 60]);
  });

  test('a table of 50,000 rows does not hold the thread', async () => {
    put('5.png', 'picture');
    const rows = Array.from({ length: 50_000 }, (_, n) => `${n}.png,finding ${n},${n % 7}`);
    put('t.csv', `file,label,grade\n${rows.join('\n')}`);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const { tables } = await find();
    delay.disable();
    expect(tables).toMatchObject([{ rows: 50_000, matched: 1 }]);
    // Without turns it is a second; most of what is left is taking the table over from its thread.
    expect(delay.max / 1e6).toBeLessThan(400);
  });

  test('a folder that is not there is a fault', async () => {
    await expect(findTables(pool, [join(folder, 'no')], signal)).rejects.toMatchObject({
      code: 'source.missing',
    });
  });
});
