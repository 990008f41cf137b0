import { parentPort, workerData } from 'node:worker_threads';
import { fitCalibration } from './fit-calibration.ts';
import { evaluateCases } from './fit-evaluation.ts';
import { fitProbeCases } from './fit-probe.ts';
import type { CalibrationTask, EvaluationTask, ProbeTask } from './statistics-tasks.ts';

// Fits and resamples for one request, and ends. What goes wrong here is a defect and ends the thread.

const task = workerData as CalibrationTask | EvaluationTask | ProbeTask;
if (task.task === 'calibrate') parentPort?.postMessage(fitCalibration(task));
else if (task.task === 'evaluate') parentPort?.postMessage(evaluateCases(task));
else parentPort?.postMessage(fitProbeCases(task));
