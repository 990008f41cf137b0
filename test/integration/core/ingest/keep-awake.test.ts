import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDecodePool } from '../../../../main/core/ingest/decode-pool.ts';

test('a decoder thread comes up by itself where somebody looks, and only there', async () => {
  let started = 0;
  const count = () => void (started += 1);
  subscribe('worker_threads', count);
  onTestFinished(() => void unsubscribe('worker_threads', count));
  const pool = createDecodePool(2);
  onTestFinished(() => pool.close());

  // Let go before anything was due.
  pool.keepAwake()();
  await new Promise((done) => setTimeout(done, 1500));
  expect(started).toBe(0);

  const letSleep = pool.keepAwake();
  await vi.waitFor(() => expect(started).toBe(1), { timeout: 10_000 });
  letSleep();
});
