import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Precision } from '../../main/core/encode/bundle.ts';
import { chooseCheckpoint } from '../../main/core/encode/convert/checkpoint.ts';
import { convertCheckpoint } from '../../main/core/encode/convert/convert.ts';
import { requireDevice } from '../../main/core/encode/devices.ts';
import { createEncoder, type Encoder } from '../../main/core/encode/encoder.ts';
import type { DeviceName } from '../../main/core/encode/encoder-messages.ts';
import { fullSize, writeRandomCheckpoint } from '../support/random-checkpoint.ts';
import { startTorch, type Took, type Torch, type TorchCase } from './encode-torch.ts';

const QUERY_TOKENS = 12;
const PADDED_TOKENS = 256;
const TEXTS_AT_ONCE = 16;

/**
 * Pictures and texts per second through the product's encoder, by precision and batch, against plain torch over the
 * same weights where python3 with torch is found: in turns, so that a busy neighbour slows both alike.
 *
 * `--checkpoint FOLDER` (BiomedCLIP's layout in float32 safetensors; by default a random one of full size is made),
 * `--rounds N` (default 7), `--batches 1,8`, `--precisions fp32,int8`, `--device cpu`, `--threads N` (default: all
 * cores).
 *
 * @returns medians (`ms`) and best rounds (`bestMs`); from the best, which a busy machine spoils least, `perSecond` and
 *   `ratio` = torch's time / ours (above 1: ours is faster); `cpuMs` and `cpuRatio` the same in processor time, which
 *   holds on a busy machine too; what the conversion took and its parity. `torchProducts` are the image tower's matrix
 *   products alone: the least that torch's BLAS needs in float32, whatever is around them. int8 runs picture by picture
 *   whatever the batch.
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      checkpoint: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      batches: { type: 'string', default: '1,8' },
      precisions: { type: 'string' },
      device: { type: 'string', default: 'cpu' },
      threads: { type: 'string', default: String(availableParallelism()) },
    },
    strict: false,
  });
  const device = requireDevice(String(values.device), null);
  const precisions = String(values.precisions ?? (device === 'cpu' ? 'fp32,int8' : 'fp32,fp16')).split(',');
  const scratch = mkdtempSync(join(tmpdir(), 'bench-encode-'));
  try {
    const checkpoint = values.checkpoint === undefined ? makeCheckpoint(scratch) : String(values.checkpoint);
    const into = join(scratch, 'models');
    const { id, ...conversion } = await convertCheckpoint({ folder: checkpoint, into, id: 'bench' });
    const maxRssMiB = Math.round(process.resourceUsage().maxRSS / 1024);
    const threads = Number(values.threads);
    const bench = {
      folder: join(into, id),
      device,
      threads,
      rounds: Number(values.rounds),
      precisions: precisions.map((one) => Precision.parse(one)),
      torch: await startTorch(join(checkpoint, chooseCheckpoint(checkpoint, [])), threads),
    };
    try {
      const images: Record<string, unknown> = {};
      for (const batch of String(values.batches).split(',').map(Number)) {
        images[batch] = await compareImages(bench, batch);
      }
      const texts = await compareTexts(bench);
      const torch = bench.torch?.version ?? null;
      return {
        bench: 'encode',
        device,
        threads,
        rounds: bench.rounds,
        torch,
        conversion: { ...conversion, maxRssMiB },
        images,
        texts,
      };
    } finally {
      bench.torch?.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Bench {
  readonly folder: string;
  readonly device: DeviceName;
  readonly threads: number;
  readonly rounds: number;
  readonly precisions: readonly Precision[];
  readonly torch: Torch | null;
}

function makeCheckpoint(scratch: string): string {
  const folder = join(scratch, 'checkpoint');
  const tokenizer = join(import.meta.dirname, '../../models/starter/tokenizer.json');
  writeRandomCheckpoint(folder, fullSize, tokenizer);
  return folder;
}

async function compareImages(bench: Bench, batch: number): Promise<Record<string, unknown>> {
  const { folder, device, threads } = bench;
  const encoders = await Promise.all(
    bench.precisions.map((precision) => {
      const batchSize = precision === 'int8' ? 1 : batch;
      const remembered = { device, precision, batchSize, msPerPicture: null, reason: 'bench' };
      return createEncoder({ folder, device, precision, threads, remembered });
    }),
  );
  const size = 3 * (encoders[0]?.manifest.preprocessing.sizePx ?? 0) ** 2;
  const pixels = () => Float32Array.from({ length: batch * size }, () => 2 * Math.random() - 1);
  const contenders = encoders.map((encoder, index) => ({
    name: bench.precisions[index] ?? '',
    work: async () => void (await encoder.encodeTensors(pixels(), batch)),
  }));
  try {
    return await inTurns(
      bench,
      contenders,
      { torch: { batch }, torchProducts: { batch, only: 'products' } },
      batch,
    );
  } finally {
    await closeAll(encoders);
  }
}

/** Short queries at their true length, one and several at once, against torch's padding to the context length. */
async function compareTexts(bench: Bench): Promise<Record<string, unknown>> {
  const { folder, threads } = bench;
  const encoder = await createEncoder({ folder, precision: 'fp32', threads });
  const tokens = (await encoder.encodeTexts([query(0)])).tokens[0];
  if (tokens !== QUERY_TOKENS) throw new Error(`the bench's query has ${tokens} tokens`);
  let asked = 0;
  const work = (count: number) => async () => {
    await encoder.encodeTexts(Array.from({ length: count }, () => query((asked += 1))));
  };
  const cases = (batch: number): Record<string, TorchCase> => ({
    torchTrueLength: { batch, length: QUERY_TOKENS, read: QUERY_TOKENS },
    // Several padded ones take torch half a minute a round on a busy machine, and tell no more than one.
    ...(batch === 1 ? { torchPadded: { batch, length: PADDED_TOKENS, read: QUERY_TOKENS } } : {}),
  });
  const compare = (batch: number) =>
    inTurns(bench, [{ name: 'fp32', work: work(batch) }], cases(batch), batch);
  try {
    return { tokens, 1: await compare(1), [TEXTS_AT_ONCE]: await compare(TEXTS_AT_ONCE) };
  } finally {
    await encoder.close();
  }
}

const words = ['lung', 'heart', 'bone', 'brain', 'left', 'right', 'tissue', 'cell', 'normal', 'large'];
/** Ten words of one token each, another order for every number: a repeated query would come from memory. */
function query(number: number): string {
  const left = [...words];
  let rest = number;
  return words
    .map(() => {
      const [word = ''] = left.splice(rest % left.length, 1);
      rest = Math.floor(rest / (left.length + 1));
      return word;
    })
    .join(' ');
}

interface Contender {
  readonly name: string;
  readonly work: () => Promise<void>;
}

async function inTurns(
  { rounds, torch }: Bench,
  contenders: readonly Contender[],
  torchCases: Readonly<Record<string, TorchCase>>,
  count: number,
): Promise<Record<string, unknown>> {
  const times = new Map<string, Took[]>();
  const note = (name: string, took: Took, round: number) =>
    // The first round loads and warms up.
    round > 0 && times.set(name, [...(times.get(name) ?? []), took]);
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, work } of contenders) note(name, await timed(work), round);
    if (!torch) continue;
    for (const [name, one] of Object.entries(torchCases)) note(name, await torch.run(one), round);
  }
  const figuresOf = (name: string) => {
    const took = times.get(name) ?? [];
    const sorted = took.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const [bestMs = NaN, ms = NaN] = [sorted[0], sorted[sorted.length >> 1]];
    const cpuMs = Math.min(...took.map((one) => one.cpuMs));
    const figures = { ms, bestMs, cpuMs, perSecond: (1000 * count) / bestMs };
    return mapValues(figures, rounded);
  };
  const rivals = mapValues(torch ? torchCases : {}, (_, name) => figuresOf(name));
  const ours = contenders.map(({ name }) => {
    const figures = figuresOf(name);
    const ratio = mapValues(rivals, ({ bestMs }) => rounded(bestMs / figures.bestMs));
    const cpuRatio = mapValues(rivals, ({ cpuMs }) => rounded(cpuMs / figures.cpuMs));
    return [name, { ...figures, ratio, cpuRatio }] as const;
  });
  return { ...Object.fromEntries(ours), ...rivals };
}

async function timed(work: () => Promise<void>): Promise<Took> {
  const [before, cpuBefore] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms: performance.now() - before, cpuMs: (user + system) / 1000 };
}

function mapValues<K extends string, V, R>(
  of: Readonly<Record<K, V>>,
  change: (value: V, key: K) => R,
): Record<K, R> {
  const entries = Object.entries(of) as [K, V][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as Record<K, R>;
}

const rounded = (value: number): number => Number(value.toFixed(2));

async function closeAll(encoders: readonly Encoder[]): Promise<void> {
  await Promise.all(encoders.map((one) => one.close()));
}
