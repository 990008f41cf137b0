import Database from 'better-sqlite3';
import { ArchiveError } from '../../../preload/contract/faults.ts';

/**
 * Takes the archive's lock. The lock is an exclusive SQLite transaction on a file of its own: the operating
 * system drops it with the process, so a killed program leaves nothing stale behind.
 *
 * @param path - `archive.lock` in the archive folder; made when absent.
 * @returns releases the lock.
 * @throws ArchiveError `archive.locked` when another process (or this one) holds it.
 */
export function takeLock(path: string): () => void {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: 0 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('begin exclusive');
    return () => db?.close();
  } catch (error) {
    db?.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    const code = /^SQLITE_(BUSY|LOCKED)/.test(error.code) ? 'archive.locked' : 'archive.unwritable';
    throw new ArchiveError(code, { sqlite: error.code }, { cause: error });
  }
}
