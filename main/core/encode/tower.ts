import type { DeviceName, EncoderNotice, TowerName } from './encoder-messages.ts';
import type { Feeds, Graph } from './onnx-graph.ts';

/** The next rows of a request: how many, and what to feed. */
export interface Batch {
  readonly count: number;
  readonly feeds: Feeds;
}

export interface TowerOptions {
  readonly tower: TowerName;
  readonly device: DeviceName;
  readonly batchSize: number;
  /** Loads the graph for a device. */
  readonly open: (device: DeviceName) => Promise<Graph>;
  readonly onNotice: (notice: EncoderNotice) => void;
}

export interface Tower {
  /**
   * Runs one batch of at most the current size.
   *
   * @param take - makes the batch of at most `most` rows; called again with less when memory runs out.
   */
  run(take: (most: number) => Batch): Promise<{ readonly count: number; readonly vectors: Float32Array }>;
  setBatchSize(rows: number): void;
  close(): Promise<void>;
}

/**
 * One graph on one device, loaded at its first use. When the device's memory runs out the batch is halved; when one
 * row does not fit, or the device is lost, the graph moves to the processor. The work goes on in either case.
 */
export function createTower({ tower, device, batchSize, open, onNotice }: TowerOptions): Tower {
  let where = device;
  let most = batchSize;
  let graph: Promise<Graph> | undefined;

  async function run(take: (most: number) => Batch) {
    for (;;) {
      const { count, feeds } = take(most);
      try {
        graph ??= open(where);
        return { count, vectors: await (await graph).run(feeds) };
      } catch (thrown) {
        await giveWay(thrown, count);
      }
    }
  }

  async function giveWay(thrown: unknown, count: number): Promise<void> {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const lost = where !== 'cpu' && isDeviceLost(reason);
    if (!lost && !isOutOfMemory(reason)) {
      // A graph that could not be opened may be tried again; one that failed in use is kept.
      if (graph && (await isRejected(graph))) graph = undefined;
      throw thrown;
    }
    if (!lost && count > 1) {
      most = Math.floor(count / 2);
      onNotice({ is: 'batch-halved', tower, batchSize: most });
      return;
    }
    if (where === 'cpu') throw thrown;
    await close();
    onNotice({ is: 'device-left', tower, from: where, to: 'cpu', reason });
    where = 'cpu';
  }

  async function close(): Promise<void> {
    const open = graph;
    graph = undefined;
    // A device that was lost may not even release what it holds.
    await open?.then((loaded) => loaded.release()).catch(() => {});
  }

  return { run, close, setBatchSize: (rows) => (most = rows) };
}

const isRejected = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => false,
    () => true,
  );

/** The words of the runtime's allocators on each device; there is no code for it. */
export function isOutOfMemory(message: string): boolean {
  return /out of memory|failed to allocate|bad_alloc|E_OUTOFMEMORY|8007000E|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED/i.test(
    message,
  );
}

function isDeviceLost(message: string): boolean {
  return /device (was |is )?(lost|removed|hung)|887A000[567]|DXGI_ERROR_DEVICE/i.test(message);
}
