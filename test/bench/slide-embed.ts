import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { createEncoder } from '../../main/core/encode/encoder.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { openProgram } from '../support/program.ts';

const shipped = join(import.meta.dirname, '../../models');
const RAW_SECONDS = 4;

/**
 * Tiles per second from the files of a folder into an archive, against the encoder alone.
 *
 * @returns `ratio` by the clock, which neighbours on a busy machine disturb; `cpuRatio` by processor time, which says how
 *   much of the work is the encoder's.
 */
export async function embed(source: string, model: string) {
  const program = openProgram(dirname(model) === shipped ? undefined : dirname(model));
  try {
    await program.core.openOrCreate(program.archive);
    // From the first tile in the archive to the last: finding tissue and loading the model come before.
    const first = { at: 0, done: 0, cpu: 0 };
    const last = { at: 0, done: 0, cpu: 0 };
    program.core.on((_, payload) => {
      const job = payload as Job;
      const done = job.kind === 'slide-embed' ? (job.stages.at(-1)?.done ?? 0) : 0;
      if (done === 0 || done === last.done) return;
      Object.assign(last, { at: performance.now(), done, cpu: cpuMs() });
      if (first.at === 0) Object.assign(first, last);
    });
    await program.call('import.start', { folders: [source], modelId: basename(model) });
    await program.idle();
    const { items } = await program.call('items.list', { where: ['kind=slide'] });
    const tiles = last.done;
    const seconds = (last.at - first.at) / 1000 / (1 - first.done / tiles);
    const cpuPerTile = (last.cpu - first.cpu) / (tiles - first.done);
    const raw = await encoderAlone(model);
    return {
      slides: items.length,
      tiles,
      perSecond: tiles / seconds,
      encoderPerSecond: raw.perSecond,
      ratio: tiles / seconds / raw.perSecond,
      cpuMsPerTile: cpuPerTile,
      encoderCpuMsPerTile: raw.cpuMsPerTile,
      cpuRatio: raw.cpuMsPerTile / cpuPerTile,
    };
  } finally {
    await program.close();
  }
}

async function encoderAlone(folder: string) {
  const encoder = await createEncoder({
    folder,
    runtimes: join(tmpdir(), 'none'),
    device: 'cpu',
  });
  try {
    const { batchSize } = await encoder.prepareImages();
    const size = Math.max(16, batchSize);
    const pixels = new Uint8Array(encoder.manifest.preprocessing.sizePx ** 2 * 3 * size).fill(180);
    const started = performance.now();
    const startedCpu = cpuMs();
    let count = 0;
    // Two in flight, as the job has it.
    const loop = async () => {
      while (performance.now() - started < RAW_SECONDS * 1000) {
        // Moved to the worker, so each call gets its own.
        await encoder.encodeImages(pixels.slice(), size);
        count += size;
      }
    };
    await Promise.all([loop(), loop()]);
    const perSecond = count / ((performance.now() - started) / 1000);
    return { perSecond, cpuMsPerTile: (cpuMs() - startedCpu) / count };
  } finally {
    await encoder.close();
  }
}

/** Of all threads of the process. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
