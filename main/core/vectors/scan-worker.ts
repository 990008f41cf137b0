import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { control, type HelperSetup, NO_MORE, type ScanTarget } from './scan-messages.ts';
import { scanShare } from './scan-share.ts';

// A helper of a scan. It sleeps on shared memory instead of waiting for messages: waking it costs microseconds, and the
// leader, which waits for it in the same way, needs no turn of its event loop.

const port = parentPort;
if (!port) throw new Error('scan-worker.ts runs as a worker thread');
const setup = workerData as HelperSetup;
let target: ScanTarget | undefined;

for (let job = 0; ;) {
  Atomics.wait(setup.control, control.job, job);
  job = Atomics.load(setup.control, control.job);
  for (let news = receiveMessageOnPort(port); news; news = receiveMessageOnPort(port))
    target = news.message as ScanTarget;
  const rows = Atomics.load(setup.control, control.rows);
  if (rows === NO_MORE) break;
  if (target) scanShare(target, setup.query, setup.queryScale[0] ?? 0, rows, setup.place, setup.places);
  Atomics.add(setup.control, control.done, 1);
  Atomics.notify(setup.control, control.done);
}
