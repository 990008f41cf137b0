import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { dot } from '../../../../main/core/domain/vector.ts';
import { openReader } from '../../../../main/core/store/database.ts';
import { toFloats } from '../../../../main/core/store/vectors.ts';
import { makeSlide } from '../../../support/generated-slide.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every tile with its vector; of an archive that another process may be writing. */
function tilesOf(archive: string) {
  const db = openReader(join(archive, 'archive.db'));
  try {
    const rows = db
      .prepare(
        `select r.x, r.y, r.w, r.h, t.mpp, e.vector from tile t join region r on r.id = t.region_id
           join embedding e on e.region_id = r.id
           order by t.mpp, r.y, r.x`,
      )
      .all() as { x: number; y: number; w: number; h: number; mpp: number; vector: Buffer }[];
    return rows;
  } finally {
    db.close();
  }
}

function countOf(archive: string): number {
  try {
    return tilesOf(archive).length;
  } catch {
    return 0; // Not made yet.
  }
}

test('five times with kill -9 it ends in the same tiles', async () => {
  const source = join(folder, 'source');
  mkdirSync(source);
  await makeSlide(join(source, 'slide.tif'));
  const archive = join(folder, 'Killed.vitrine');
  const cli = resolve(import.meta.dirname, '../../../../main/hosts/cli.ts');
  const start = (into: string) =>
    spawn(process.execPath, [cli, 'import', source, '--archive', into, '--json'], {
      stdio: 'ignore',
      env: { ...process.env, XDG_DATA_HOME: join(folder, 'xdg') },
    });
  const counts: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = counts.at(-1) ?? 0;
    const child = start(archive);
    const ended = new Promise((done) => child.once('exit', done));
    // As soon as another batch of tiles is there, while the next one is under way.
    while (countOf(archive) <= before && child.exitCode === null)
      await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await ended;
    counts.push(countOf(archive));
  }
  const undisturbed = join(folder, 'Undisturbed.vitrine');
  for (const into of [archive, undisturbed])
    expect(await new Promise((done) => start(into).once('exit', done))).toBe(0);
  const killed = tilesOf(archive);
  // Each kill fell between two batches of tiles, or this says nothing.
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts.at(-1)).toBeLessThan(killed.length);
  const clean = tilesOf(undisturbed);
  const places = (tiles: typeof clean) => tiles.map(({ x, y, w, h, mpp }) => [x, y, w, h, mpp].join());
  expect(places(killed)).toEqual(places(clean));
  // Equal to the last bits: a batch of another size adds up in another order.
  const furthest = killed.map(({ vector }, index) => {
    const other = toFloats(clean[index]?.vector ?? vector);
    return 1 - dot(toFloats(vector), other);
  });
  expect(Math.max(...furthest)).toBeLessThan(1e-5);
}, 180_000);
