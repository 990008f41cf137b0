import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';

import { findOpenSlide } from '../../../../main/core/imaging/slide/openslide/library.ts';
import { unchangedFile } from '../../../../main/core/ingest/unchanged-file.ts';
import type { Archive } from '../../../../main/core/store/archive.ts';
import { importing } from '../../../support/importing.ts';
import { buildEts, buildVsi, stackFields, writeVsi, type VsiField } from '../../../support/vsi-builder.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-olympus-import-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { archive, run } = importing();

const TILE = 64;
let made = 0;

/** One scan of one uncompressed tile, in a folder of its own. */
function slideFolder(more: readonly VsiField[] = []): string {
  const folder = join(root, String(made));
  made += 1;
  const scan = stackFields({ name: '20x', width: TILE, height: TILE, mpp: 0.5 });
  const bytes = new Uint8Array(TILE * TILE * 3).fill(100 + made);
  const tiles = [{ coordinates: [0, 0, 0, 0], bytes }];
  const ets = buildEts({ tile: [TILE, TILE], compression: 0, dimensions: 4, tiles });
  writeVsi(folder, 'A', buildVsi([scan, ...more]), { stack1: ets });
  return folder;
}

const hashes = (a: Archive) =>
  a.db.prepare('select sha256 from file where sha256 is not null').pluck().all() as string[];
const faults = (a: Archive) =>
  a.db
    .prepare('select path, state, fault_code from file where fault_code is not null order by path')
    .raw()
    .all();

test('a VSI and its tiles are one item; the tile file is its part', async () => {
  const a = archive();
  const { counts } = await run(a, [slideFolder()]);
  expect(counts).toMatchObject({ seen: 2, added: 1, skipped: 1, failed: 0 });
  expect(faults(a)).toEqual([['_A_/stack1/frame_t.ets', 'skipped', 'file.sidecar']]);
});

test('its content is that of all its files: other tiles are another slide', async () => {
  const folder = slideFolder();
  const [a, b] = [archive(), archive()];
  await run(a, [folder]);
  appendFileSync(join(folder, '_A_/stack1/frame_t.ets'), 'x');
  await run(b, [folder]);
  expect(hashes(a)).toHaveLength(1);
  expect(hashes(b)).not.toEqual(hashes(a));
});

test('without its folder it fails and says so, without its VSI so do the tiles; put back it is added', async () => {
  const folder = slideFolder();
  const a = archive();
  renameSync(join(folder, '_A_'), join(folder, '_B_'));
  const { counts } = await run(a, [folder]);
  expect(counts).toMatchObject({ added: 0, failed: 2 });
  expect(faults(a)).toEqual([
    ['A.vsi', 'failed', 'slide.incomplete'],
    ['_B_/stack1/frame_t.ets', 'failed', 'slide.incomplete'],
  ]);
  renameSync(join(folder, '_B_'), join(folder, '_A_'));
  expect((await run(a, [folder])).counts).toMatchObject({ added: 1, failed: 0 });
});

test('an item whose folder was moved away says that it is incomplete, not that all is well', async () => {
  const folder = slideFolder();
  const a = archive();
  await run(a, [folder]);
  const [itemId] = a.db.prepare('select id from item').pluck().all() as number[];
  expect(await unchangedFile(a, itemId ?? 0)).toBe(join(folder, 'A.vsi'));
  renameSync(join(folder, '_A_'), join(folder, 'elsewhere'));
  await expect(unchangedFile(a, itemId ?? 0)).rejects.toMatchObject({ code: 'slide.incomplete' });
  renameSync(join(folder, 'A.vsi'), join(folder, 'B.vsi'));
  await expect(unchangedFile(a, itemId ?? 0)).rejects.toMatchObject({ code: 'file.missing' });
});

test('of a MIRAX slide the files in its folder are parts, and without the folder it is incomplete', async () => {
  const folder = join(root, 'mirax');
  mkdirSync(join(folder, 'B'), { recursive: true });
  const glass = sharp({ create: { width: 40, height: 40, channels: 3, background: '#987' } });
  writeFileSync(join(folder, 'B.mrxs'), await glass.jpeg().toBuffer());
  writeFileSync(join(folder, 'B/Data0000.dat'), Buffer.alloc(100, 7));
  const a = archive();
  const { counts } = await run(a, [folder]);
  const [slide, part] = [faults(a)[0], faults(a)[1]] as [string[], string[]];
  expect(counts).toMatchObject({ added: 0, seen: 2 });
  expect(slide.slice(0, 2)).toEqual(['B.mrxs', 'failed']);
  expect(slide[2]).toBe((await findOpenSlide()) ? 'slide.incomplete' : 'slide.needs-openslide');
  expect(part).toEqual(['B/Data0000.dat', 'skipped', 'file.unsupported']);
  writeFileSync(join(folder, 'B/Slidedat.ini'), '[GENERAL]\n');
  const b = archive();
  await run(b, [folder]);
  expect(faults(b).slice(1)).toEqual([
    ['B/Data0000.dat', 'skipped', 'file.sidecar'],
    ['B/Slidedat.ini', 'skipped', 'file.sidecar'],
  ]);
});

test('one whose tags name somebody is held, and nothing of the name is kept anywhere', async () => {
  const a = archive();
  const { counts } = await run(a, [slideFolder([{ tag: 15, text: 'Anna Zwiebel' }])]);
  expect(counts).toMatchObject({ added: 0, quarantined: 1 });
  const off = archive();
  expect((await run(off, [join(root, String(made - 1))], { identity: 'off' })).counts.added).toBe(1);
  for (const one of [a, off]) {
    one.close();
    for (const entry of readdirSync(one.folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile())
        expect(readFileSync(join(entry.parentPath, entry.name), 'latin1')).not.toMatch(/zwiebel|z\0w\0i\0e/i);
  }
});
