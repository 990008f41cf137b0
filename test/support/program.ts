import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { createCore, type Core } from '../../main/core/core.ts';
import type { Input, MethodName, Output } from '../../preload/contract/methods.ts';
import { methods } from '../../preload/contract/methods.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * A core with a data folder of its own, the shipped models, and calls as a door makes them.
 *
 * @param importedModels - a folder of more bundles; left out, there are none.
 */
export function openProgram(importedModels?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-program-'));
  const core: Core = createCore({
    version: '0.0.0',
    data: join(folder, 'data'),
    shippedModels: join(root, 'models'),
    importedModels: importedModels ?? join(folder, 'models'),
    demoPictures: join(root, 'main/core/ingest/demo'),
    logFile: join(folder, 'log.txt'),
  });

  async function call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
    const request = methods[method].input.parse(input);
    const handler = core.handlers[method] as (request: unknown, signal: AbortSignal) => unknown;
    return methods[method].output.parse(await handler(request, new AbortController().signal)) as Output<M>;
  }

  /** Resolves when no job is left. */
  async function idle(): Promise<void> {
    for (;;) {
      const { jobs } = await call('job.list', {});
      const failed = jobs.find(({ state }) => state === 'failed');
      if (failed) throw new Error(`job failed: ${failed.fault?.code}`);
      if (jobs.every(({ endedAt }) => endedAt !== null)) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  return {
    core,
    folder,
    archive: join(folder, 'Test.vitrine'),
    call,
    idle,
    async close(): Promise<void> {
      await core.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
