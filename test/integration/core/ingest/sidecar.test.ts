import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';

import { joinTable, previewTable } from '../../../../main/core/ingest/sidecar-join.ts';
import { parseTable } from '../../../../main/core/ingest/sidecar-parse.ts';
import { parseFilter } from '../../../../main/core/domain/filter.ts';
import type { Archive } from '../../../../main/core/store/archive.ts';
import { faultOf } from '../../../../preload/contract/faults.ts';
import { buildDicom } from '../../../support/dicom-builder.ts';
import { importing } from '../../../support/importing.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-sidecar-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run } = importing();
const { signal } = new AbortController();

let shade = 0;
const picture = () => {
  shade += 7;
  return sharp({
    create: { width: 32, height: 32, channels: 3, background: { r: shade % 256, g: 90, b: 40 } },
  })
    .png()
    .toBuffer();
};

async function folder(
  name: string,
  pictures: readonly string[],
  others: Record<string, string | Uint8Array> = {},
) {
  const place = join(root, name);
  for (const path of pictures) write(join(place, path), await picture());
  for (const [path, content] of Object.entries(others)) write(join(place, path), content);
  return place;
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const table = (text: string, path: string) => parseTable(new TextEncoder().encode(text), path);
const paths = (a: Archive, where: string[]) =>
  a.items.list(parseFilter(where), 0, 100).rows.map(({ path }) => path);
const itemOf = (a: Archive, path: string) =>
  a.items.list(parseFilter([`path~${path}`]), 0, 1).rows[0]?.itemId ?? 0;

describe('a table among the pictures is joined by the import', () => {
  test('by file name: labels, numbers and captions, under the table’s name', async () => {
    const a = archive();
    const place = await folder('plain', ['a.png', 'deep/b.png', 'c.png'], {
      'labels.csv':
        'file,label,score,caption\na.png,lung,0.5,a lung\nb.png,bone,2,a bone\nz.png,x,1,nothing\n',
    });
    const { job, counts } = await run(a, [place]);
    expect(counts).toMatchObject({ added: 3, skipped: 1, failed: 0 });
    expect(job.notices.join()).toContain('2 of 3 rows');
    expect(paths(a, ['labels.label=lung'])).toEqual(['a.png']);
    expect(paths(a, ['score>1'])).toEqual(['deep/b.png']);
    const id = itemOf(a, 'a.png');
    expect(a.items.attributesOf(id).filter(({ origin }) => origin === 'labels')).toEqual([
      { name: 'labels.label', text: 'lung', number: null, unit: null, origin: 'labels' },
      { name: 'score', text: null, number: 0.5, unit: null, origin: 'labels' },
    ]);
    expect(a.reports.ofItem(id)).toMatchObject([{ kind: 'caption', origin: 'labels', text: 'a lung' }]);
    expect(a.sources.file(1, 'labels.csv')).toMatchObject({ state: 'skipped', faultCode: 'file.sidecar' });

    writeFileSync(join(place, 'labels.csv'), 'file,label\na.png,heart\n');
    await run(a, [place]);
    expect(paths(a, ['labels.label=lung'])).toEqual([]);
    expect(paths(a, ['labels.label=heart'])).toEqual(['a.png']);
  });

  test('ROCO and MedICaT as they come', async () => {
    const a = archive();
    await run(a, [
      await folder('roco', ['images/ROCO_00001.png', 'images/ROCO_00002.png'], {
        'captions.txt': 'ROCO_00001\tChest CT with a nodule.\nROCO_00002\tKnee radiograph.\n',
      }),
      await folder('medicat', ['figures/ab12_1-Figure1-1.png', 'figures/ab12_2-Figure2-1.png'], {
        's2_full.jsonl':
          '{"pdf_hash":"ab12","fig_uri":"1-Figure1-1.png","s2_caption":"Figure 1: axial CT.","radiology":true}\n' +
          '{"pdf_hash":"ab12","fig_uri":"2-Figure2-1.png","s2_caption":"Figure 2: MRI.","radiology":true}\n',
      }),
    ]);
    const textOf = (path: string) => a.reports.ofItem(itemOf(a, path)).map(({ kind, text }) => [kind, text]);
    expect(textOf('ROCO_00001')).toEqual([['caption', 'Chest CT with a nodule.']]);
    expect(textOf('1-Figure1')).toEqual([['caption', 'Figure 1: axial CT.']]);
    expect(paths(a, ['radiology=true'])).toHaveLength(2);
  });

  test('a table that names no file is no companion', async () => {
    const a = archive();
    const { job } = await run(a, [await folder('other', ['a.png'], { 'notes.csv': 'x,y\n1,2\n' })]);
    expect(job.notices).toEqual([]);
    expect(a.sources.file(1, 'notes.csv')).toMatchObject({ faultCode: 'file.unsupported' });
  });
});

describe('a table chosen by a person', () => {
  test('matches by SOP Instance UID, path, stem or SHA-256, and says what it would bring', async () => {
    const a = archive();
    const uid = '1.2.826.0.1.3680043.8.498.77';
    const pixels = Array.from({ length: 64 }, (_, at) => at);
    await run(a, [
      await folder('chosen', ['x/one.png', 'y/one.png', 'two.png'], {
        'slice.dcm': buildDicom({ columns: 8, rows: 8, pixels, sopInstanceUid: uid }),
      }),
    ]);
    const preview = (text: string, column?: string) => previewTable(a, table(text, 't.csv'), column, signal);

    expect(await preview(`SOPInstanceUID,label\n${uid},ct\n`)).toMatchObject({
      joinedBy: { column: 'SOPInstanceUID', as: 'instance' },
      matched: 1,
    });
    expect(JSON.stringify(a.db.prepare('select * from attribute').all())).not.toContain(uid);
    expect(await preview('image,label\nx/one.png,1\ny/one.png,2\n')).toMatchObject({
      joinedBy: { as: 'path' },
      matched: 2,
    });
    // The same name in two folders cannot be told apart.
    expect(await preview('image,label\none.png,1\ntwo.png,2\n')).toMatchObject({
      joinedBy: { as: 'path' },
      matched: 1,
      ambiguous: 1,
    });
    expect(await preview('id,label\ntwo,2\n')).toMatchObject({ joinedBy: { as: 'stem' }, matched: 1 });
    expect(await preview('wrong,id,label\ntwo.png,two,2\n', 'id')).toMatchObject({
      joinedBy: { column: 'id' },
    });
    expect(a.reports.count()).toBe(0);
    await expect(joinTable(a, table('a,b\n1,2\n', 't.csv'), undefined, signal)).rejects.toMatchObject({
      code: 'table.no-match',
    });
  });

  test('what identifies a person is dropped, hashed or withheld, and counted', async () => {
    const a = archive();
    await run(a, [await folder('persons', ['p.png', 'q.png'])]);
    const text =
      'file,patient_id,patient name,report\n' +
      'p.png,PID-17,Zwiebel Anna,"Seen by Dr. Zwiebel on 2019-03-04."\n' +
      'q.png,PID-17,Zwiebel Anna,"Clear lungs, no effusion."\n';
    const joined = await joinTable(a, table(text, 'reports.csv'), undefined, signal);
    expect(joined).toMatchObject({ matched: 2, texts: 1, withheld: 1 });
    expect(joined.columns.map(({ name, as }) => [name, as])).toEqual([
      ['file', 'key'],
      ['patient_id', 'patient'],
      ['patient name', 'dropped'],
      ['report', 'report'],
    ]);
    const [one, two] = a.items.list([], 0, 2).rows;
    expect(one?.patient).toMatch(/^[0-9a-f]{16}$/);
    expect(two?.patient).toBe(one?.patient);
    const stored = ['item', 'attribute', 'report'].map((name) => a.db.prepare(`select * from ${name}`).all());
    expect(JSON.stringify(stored)).not.toMatch(/zwiebel|PID-17/i);
  });

  test('what is no table is refused', () => {
    let code = '';
    try {
      table('', 'x.csv');
    } catch (thrown) {
      ({ code } = faultOf(thrown));
    }
    expect(code).toBe('table.unreadable');
  });
});
