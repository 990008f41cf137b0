import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

import { ArchiveError } from '../../../preload/contract/faults.ts';
import type {
  DeviceName,
  FromWorker,
  ToWorker,
  TowerCall,
  TowerSetup,
  WorkerFailure,
} from './encoder-messages.ts';
import { openGraph } from './onnx-graph.ts';
import { loadTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
import { createTower } from './tower.ts';
import { measureJob } from './measure-job.ts';
import { imageJob, textJob, type Job } from './tower-jobs.ts';

// The thread on which one tower of a bundle runs. The graph blocks it for a batch at a time; between two batches
// it reads its messages, and the request with the fewest rows left goes on.

const setup = workerData as TowerSetup;
const port = parentPort;
if (!port) throw new Error('this file runs as a worker');

const { precisions } = setup.manifest;

function graphPath(device: DeviceName): string {
  // Half precision is for graphics processors: what left one goes on in full precision.
  const left = device !== setup.device && setup.precision === 'fp16';
  const graphs = (left && precisions.fp32) || precisions[setup.precision];
  if (!graphs) throw new ArchiveError('model.precision', { precision: setup.precision });
  return join(setup.folder, graphs[setup.tower].file);
}

const tower = createTower({
  ...setup,
  open: (device) => openGraph(graphPath(device), { ...setup, device }),
  onNotice: (notice) => send({ kind: 'notice', notice }),
});
const jobs = new Map<number, Job>();
let tokenizer: Promise<Tokenizer> | undefined;
let running = false;
let closing = false;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'cancel') jobs.delete(message.id);
  else if (message.kind === 'close') {
    closing = true;
    void work();
  } else void begin(message.id, message.call);
});

async function begin(id: number, call: TowerCall): Promise<void> {
  try {
    jobs.set(id, await jobOf(call));
    await work();
  } catch (thrown) {
    send({ kind: 'failure', id, failure: failureOf(thrown) });
  }
}

async function jobOf(call: TowerCall): Promise<Job> {
  if (call.kind === 'measure') return measureJob(tower, setup.manifest, call.mostRows);
  if (call.kind !== 'texts') return imageJob(tower, setup.manifest, call);
  tokenizer ??= loadTokenizer(setup.folder, setup.manifest);
  return textJob(tower, setup.manifest, await tokenizer, call.texts);
}

async function work(): Promise<void> {
  if (running) return;
  running = true;
  while (!closing) {
    const next = [...jobs].sort(([, a], [, b]) => a.left() - b.left())[0];
    if (!next) break;
    await advance(...next);
    await setImmediate();
  }
  running = false;
  if (!closing) return;
  await tower.close();
  port?.close();
}

async function advance(id: number, job: Job): Promise<void> {
  try {
    if (job.left() > 0) await job.step();
    if (job.left() > 0 || !jobs.delete(id)) return;
    const answer = job.answer();
    port?.postMessage({ kind: 'answer', id, answer } satisfies FromWorker, [
      answer.vectors.buffer as ArrayBuffer,
    ]);
  } catch (thrown) {
    if (jobs.delete(id)) send({ kind: 'failure', id, failure: failureOf(thrown) });
  }
}

function send(message: FromWorker): void {
  port?.postMessage(message);
}

function failureOf(thrown: unknown): WorkerFailure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = error instanceof ArchiveError ? error : null;
  const cause = error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
  return {
    code: known?.code ?? null,
    details: known?.details ?? {},
    message: cause,
    stack: error.stack ?? '',
  };
}
