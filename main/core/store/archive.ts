import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { abbreviationStore } from './abbreviations.ts';
import { auditStore } from './audit.ts';
import { calibrationStore } from './calibrations.ts';
import { openDatabase, storeFault } from './database.ts';
import { evaluationStore } from './evaluations.ts';
import { itemStore } from './items.ts';
import { jobStore } from './jobs.ts';
import { judgingStore } from './judgings.ts';
import { takeLock } from './lock.ts';
import { refuseNetworkShare } from './network-share.ts';
import { panelStore } from './panels.ts';
import { quarantineStore } from './quarantine.ts';
import { reportVectorStore } from './report-vectors.ts';
import { reportStore } from './reports.ts';
import { reviewStore } from './reviews.ts';
import { runStore } from './runs.ts';
import { queryLogStore } from './query-log.ts';
import { savedSearchStore } from './saved-searches.ts';
import { seriesStore } from './series.ts';
import { settingStore } from './settings.ts';
import { slidePreparationStore } from './slide-preparations.ts';
import { slideStore } from './slides.ts';
import { sourceStore } from './sources.ts';
import { tableStore } from './tables.ts';
import { tagStore } from './tags.ts';
import { undoStore } from './undo.ts';
import { neutralStore } from './neutral-vectors.ts';
import { matrixFileStore } from './vector-changes.ts';
import { vectorStore } from './vectors.ts';
import { vocabularyStore } from './vocabularies.ts';

/**
 * Opens the archive in a folder, or makes one there, and takes its lock.
 *
 * @param folder - `Foo.vitrine`; with `create` it is made where it is absent.
 * @throws ArchiveError `archive.missing`, `archive.exists` (a folder with other things in it), `archive.locked`,
 *   `archive.newer`, `archive.damaged`, `archive.unwritable`, `archive.network-share`.
 */
export function openArchive(folder: string, options: { create: boolean; demo?: boolean; now: string }) {
  const databasePath = join(folder, 'archive.db');
  if (!existsSync(databasePath)) {
    if (!options.create) throw new ArchiveError('archive.missing', { path: folder });
    makeFolder(folder);
  }
  refuseNetworkShare(folder);
  const unlock = takeLock(join(folder, 'archive.lock'));
  try {
    const db = openDatabase(databasePath);
    const settings = settingStore(db);
    db.transaction(() => {
      if (settings.get('archiveId')) return;
      settings.set('archiveId', randomUUID());
      settings.set('secret', randomBytes(32).toString('hex'));
      settings.set('createdAt', options.now);
      settings.set('generation', '0');
      settings.set('demo', options.demo ? 'yes' : 'no');
    })();
    const jobs = jobStore(db);
    jobs.markInterrupted(options.now);
    return {
      folder,
      databasePath,
      name: basename(folder).replace(/\.vitrine$/, ''),
      db,
      settings,
      abbreviations: abbreviationStore(db),
      audit: auditStore(db),
      calibrations: calibrationStore(db),
      evaluations: evaluationStore(db),
      items: itemStore(db),
      jobs,
      judgings: judgingStore(db),
      matrixFiles: matrixFileStore(db),
      neutral: neutralStore(db),
      panels: panelStore(db),
      quarantine: quarantineStore(db),
      queryLog: queryLogStore(db),
      reports: reportStore(db),
      reportVectors: reportVectorStore(db),
      reviews: reviewStore(db),
      runs: runStore(db),
      saved: savedSearchStore(db),
      series: seriesStore(db),
      preparations: slidePreparationStore(db),
      slides: slideStore(db),
      sources: sourceStore(db),
      tables: tableStore(db),
      tags: tagStore(db),
      undo: undoStore(db),
      vectors: vectorStore(db),
      vocabularies: vocabularyStore(db),
      /**
       * One transaction around several stores; nested calls become savepoints.
       *
       * @throws ArchiveError `archive.unwritable`, `archive.damaged`; nothing of it is written then.
       */
      transaction<T>(work: () => T): T {
        try {
          return db.transaction(work)();
        } catch (error) {
          throw storeFault(error);
        }
      },
      close(): void {
        db.pragma('wal_checkpoint(TRUNCATE)');
        db.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
export type Archive = ReturnType<typeof openArchive>;

function makeFolder(folder: string): void {
  const lock = join(folder, 'archive.lock');
  try {
    if (
      existsSync(folder) &&
      !(statSync(folder).isDirectory() && (readdirSync(folder).length === 0 || existsSync(lock)))
    )
      throw new ArchiveError('archive.exists', { path: folder });
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    throw new ArchiveError('archive.unwritable', { path: folder }, { cause: error });
  }
}

/** Rows for jobs while no archive is open, such as a model's import; gone with the program. */
export function jobsInMemory() {
  const db = openDatabase(':memory:');
  return { db, jobs: jobStore(db) };
}
