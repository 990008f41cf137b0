import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError, faultOf, type Fault } from '../../../../preload/contract/faults.ts';
import { writeBundle, type BundleRequest, type WrittenBundle } from './write-bundle.ts';

/** What the converter's thread tells while it works. The last message is `done` or `fault`. */
export type FromConverter =
  | { readonly is: 'progress'; readonly stage: string; readonly done: number; readonly total: number }
  | { readonly is: 'done'; readonly written: WrittenBundle }
  | { readonly is: 'fault'; readonly fault: Fault };

export interface ConverterSetup {
  readonly request: BundleRequest;
  /**
   * One number in shared memory; anything but 0 asks the thread to end. It has to end by itself: a thread that is
   * terminated while the runtime is in native code takes the process with it.
   */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

const send = (message: FromConverter) => parentPort?.postMessage(message);

try {
  // Only `convert.ts` starts this thread, with a request of its own making.
  const { request, cancelled } = workerData as ConverterSetup;
  const written = await writeBundle(request, {
    report: (stage, done, total) => send({ is: 'progress', stage, done, total }),
    check() {
      if (Atomics.load(cancelled, 0) !== 0) throw new ArchiveError('request.cancelled');
    },
  });
  send({ is: 'done', written });
} catch (thrown) {
  // A defect keeps its stack: it ends the thread, and `convert.ts` throws it again.
  if (!(thrown instanceof ArchiveError)) throw thrown;
  send({ is: 'fault', fault: faultOf(thrown) });
}
