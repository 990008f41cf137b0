import { mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { FINE_MPP, planTiles, withinBudget } from '../../main/core/domain/tiling.ts';
import { createEncoder, type Encoder } from '../../main/core/encode/encoder.ts';
import type { ImagePlan } from '../../main/core/encode/image-plan.ts';
import { prepareTiles } from '../../main/core/ingest/prepare-tiles.ts';
import { maskOf } from '../../main/core/ingest/slide-tasks.ts';
import { BATCHES_ENCODED, LEAST_BATCH } from '../../main/core/ingest/tile-vectors.ts';
import { openSlide } from '../../main/core/imaging/slide/open-slide.ts';
import type { Job } from '../../preload/contract/jobs.ts';
import { makeSlide } from '../support/generated-slide.ts';
import { openProgram } from '../support/program.ts';

const shipped = join(import.meta.dirname, '../../models');
const RAW_SECONDS = 4;
/** Below this many batches filling and emptying the pipeline is much of what is measured. */
const LEAST_BATCHES = 6;

/**
 * Tiles per second from a slide's file into an archive, against the encoder alone: the same bundle on the same device
 * with the same plan and threads, given tiles of the same slide that were prepared before, as many to a call and as
 * many calls at once as the job has, before the job and after it. The program has read a small slide before, so its
 * threads run and the model is loaded; scanning, hashing, finding tissue and the first batch are `startMs`.
 *
 * @param scratch - a folder for the small slide.
 * @param source - a folder with one slide.
 * @returns `ratio` by the clock, which neighbours on a busy machine disturb; `cpuRatio` by processor time of all threads,
 *   which says how much of the work is the encoder's.
 */
export async function embed(scratch: string, source: string, slide: string, model: string) {
  const program = openProgram(dirname(model) === shipped ? undefined : dirname(model));
  const modelId = basename(model);
  let raw: Encoder | undefined;
  try {
    await program.core.openOrCreate(program.archive);
    const small = join(scratch, 'small');
    mkdirSync(small);
    await makeSlide(join(small, 'small.tif'), 1600, 1280);
    await program.call('import.start', { folders: [small], modelId });
    await program.idle();

    const plan = planOf(program.folder);
    raw = await createEncoder({ folder: model, runtimes: join(tmpdir(), 'none'), remembered: plan });
    const perCall = Math.max(LEAST_BATCH, plan.batchSize);
    const pixels = await preparedTiles(slide, raw, perCall * BATCHES_ENCODED);
    const before = await encoderAlone(raw, pixels, perCall);
    const job = await jobRate(() => program.call('import.start', { folders: [source], modelId }), program);
    const after = await encoderAlone(raw, pixels, perCall);

    const encoder = {
      perSecond: (before.perSecond + after.perSecond) / 2,
      cpuMsPerTile: (before.cpuMsPerTile + after.cpuMsPerTile) / 2,
    };
    return {
      model: modelId,
      precision: plan.precision,
      batchSize: plan.batchSize,
      ...job,
      encoderPerSecond: encoder.perSecond,
      encoderPerSecondBeforeAndAfter: [before.perSecond, after.perSecond],
      ratio: job.perSecond / encoder.perSecond,
      encoderCpuMsPerTile: encoder.cpuMsPerTile,
      cpuRatio: encoder.cpuMsPerTile / job.cpuMsPerTile,
    };
  } finally {
    await raw?.close();
    await program.close();
  }
}

/** From the first batch in the archive to the last. */
async function jobRate(start: () => Promise<unknown>, program: ReturnType<typeof openProgram>) {
  const started = performance.now();
  const first = { at: 0, done: 0, cpu: 0 };
  const last = { at: 0, done: 0, cpu: 0 };
  const ended = new Promise<void>((resolve) => {
    program.core.on((_, payload) => {
      const { kind, stages, endedAt } = payload as Partial<Job>;
      if (kind !== 'slide-embed') return;
      if (endedAt !== null) resolve();
      // The stage before counts slides.
      const done = stages?.length === 2 ? (stages[1]?.done ?? 0) : 0;
      if (done === 0 || done === last.done) return;
      Object.assign(last, { at: performance.now(), done, cpu: cpuMs() });
      if (first.at === 0) Object.assign(first, last);
    });
  });
  await start();
  // Asking again and again whether it has ended would be counted as its work.
  await ended;
  await program.idle();
  const tiles = last.done - first.done;
  if (tiles < LEAST_BATCHES * LEAST_BATCH)
    throw new Error(`${last.done} tiles are too few: take a larger slide`);
  return {
    tiles: last.done,
    startMs: first.at - started,
    perSecond: tiles / ((last.at - first.at) / 1000),
    cpuMsPerTile: (last.cpu - first.cpu) / tiles,
  };
}

/** What the program found best for the bundle. */
function planOf(folder: string): ImagePlan {
  const { plans } = JSON.parse(readFileSync(join(folder, 'data/settings.json'), 'utf8')) as {
    plans: Record<string, ImagePlan>;
  };
  const [plan] = Object.values(plans);
  if (!plan) throw new Error('the program has no plan for the bundle');
  return plan;
}

/** Tiles of the slide as the job prepares them, spread out, in shared memory as it has them. */
async function preparedTiles(path: string, { manifest }: Encoder, count: number): Promise<Uint8Array> {
  const { preprocessing } = manifest;
  const { width: widthPx, height: heightPx, mppX, mppY, close } = await openSlide(path);
  await close();
  const wish = {
    widthPx,
    heightPx,
    mppX: mppX ?? 1,
    mppY: mppY ?? 1,
    tilePx: preprocessing.sizePx,
    mpp: FINE_MPP,
  };
  const tiles = withinBudget(planTiles(wish, await maskOf(path)), { is: 'most', n: count });
  if (tiles.length < count) throw new Error(`${tiles.length} tiles are too few: take a larger slide`);
  const pixels = new Uint8Array(new SharedArrayBuffer(count * preprocessing.sizePx ** 2 * 3));
  await prepareTiles(path, tiles, preprocessing, null, pixels);
  return pixels;
}

/** Each call in flight has a part of the pixels of its own. */
async function encoderAlone(encoder: Encoder, pixels: Uint8Array, perCall: number) {
  const started = performance.now();
  const startedCpu = cpuMs();
  let count = 0;
  const bytes = pixels.length / BATCHES_ENCODED;
  const loop = async (index: number) => {
    const part = pixels.subarray(index * bytes, (index + 1) * bytes);
    while (performance.now() - started < RAW_SECONDS * 1000) {
      await encoder.encodeImages(part, perCall);
      count += perCall;
    }
  };
  await Promise.all(Array.from({ length: BATCHES_ENCODED }, (_, index) => loop(index)));
  const perSecond = count / ((performance.now() - started) / 1000);
  return { perSecond, cpuMsPerTile: (cpuMs() - startedCpu) / count };
}

/** Of all threads of the process. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
