import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { convertCheckpoint } from '../../main/core/encode/convert/convert.ts';
import { createEncoder } from '../../main/core/encode/encoder.ts';
import { spawnCli } from '../support/cli.ts';
import { fullSize, writeRandomCheckpoint } from '../support/random-checkpoint.ts';
import { makePictures } from '../support/pictures.ts';

const starter = join(import.meta.dirname, '../../models/starter');
const SAMPLE_EVERY_MS = 250;
/** As the import hands pictures over. */
const LEAST_BATCH = 16;
const RAW_SECONDS = 5;

/**
 * Pictures per second of an import through the command line, against what the encoder does alone on pixels that lie
 * ready, and the memory of the importing process.
 *
 * `--pictures N` (default 2000), `--px N` (longer side, default 1024), `--full` (a random model of BiomedCLIP's full
 * size instead of the starter).
 *
 * @returns `perSecond`, `encoderPerSecond` and `ratio` = import / encoder (1: nothing but the model is waited for);
 *   `memory`: peak resident MiB, and means of the second and the last quarter with their `growth`, which is about 1
 *   when memory does not depend on how much was imported.
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pictures: { type: 'string', default: '2000' },
      px: { type: 'string', default: '1024' },
      full: { type: 'boolean', default: false },
    },
  });
  const [count, sizePx] = [Number(values.pictures), Number(values.px)];
  const scratch = mkdtempSync(join(tmpdir(), 'vitrine-bench-import-'));
  try {
    const model = values.full ? await makeFullModel(scratch) : 'starter';
    const bundle = values.full ? join(scratch, 'models', model) : starter;
    const source = await makePictures(join(scratch, 'pictures'), count, sizePx);
    const raw = await encoderAlone(bundle);
    const imported = await importAll(scratch, source, model, count);
    const perSecond = count / imported.seconds;
    return {
      pictures: count,
      sizePx,
      model,
      perSecond,
      encoderPerSecond: raw.perSecond,
      device: raw.device,
      ratio: perSecond / raw.perSecond,
      memory: imported.memory,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function makeFullModel(scratch: string): Promise<string> {
  const folder = join(scratch, 'checkpoint');
  writeRandomCheckpoint(folder, fullSize, join(starter, 'tokenizer.json'));
  const { id } = await convertCheckpoint({ folder, into: join(scratch, 'models'), id: 'full' });
  return id;
}

async function encoderAlone(folder: string): Promise<{ perSecond: number; device: string }> {
  const encoder = await createEncoder({ folder });
  try {
    // Device, precision and batch as the product would choose them on this machine.
    const batch = Math.max((await encoder.prepareImages()).batchSize, LEAST_BATCH);
    const perPicture = encoder.manifest.preprocessing.sizePx ** 2 * 3;
    const pixels = Uint8Array.from(
      { length: batch * perPicture },
      (_, at) => Math.imul(at, 2654435761) >>> 24,
    );
    // Moved to the worker, so each call gets its own.
    const encode = () => encoder.encodeImages(pixels.slice(), batch);
    await encode();
    const begun = performance.now();
    let done = 0;
    while (performance.now() - begun < RAW_SECONDS * 1000) {
      // Two in hand, as the import has.
      await Promise.all([encode(), encode()]);
      done += 2 * batch;
    }
    return { perSecond: (done / (performance.now() - begun)) * 1000, device: encoder.device.reason };
  } finally {
    await encoder.close();
  }
}

async function importAll(scratch: string, source: string, model: string, count: number) {
  const archive = join(scratch, 'Bench.vitrine');
  const child = spawnCli(scratch, ['import', source, '--archive', archive, '--model', model, '--json']);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.resume();
  const resident: number[] = [];
  const timer = setInterval(() => resident.push(residentMiB(child.pid)), SAMPLE_EVERY_MS);
  await once(child, 'close');
  clearInterval(timer);
  const { counts, seconds } = JSON.parse(output) as { counts: { added: number }; seconds: number };
  if (counts.added !== count) throw new Error(`${counts.added} of ${count} pictures were added`);
  const samples = resident.filter((value) => value > 0);
  const quarter = Math.floor(samples.length / 4);
  const second = mean(samples.slice(quarter, 2 * quarter));
  const last = mean(samples.slice(3 * quarter));
  return {
    seconds,
    memory: {
      peakMiB: Math.max(...samples),
      secondQuarterMiB: second,
      lastQuarterMiB: last,
      growth: last / second,
    },
  };
}

/** Of Linux only; 0 elsewhere, and when the process has ended. */
function residentMiB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
