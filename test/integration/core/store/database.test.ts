import Database from 'better-sqlite3';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  openDatabase,
  openReader,
  storeFault,
  type Migration,
} from '../../../../main/core/store/database.ts';
import { takeLock } from '../../../../main/core/store/lock.ts';
import { migrations } from '../../../../main/core/store/migrations.ts';
import { removeFolder } from '../../../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-store-'));
afterAll(() => removeFolder(folder));
let made = 0;
const fresh = () => join(folder, `${(made += 1)}.db`);

const first: Migration = { version: 1, up: (db) => void db.exec('create table a (n integer) strict') };
const failing: Migration = {
  version: 2,
  up: (db) => {
    db.exec('create table b (n integer) strict; insert into a values (1)');
    throw new Error('in the middle');
  },
};

describe('opening', () => {
  test('what was acknowledged survives a power cut: WAL with full synchronisation, references checked', () => {
    const db = openDatabase(fresh());
    const pragma = (name: string) => db.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('foreign_keys')).toBe(1);
    expect(pragma('trusted_schema')).toBe(0);
    expect(pragma('busy_timeout')).toBe(5000);
    db.close();
  });

  test('a reader cannot write', () => {
    const path = fresh();
    openDatabase(path).close();
    const reader = openReader(path);
    expect(() => reader.exec("insert into setting values ('a', 'b')")).toThrow(/readonly/);
    reader.close();
  });

  test('SQLite’s refusals are faults with SQLite’s code; defects stay defects', () => {
    const full = new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    expect(storeFault(full)).toMatchObject({
      code: 'archive.unwritable',
      details: { sqlite: 'SQLITE_FULL' },
    });
    const corrupt = new Database.SqliteError('malformed', 'SQLITE_CORRUPT_VTAB');
    expect(storeFault(corrupt)).toMatchObject({ code: 'archive.damaged' });
    const constraint = new Database.SqliteError('unique', 'SQLITE_CONSTRAINT_UNIQUE');
    expect(storeFault(constraint)).toBe(constraint);
  });
});

describe('migrations', () => {
  test('come in the order of their numbers, each once', () => {
    const versions = migrations.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  test('run once each, and a step that fails leaves the database at the step before', () => {
    const path = fresh();
    openDatabase(path, [first]).close();
    expect(() => openDatabase(path, [first, failing])).toThrow('in the middle');
    const db = new Database(path);
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(db.prepare('select name from sqlite_master order by name').pluck().all()).toEqual(['a']);
    expect(db.prepare('select count(*) from a').pluck().get()).toBe(0);
    db.close();
  });

  test('a database of a later program is refused with both numbers', () => {
    const path = fresh();
    openDatabase(path, [first, { version: 2, up: () => undefined }]).close();
    expect(() => openDatabase(path, [first])).toThrow(
      expect.objectContaining({ code: 'archive.newer', details: { schema: 2, known: 1 } }) as Error,
    );
  });

  test('opening twice changes nothing', () => {
    const path = fresh();
    openDatabase(path).close();
    const schema = () => {
      const db = new Database(path, { readonly: true });
      const rows = db.prepare('select sql from sqlite_master order by name').pluck().all();
      db.close();
      return rows;
    };
    const before = schema();
    openDatabase(path).close();
    expect(schema()).toEqual(before);
    expect(before.length).toBeGreaterThan(10);
  });
});

describe('the lock', () => {
  test('is held once, and free when it is given back', () => {
    const path = join(folder, 'archive.lock');
    const unlock = takeLock(path);
    expect(() => takeLock(path)).toThrow(expect.objectContaining({ code: 'archive.locked' }) as Error);
    unlock();
    takeLock(path)();
  });

  test('where it cannot be written, that is said', () => {
    expect(() => takeLock(folder)).toThrow(expect.objectContaining({ code: 'archive.unwritable' }) as Error);
  });
});
