import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { openArchive, type Archive } from '../../../../main/core/store/archive.ts';
import { openDatabase } from '../../../../main/core/store/database.ts';
import { house } from '../../../../main/core/store/migrations/0001-house.ts';

const AT = '2026-02-03T04:05:06.000Z';
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vitrine-store-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Archive => openArchive(join(folder, 'a.vitrine'), { create: true, now: AT });
/** Changes the file behind the program's back. */
function tamper(sql: string): void {
  const db = new Database(join(folder, 'a.vitrine', 'archive.db'));
  db.exec('drop trigger if exists audit_is_not_changed; drop trigger if exists audit_is_not_shortened;');
  db.exec(sql);
  db.close();
}

test('an archive of version 1 keeps its rows, and what it held back is in the new list', () => {
  const path = join(folder, 'old.db');
  const old = openDatabase(path, [house]);
  old.exec(`
    insert into setting values ('secret', '${'ab'.repeat(32)}');
    insert into source (root, added_at) values ('/data', '${AT}');
    insert into file (source_id, path, size_bytes, mtime_ms, state, fault_code, fault_details)
      values (1, 'held.dcm', 10, 1, 'quarantined', 'privacy.held', '{"reasons":"BurnedInAnnotation"}'),
             (1, 'fine.dcm', 10, 1, 'ok', null, null);
  `);
  old.close();
  const db = openDatabase(path);
  expect(db.pragma('user_version', { simple: true })).toBeGreaterThanOrEqual(3);
  expect(db.prepare('select count(*) from file').pluck().get()).toBe(2);
  expect(db.prepare('select file_id, verdict from quarantine').all()).toEqual([
    { file_id: 1, verdict: 'block' },
  ]);
  db.close();
});

describe('the audit chain', () => {
  const filled = (): void => {
    const archive = open();
    for (let index = 0; index < 5; index++) archive.audit.append('test.done', { index }, AT);
    expect(archive.audit.verify()).toMatchObject({ is: 'whole', entries: 5 });
    archive.close();
  };
  const verified = () => {
    const archive = open();
    try {
      return archive.audit.verify();
    } finally {
      archive.close();
    }
  };

  test('holds over a restart, and an empty one is whole', () => {
    expect(verified()).toMatchObject({ is: 'whole', entries: 0 });
    filled();
    expect(verified()).toMatchObject({ is: 'whole', entries: 5 });
  });

  test.each([
    ['an altered value', `update audit set details = '{"index":9}' where id = 3`, 3],
    ['an altered time', `update audit set at = '2020' where id = 2`, 2],
    ['a missing entry', 'delete from audit where id = 4', 4],
    ['a missing end', 'delete from audit where id = 5', 5],
    ['a missing end of two', 'delete from audit where id >= 4', 4],
    ['an emptied log', 'delete from audit', 1],
  ])('%s breaks it', (_what, sql, at) => {
    filled();
    tamper(sql);
    expect(verified()).toMatchObject({ is: 'broken', at });
  });

  test('entries cannot be changed or taken out by the program itself', () => {
    const archive = open();
    archive.audit.append('test.done', {}, AT);
    expect(() => archive.db.exec("update audit set action = 'x'")).toThrow(/only added to/);
    expect(() => archive.db.exec('delete from audit')).toThrow(/only added to/);
    archive.close();
  });

  test('an entry goes with the transaction that it tells of', () => {
    const archive = open();
    expect(() =>
      archive.transaction(() => {
        archive.audit.append('test.done', {}, AT);
        throw new Error('undone');
      }),
    ).toThrow('undone');
    expect(archive.audit.list(0, 10)).toEqual({ entries: [], total: 0 });
    archive.close();
  });
});

test('decisions are kept by a keyed hash of the content, not by the hash itself', () => {
  const archive = open();
  const sha256 = 'c'.repeat(64);
  archive.quarantine.decide(sha256, 'released', 'phantom', AT);
  expect(archive.quarantine.decisionOn(sha256)).toBe('released');
  archive.quarantine.decide(sha256, 'left-out', 'second thoughts', AT);
  expect(archive.quarantine.decisionOn(sha256)).toBe('left-out');
  expect(archive.quarantine.decisionOn('d'.repeat(64))).toBeNull();
  const stored = JSON.stringify(archive.db.prepare('select * from identity_decision').all());
  expect(stored).not.toContain('cccc');
  expect(() => archive.quarantine.decide(sha256, 'released', '  ', AT)).toThrow(/CHECK/);
  archive.close();
});
