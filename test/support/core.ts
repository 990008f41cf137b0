import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore, type Core } from '../../main/core/core.ts';
import { createDispatcher } from '../../main/hosts/dispatch.ts';
import { unwrap } from '../../preload/contract/faults.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import type { Input, MethodName, Output } from '../../preload/contract/methods.ts';

const root = join(import.meta.dirname, '../..');
/** The pictures of the demo archive: small, of several kinds, with their captions. */
export const demoPictures = join(root, 'main/core/ingest/demo');

/** A core of the real parts on a folder of its own, asked through the dispatcher like a window would. */
export interface TestCore {
  readonly core: Core;
  /** For archives, sources, whatever the test needs; gone with the core. */
  readonly folder: string;
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
  /** Imports folders and waits for the end of the job. */
  import(...folders: string[]): Promise<Job>;
  /** Resolves with the job once it has ended. */
  ended(jobId: number): Promise<Job>;
  /** What was thrown and is no expected refusal; a test that ends with one has found a defect. */
  readonly defects: unknown[];
  close(): Promise<void>;
}

export interface TestCoreOptions {
  /** Folder of an earlier test core, to start the program again on its data. */
  readonly folder?: string;
  /** Bundles that come with the program; left out, the starter. */
  readonly shippedModels?: string;
}

export function openTestCore(options: TestCoreOptions = {}): TestCore {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'vitrine-core-'));
  const core = createCore({
    version: '0.0.0-test',
    data: join(folder, 'data'),
    shippedModels: options.shippedModels ?? join(root, 'models'),
    importedModels: join(folder, 'data/models'),
    demoPictures,
    logFile: join(folder, 'data/log'),
  });
  const defects: unknown[] = [];
  const caller = createDispatcher(
    core.handlers,
    (_method, thrown) => defects.push(thrown),
    'command-line',
  ).caller();
  let calls = 0;

  async function call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
    calls += 1;
    return unwrap(await caller.call({ callId: String(calls), method, input })) as Output<M>;
  }

  async function ended(jobId: number): Promise<Job> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = core.on((event, payload) => {
      const job = payload as Job;
      if (event === 'job.changed' && job.jobId === jobId && job.endedAt !== null) resolve();
    });
    const id = jobId as Job['jobId'];
    if ((await call('job.get', { jobId: id })).endedAt === null) await promise;
    stop();
    return call('job.get', { jobId: id });
  }

  return {
    core,
    folder,
    call,
    ended,
    defects,
    import: async (...folders) => ended((await call('import.start', { folders })).jobId),
    close: () => core.close(),
  };
}

/** A folder of originals with these demo pictures, under names of the test's choice. */
export function sourceFolder(at: string, files: Readonly<Record<string, string>>): string {
  for (const [name, picture] of Object.entries(files)) {
    mkdirSync(join(at, name, '..'), { recursive: true });
    cpSync(join(demoPictures, picture), join(at, name));
  }
  return at;
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });
