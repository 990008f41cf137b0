import { basename, join, resolve } from 'node:path';
import type { AppInfo } from '../../../preload/contract/archive.ts';
import type { Emit } from '../../../preload/contract/events.ts';
import { ArchiveError, faultOf } from '../../../preload/contract/faults.ts';
import { ModelId } from '../../../preload/contract/ids.ts';
import type { Job } from '../../../preload/contract/jobs.ts';
import { deviceTitles } from '../encode/devices.ts';
import { createDecodePool } from '../ingest/decode-pool.ts';
import { createJobs, type Jobs } from '../ingest/job-control.ts';
import { noticeWords } from '../encode/notice-words.ts';
import type { Log } from '../log.ts';
import { blockedConnections } from '../privacy/offline-guard.ts';
import { jobsInMemory } from '../store/archive.ts';
import { createModelService } from './model-service.ts';
import { openSession, type Session } from './session.ts';
import { userSettings } from './user-settings.ts';

export interface ProgramOptions {
  readonly version: string;
  /** The user's data folder. */
  readonly data: string;
  readonly shippedModels: string;
  readonly importedModels: string;
  readonly demoPictures: string;
  /** A device for this run only. */
  readonly device?: string;
  readonly log: Log;
  readonly emit: Emit;
}

/** How often windows hear of a growing archive. */
const TELL_EVERY_MS = 2_000;

/** The running program: settings, models, and at most one open archive. */
export function createProgram(options: ProgramOptions) {
  const { log, emit, version } = options;
  const settings = userSettings(join(options.data, 'settings.json'), (thrown) =>
    log.error('settings not written', thrown),
  );
  const models = createModelService({
    places: { shipped: options.shippedModels, imported: options.importedModels },
    runtimes: join(options.data, 'runtimes'),
    settings,
    ...(options.device === undefined ? {} : { device: options.device }),
    log,
    onNotice: (notice) => {
      log.warn('encoder', { notice: notice.is });
      // A query's encoder is the same: whatever runs should say why it became slower.
      session?.jobs.noticeAll(noticeWords(notice));
    },
  });
  const pool = createDecodePool(undefined, () => settings.get().openSlide);
  const withoutArchive = createJobs(jobsInMemory(), (job) => emit('job.changed', job), defect);
  let session: Session | null = null;
  let opening: Promise<void> = Promise.resolve();

  function defect(thrown: unknown): void {
    log.error('job', thrown);
  }

  let toldAt = 0;
  function onJob(job: Job): void {
    emit('job.changed', job);
    // While an import runs, what was added so far is already there to be found.
    if (job.endedAt !== null || performance.now() - toldAt > TELL_EVERY_MS) changed();
  }

  /** One archive at a time, and one change of it at a time. */
  async function open(path: string, how: { create: boolean; demo?: boolean }): Promise<AppInfo> {
    const folder = resolve(path);
    const before = opening;
    const { promise, resolve: done } = Promise.withResolvers<void>();
    opening = promise;
    try {
      await before;
      if (session?.folder === folder && !how.create) return await info();
      const next = openSession({ folder, ...how, models, pool, onJob, log });
      const old = session;
      session = next;
      await old?.close();
      settings.opened(folder);
      changed();
      return await info();
    } finally {
      done();
    }
  }

  async function info(): Promise<AppInfo> {
    const { model, fault, device } = await modelInfo();
    return {
      version,
      archive: session && {
        path: session.folder,
        name: session.archive.name,
        demo: session.archive.settings.get('demo') === 'yes',
        items: session.archive.items.count(),
        generation: Number(session.archive.settings.get('generation') ?? 0),
      },
      model,
      modelFault: fault,
      device,
      blockedConnections: blockedConnections(),
      recentArchives: settings
        .get()
        .recentArchives.map((path) => ({ path, name: basename(path).replace(/\.vitrine$/, '') })),
    };
  }

  async function modelInfo(): Promise<{
    model: AppInfo['model'];
    fault: AppInfo['modelFault'];
    device: AppInfo['device'];
  }> {
    try {
      const id = session ? await session.activeId() : await models.defaultId();
      const { manifest, identity, device } = await models.encoder(id);
      return {
        model: {
          id: ModelId.parse(id),
          title: manifest.title,
          hash: identity.slice(0, 8),
          dimensions: manifest.dimensions,
          contextLength: manifest.tokenizer.contextLength,
          notice: manifest.notice,
        },
        fault: null,
        device: { name: deviceTitles[device.name], precision: null, reason: device.reason },
      };
    } catch (thrown) {
      const fault = faultOf(thrown);
      if (fault.code === 'internal') defect(thrown);
      return { model: null, fault, device: null };
    }
  }

  /** Tells the windows that something about the program or the archive is different. */
  function changed(): void {
    toldAt = performance.now();
    void info().then(
      (payload) => emit('app.changed', payload),
      (thrown: unknown) => defect(thrown),
    );
  }

  return {
    options,
    settings,
    models,
    pool,
    open,
    info,
    changed,
    /** The open archive. @throws ArchiveError `archive.none-open` */
    session(): Session {
      if (!session) throw new ArchiveError('archive.none-open');
      return session;
    },
    sessionIfOpen: (): Session | null => session,
    /** Background work: of the open archive, or of the program alone. */
    jobs: (): Jobs => session?.jobs ?? withoutArchive,
    async close(): Promise<void> {
      await opening;
      await withoutArchive.close();
      await session?.close();
      session = null;
      await models.close();
      await pool.close();
    },
  };
}
export type Program = ReturnType<typeof createProgram>;
