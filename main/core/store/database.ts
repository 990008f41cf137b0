import Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { migrations } from './migrations.ts';

const BUSY_TIMEOUT_MS = 5_000;

declare const readable: unique symbol;
declare const writable: unique symbol;
/** A connection that only reads. Functions that take it may run on any connection, in any thread. */
export type ReadDb = Database.Database & { readonly [readable]: true };
/** The one connection that writes. */
export type WriteDb = ReadDb & { readonly [writable]: true };

export interface Migration {
  readonly version: number;
  readonly up: (db: WriteDb) => void;
}

/**
 * Opens the database of an archive for writing and brings its schema up to date.
 *
 * `synchronous=FULL` because with NORMAL a power cut may lose a transaction that was already acknowledged.
 *
 * @param path - file path, or `:memory:` in tests.
 * @throws ArchiveError `archive.newer` when a later program wrote it, `archive.damaged` when it is no database.
 */
export function openDatabase(path: string, steps: readonly Migration[] = migrations): WriteDb {
  const db = connect(path, false) as WriteDb;
  try {
    // Of vectors of 512 values, 4 kB pages hold one each, and half of the file is air. A file that is there keeps its own.
    db.pragma('page_size = 16384');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrate(db, steps);
    return db;
  } catch (error) {
    db.close();
    throw storeFault(error);
  }
}

/** Opens a second connection that only reads; `path` must have been opened by {@link openDatabase} before. */
export function openReader(path: string): ReadDb {
  const db = connect(path, true) as ReadDb;
  db.pragma('query_only = ON');
  return db;
}

/** Moves what the write-ahead log holds into the file, and empties it; where somebody reads just now, it waits for the archive to be closed. */
export function emptyLog(db: WriteDb): void {
  // Waiting would hold up the thread for as long as they read.
  db.pragma('busy_timeout = 0');
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}

function connect(path: string, readonly: boolean): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { readonly, fileMustExist: readonly });
    // Packed, it lies beside the program's archive: SQLite opens it without Electron's help.
    db.loadExtension(sqliteVec.getLoadablePath().replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked'));
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('temp_store = MEMORY');
    db.pragma('cache_size = -65536');
    return db;
  } catch (error) {
    db?.close();
    throw storeFault(error);
  }
}

function migrate(db: WriteDb, steps: readonly Migration[]): void {
  const from = db.pragma('user_version', { simple: true }) as number;
  const latest = steps.at(-1)?.version ?? 0;
  if (from > latest) throw new ArchiveError('archive.newer', { schema: from, known: latest });
  for (const { version, up } of steps) {
    if (version <= from) continue;
    db.transaction(() => {
      up(db);
      db.pragma(`user_version = ${version}`);
    })();
  }
}

/** SQLite's own errors (a full disk, a damaged file) as faults; anything else is passed on as the defect that it is. */
export function storeFault(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(error.code))
    return new ArchiveError('archive.damaged', { sqlite: error.code }, { cause: error });
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|FULL|IOERR)/.test(error.code))
    return new ArchiveError('archive.unwritable', { sqlite: error.code }, { cause: error });
  return error;
}
