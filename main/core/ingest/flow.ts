/**
 * Runs `work` over `source` with at most `limit` in flight, yielding results in order.
 *
 * It pulls: the next item is asked for only when there is room, and there is room only when the consumer has
 * taken a result. So a slow writer slows the decoder, the decoder slows the scan, and memory holds at most
 * `limit` items per stage.
 */
export async function* mapBounded<T, R>(
  source: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const inFlight: Promise<R>[] = [];
  try {
    for await (const item of source) {
      const result = work(item);
      result.catch(() => undefined); // Reported when it is its turn below, not as an unhandled rejection.
      inFlight.push(result);
      if (inFlight.length >= limit) yield await (inFlight.shift() as Promise<R>);
    }
    while (inFlight.length > 0) yield await (inFlight.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(inFlight);
  }
}

/**
 * Groups items for a stage that is cheaper in bulk (a model run, a transaction).
 *
 * @param weigh - what an item adds; a batch ends when its weight reaches `size` or its length `longest`.
 */
export async function* batched<T>(
  source: AsyncIterable<T>,
  size: number,
  weigh: (item: T) => number = () => 1,
  longest = Infinity,
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let weight = 0;
  for await (const item of source) {
    batch.push(item);
    weight += weigh(item);
    if (weight < size && batch.length < longest) continue;
    yield batch;
    batch = [];
    weight = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Lets items through while it is open; `close` holds them back, so everything behind it comes to rest. */
export function gate() {
  let opened: Promise<void> | null = null;
  let open: (() => void) | null = null;
  return {
    close(): void {
      opened ??= new Promise((resolve) => (open = resolve));
    },
    open(): void {
      open?.();
      opened = null;
      open = null;
    },
    async *through<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
      for await (const item of source) {
        while (opened && !signal.aborted) await opened;
        if (signal.aborted) return;
        yield item;
      }
    },
  };
}
export type Gate = ReturnType<typeof gate>;
