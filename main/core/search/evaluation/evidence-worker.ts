import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { openReader, type ReadDb } from '../../store/database.ts';
import { captionTable } from './evaluate-caption-table.ts';
import { measureCaptions } from './evaluate-measure-captions.ts';
import { measureStress } from './evaluate-measure-stress.ts';
import { measureTruth } from './evaluate-measure-truth.ts';
import { compareStored } from './evaluate-compare.ts';
import { stressSample } from './evaluate-stress-sample.ts';
import { readTruthTable } from './evaluate-truth-table.ts';
import { fitSeparator } from '../fit-separator.ts';
import { answerOf } from '../../store/thread-answer.ts';
import type { EvidenceAnswer, EvidenceProgress, EvidenceWork } from './evidence-tasks.ts';

// Works for one request, on a connection that only reads, and ends. What is no expected refusal ends the thread.

const work = workerData as EvidenceWork;
let opened: ReadDb | undefined;
const answer: EvidenceAnswer = await answerOf(() => outputOf((opened = openReader(work.databasePath))));
opened?.close();
parentPort?.postMessage(answer);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @throws ArchiveError `request.cancelled` once nobody waits for the work */
function goOn(): void {
  if (Atomics.load(work.cancelled, 0) !== 0) throw new ArchiveError('request.cancelled');
}

/** Tells how far the work is. @throws as `goOn` */
function progress(at: EvidenceProgress): void {
  goOn();
  parentPort?.postMessage(at);
}

async function outputOf(db: ReadDb) {
  switch (work.task) {
    case 'truth-table':
      return { table: readTruthTable(db, work.input.csv), hash: sha256(work.input.csv) };
    case 'caption-table':
      return captionTable(db, work.input.kinds);
    case 'stress-sample':
      return stressSample(db, work.input);
    case 'captions':
      return await measureCaptions(db, work.input, goOn);
    case 'truth':
      return await measureTruth(db, work.input, goOn);
    case 'stress':
      return await measureStress(db, work.input, progress);
    case 'separator':
      return fitSeparator(work.input);
    case 'compare':
      return compareStored(db, work.input.before, work.input.after);
  }
}
