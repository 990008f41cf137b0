import { expect, test } from 'vitest';

import { createGate } from '../../../../main/core/ingest/gate.ts';

const open = new AbortController().signal;

test('lets in as many as there are places, the others in the order they came', async () => {
  const gate = createGate(2);
  const order: number[] = [];
  const leaves = [await gate.enter(open), await gate.enter(open)];
  const later = [3, 4].map((who) =>
    gate.enter(open).then((leave) => {
      order.push(who);
      return leave;
    }),
  );
  await Promise.resolve();
  expect(order).toEqual([]);
  leaves[0]?.();
  (await later[0])?.();
  await later[1];
  expect(order).toEqual([3, 4]);
});

test('who gives up while waiting takes no place', async () => {
  const gate = createGate(1);
  const leave = await gate.enter(open);
  const abort = new AbortController();
  const waiting = gate.enter(abort.signal);
  const next = gate.enter(open);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'request.cancelled' });
  leave();
  (await next)();
  await expect(gate.enter(AbortSignal.abort())).rejects.toMatchObject({ code: 'request.cancelled' });
});
