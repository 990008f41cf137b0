import { parentPort, workerData } from 'node:worker_threads';
import { fitCalibration } from './fit-calibration.ts';
import { evaluateCases } from './fit-evaluation.ts';
import { crossFittedCases, fitProbeCases } from './fit-probe.ts';
import type { StatisticsTask } from './statistics-tasks.ts';

// Fits and resamples for one request, and ends. What goes wrong here is a defect and ends the thread.

const task = workerData as StatisticsTask;
if (task.task === 'calibrate') parentPort?.postMessage(fitCalibration(task));
else if (task.task === 'calibrate-probe')
  parentPort?.postMessage(
    fitCalibration({ task: 'calibrate', cases: crossFittedCases(task), method: task.method }),
  );
else if (task.task === 'evaluate') parentPort?.postMessage(evaluateCases(task));
else parentPort?.postMessage(fitProbeCases(task));
