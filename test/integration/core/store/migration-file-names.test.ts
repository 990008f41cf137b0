import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { itemLookup } from '../../../../main/core/store/item-lookup.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';

const FILES = 20_000;

test('files of before are found by path and by name, and not by going through all of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-migration-'));
  const old = openDatabase(
    join(folder, 'archive.db'),
    migrations.filter(({ version }) => version < 18),
  );
  old.exec(
    `insert into source (id, root, added_at) values (1, '/data/one', 'then'), (2, 'C:\\data\\two', 'then')`,
  );
  const item = old.prepare(
    `insert into item (id, kind, sha256, size_bytes, width_px, height_px, frames, added_at)
     values (?, 'image', printf('%064d', ?), 1, 1, 1, 1, 'then')`,
  );
  const file = old.prepare(
    `insert into file (id, source_id, path, size_bytes, mtime_ms, state) values (?, ?, ?, 1, 1, 'ok')`,
  );
  const link = old.prepare('insert into item_file (file_id, item_id) values (?, ?)');
  let count = 0;
  const add = (source: number, path: string): number => {
    count += 1;
    item.run(count, count);
    file.run(count, source, path);
    link.run(count, count);
    return count;
  };
  const named = old.transaction(() => {
    for (let at = 0; at < FILES; at += 1) add(1, `images/${at % 100}/picture ${at}.png`);
    return {
      top: add(1, 'top.png'),
      deep: add(1, 'a/b_c/Ä.png'),
      windows: add(2, 'scan/x.png'),
      twice: [add(1, 'p/twice.png'), add(1, 'q/twice.png')],
    };
  })();
  old.close();

  const archive = openArchive(folder, { create: false, now: 'now' });
  const { byPath } = itemLookup(archive.db);
  expect(byPath('top.png')).toBe(named.top);
  expect(byPath('./a/b_c/Ä.png')).toBe(named.deep);
  expect(byPath('/data/one/a/b_c/Ä.png')).toBe(named.deep);
  expect(byPath('b_c\\Ä.png')).toBe(named.deep);
  expect(byPath('bxc/Ä.png')).toBeNull();
  expect(byPath('PICTURE 77.PNG')).toBe(78);
  expect(byPath('77/picture 77.png')).toBe(78);
  expect(byPath('76/picture 77.png')).toBeNull();
  expect(byPath('C:\\data\\two\\scan\\x.png')).toBe(named.windows);

  expect(byPath('twice.png')).toBeNull();
  expect(byPath('q/twice.png')).toBe(named.twice[1]);
  expect(byPath('no such.png')).toBeNull();
  expect(byPath('')).toBeNull();

  const took = (path: (at: number) => string): number => {
    const started = process.cpuUsage();
    for (let at = 0; at < 2_000; at += 1) expect(byPath(path(at))).toBe(at + 1);
    return process.cpuUsage(started).user / 1000;
  };
  // Looked for among all, two thousand names took six seconds.
  expect(took((at) => `picture ${at}.png`)).toBeLessThan(1_000);
  expect(took((at) => `/data/one/images/${at % 100}/picture ${at}.png`)).toBeLessThan(1_000);
  archive.close();
  rmSync(folder, { recursive: true });
}, 60_000);
