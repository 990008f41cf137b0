import { Worker } from 'node:worker_threads';
import type { Evaluation } from '../../../preload/contract/calibrations.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { FittedCalibration } from './fit-calibration.ts';
import type { FittedProbe } from './fit-probe.ts';
import type {
  CalibrationTask,
  EvaluationTask,
  ProbeCalibrationTask,
  ProbeTask,
  StatisticsTask,
} from './statistics-tasks.ts';

/** Fitting and resampling take up to seconds and run in a thread of their own. */
export const statistics = {
  calibrate: (task: CalibrationTask | ProbeCalibrationTask, signal?: AbortSignal) =>
    inThread<FittedCalibration>(task, signal),
  evaluate: (task: EvaluationTask, signal?: AbortSignal) => inThread<Evaluation>(task, signal),
  probe: (task: ProbeTask, signal?: AbortSignal) => inThread<FittedProbe>(task, signal),
};

async function inThread<T>(task: StatisticsTask, signal?: AbortSignal): Promise<T> {
  if (signal?.aborted) throw new ArchiveError('request.cancelled');
  const worker = new Worker(new URL('./label-statistics-worker.ts', import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the statistics thread ended with ${code}`)));
  const cancel = () => reject(new ArchiveError('request.cancelled'));
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', cancel);
    await worker.terminate();
  }
}
