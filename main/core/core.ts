import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { EventName } from '../../preload/contract/events.ts';
import { abbreviationHandlers } from './api/abbreviations.ts';
import { archiveHandlers } from './api/archive.ts';
import { dicomHandlers } from './api/dicom.ts';
import { evaluationHandlers, learningHandlers } from './api/evaluations.ts';
import { fileHandlers } from './api/files.ts';
import type { Handlers } from './api/handlers.ts';
import { itemHandlers } from './api/items.ts';
import { jobHandlers } from './api/jobs.ts';
import { judgingHandlers } from './api/judgings.ts';
import { labelHandlers } from './api/labels.ts';
import { modelHandlers } from './api/models.ts';
import { openSlideHandlers } from './api/openslide.ts';
import { privacyHandlers } from './api/privacy.ts';
import { reportHandlers } from './api/reports.ts';
import { searchHandlers } from './api/search.ts';
import { slidePreparationHandlers } from './api/slide-preparations.ts';
import { historyHandlers, savedHandlers, undoHandlers } from './api/saved.ts';
import { slideHandlers } from './api/slides.ts';
import { createLog } from './log.ts';
import { openDemo, openLastOrDemo } from './session/demo.ts';
import { restoreThumbnail } from './session/item-picture.ts';
import { tableHandlers } from './api/tables.ts';
import { vocabularyHandlers } from './api/vocabularies.ts';
import { createProgram, type ProgramOptions } from './session/program.ts';
import { storeFault } from './store/database.ts';

export interface CoreOptions extends Omit<ProgramOptions, 'emit' | 'log'> {
  /** Absolute path of the log; null writes to standard error. */
  readonly logFile: string | null;
}

/** The product behind its doors. */
export interface Core {
  /** One function per method of the contract. */
  readonly handlers: Handlers;
  /** Returns the function that stops listening. */
  on(listener: (event: EventName, payload: unknown) => void): () => void;
  /** Absolute path of a derived file by its media path, or null. A deleted thumbnail is made again. */
  mediaFile(path: string): Promise<string | null>;
  /** For the doors: something was thrown that is no expected refusal. */
  logDefect(where: string, thrown: unknown): void;
  /** The archive in this folder, made when there is none. @throws ArchiveError as opening does. */
  openOrCreate(folder: string): Promise<void>;
  openLastOrDemo(): Promise<void>;
  /** @returns the job that fills it, or null when it is complete. */
  openDemo(folder?: string): Promise<number | null>;
  /** Stops background work, gives the archive back, ends all threads. */
  close(): Promise<void>;
}

/** Puts the parts together: the one place that knows all of them. */
export function createCore(options: CoreOptions): Core {
  const listeners = new Set<(event: EventName, payload: unknown) => void>();
  let letSleep: (() => void) | undefined;
  const log = createLog(options.logFile);
  const program = createProgram({
    ...options,
    log,
    emit: (event, payload) => {
      for (const listener of listeners) listener(event, payload);
    },
  });

  return {
    handlers: withStoreFaults({
      ...archiveHandlers(program),
      ...jobHandlers(program),
      ...itemHandlers(program),
      ...searchHandlers(program),
      ...abbreviationHandlers(program),
      ...evaluationHandlers(program),
      ...learningHandlers(program),
      ...judgingHandlers(program),
      ...savedHandlers(program),
      ...historyHandlers(program),
      ...undoHandlers(program),
      ...reportHandlers(program),
      ...slideHandlers(program),
      ...slidePreparationHandlers(program),
      ...labelHandlers(program),
      ...modelHandlers(program),
      ...fileHandlers(program),
      ...openSlideHandlers(program),
      ...privacyHandlers(program),
      ...dicomHandlers(program),
      ...tableHandlers(program),
      ...vocabularyHandlers(program),
    }),
    on(listener) {
      listeners.add(listener);
      // Who listens looks, or is about to.
      letSleep ??= program.pool.keepAwake();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        letSleep?.();
        letSleep = undefined;
      };
    },
    async mediaFile(path) {
      const session = program.sessionIfOpen();
      if (!session) return null;
      if (path.startsWith('tile/')) return session.tiles.find(path);
      return (await session.media.find(path)) ?? (await restoreThumbnail(session, path));
    },
    logDefect: (where, thrown) => log.error(where, thrown),
    async openOrCreate(folder) {
      const create = !existsSync(join(resolve(folder), 'archive.db'));
      await program.open(folder, { create });
    },
    openLastOrDemo: () => openLastOrDemo(program),
    openDemo: (folder) => openDemo(program, folder),
    close: () => program.close(),
  };
}

/** A disk that is full or a database that is damaged is an expected refusal, whatever was asked. */
function withStoreFaults(handlers: Handlers): Handlers {
  const wrapped = Object.entries(handlers).map(([method, handle]) => [
    method,
    async (request: never, signal: AbortSignal) => {
      try {
        return await handle(request, signal);
      } catch (thrown) {
        throw storeFault(thrown);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Handlers;
}
