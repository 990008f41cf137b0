import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  awaitChange,
  control,
  type HelperSetup,
  NO_MORE,
  wantedOf,
  type ScanTarget,
} from './scan-messages.ts';
import { partScanner } from './scan-part.ts';

// A helper of a scan. It sleeps on shared memory instead of waiting for messages: waking it costs microseconds, and the
// leader, which waits for it in the same way, needs no turn of its event loop.

const port = parentPort;
if (!port) throw new Error('scan-worker.ts runs as a worker thread');
const setup = workerData as HelperSetup;
const scanner = partScanner(setup.dimensions, setup.thread);
let target: ScanTarget | undefined;

for (let job = 0; ;) {
  awaitChange(setup.control, control.job, job);
  job = Atomics.load(setup.control, control.job);
  while (scanNext());
  if (Atomics.load(setup.control, control.rows) === NO_MORE) break;
}

/** @returns false when no part is left. */
function scanNext(): boolean {
  // Counted down, so that what was taken says by itself whether it is one: a helper that is held up here and goes on in
  // the next, larger scan must not take what it came too late for as a part of that.
  const at = Atomics.sub(setup.control, control.left, 1) - 1;
  if (at < 0) return false;
  // Of the scan that the part belongs to: it does not end before this one is done.
  const rows = Atomics.load(setup.control, control.rows);
  const task = Atomics.load(setup.control, control.task);
  for (let news = port && receiveMessageOnPort(port); news; news = port && receiveMessageOnPort(port))
    target = news.message as ScanTarget;
  if (!target) throw new Error('a scan was asked for before its memory was named');
  scanner.work(task, target, wantedOf(setup), rows, at);
  Atomics.add(setup.control, control.done, 1);
  Atomics.notify(setup.control, control.done);
  return true;
}
