import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { outputOf } from '../../store/thread-answer.ts';
import type {
  EvidenceAnswer,
  EvidenceProgress,
  EvidenceTask,
  EvidenceTasks,
  EvidenceWork,
} from './evidence-tasks.ts';

/**
 * Runs one piece of work in a thread of its own, so that neither the core nor a search waits for it. Whoever cancels
 * need not wait; the thread itself is asked to stop, or ends with its work. It is never terminated: while a native
 * library is loading, that takes the process with it.
 *
 * @throws ArchiveError what the work refuses, and `request.cancelled`.
 */
export async function evidence<T extends EvidenceTask>(
  databasePath: string,
  task: T,
  input: EvidenceTasks[T]['input'],
  signal: AbortSignal,
  onProgress: (progress: EvidenceProgress) => void = () => {},
): Promise<EvidenceTasks[T]['output']> {
  if (signal.aborted) throw new ArchiveError('request.cancelled');
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  // Both are of the same T.
  const work = { databasePath, cancelled, task, input } as unknown as EvidenceWork;
  const worker = new Worker(new URL('./evidence-worker.ts', import.meta.url), { workerData: work });
  const { promise, resolve, reject } = Promise.withResolvers<EvidenceAnswer>();
  worker.on('message', (said: EvidenceAnswer | EvidenceProgress) => {
    if ('ok' in said) resolve(said);
    else if (!signal.aborted) onProgress(said);
  });
  // Also after a cancel somebody has to listen, or a failing thread would end the program.
  worker.on('error', reject);
  worker.once('exit', (code) => reject(new Error(`the evidence thread ended with ${code}`)));
  const cancel = () => {
    Atomics.store(cancelled, 0, 1);
    reject(new ArchiveError('request.cancelled'));
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return outputOf(await promise) as EvidenceTasks[T]['output'];
  } finally {
    // The thread keeps the program alive until it has ended: while a native library is loading, a program that ends with it
    // is aborted.
    signal.removeEventListener('abort', cancel);
  }
}
