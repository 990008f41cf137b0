import { Worker } from 'node:worker_threads';

import { afterEach, expect, test } from 'vitest';

import { createWorkerLink, type WorkerLink } from '../../../../main/core/encode/worker-link.ts';

/** Answers with its own thread's number; 'die' ends the process' thread, 'throw' is an error nobody catches. */
const code = `
const { parentPort, threadId } = require('node:worker_threads');
parentPort.on('message', ({ kind, id, call }) => {
  if (kind === 'close') return parentPort.close();
  if (kind !== 'call') return;
  if (call.texts[0] === 'die') process.exit(3);
  if (call.texts[0] === 'throw') throw new Error('out of luck');
  if (call.texts[0] === 'wait') return;
  const failure = { code: null, details: {}, message: 'no kernel for Attention', stack: 'at native code' };
  if (call.texts[0] === 'fail') return parentPort.postMessage({ kind: 'failure', id, failure });
  parentPort.postMessage({ kind: 'answer', id, answer: { tokens: [threadId] } });
});`;

const logged: unknown[] = [];
let link: WorkerLink;

function open(): WorkerLink {
  logged.length = 0;
  link = createWorkerLink({
    tower: 'text',
    start: () => new Worker(code, { eval: true }),
    onNotice: () => {},
    log: (message, cause) => logged.push([message, cause instanceof Error ? cause.message : cause]),
  });
  return link;
}

afterEach(() => link.close());

const ask = (text: string, signal?: AbortSignal) => link.call({ kind: 'texts', texts: [text] }, [], signal);

test.each([
  ['die', 'exit code 3'],
  ['throw', 'out of luck'],
])('a thread that ends (%s) fails what waits, and the next call starts another', async (how, cause) => {
  open();
  const before = (await ask('who')).tokens[0];
  const waiting = ask('wait');
  const failed = { code: 'model.failed', details: { tower: 'text', reason: 'the thread ended' } };
  await Promise.all([
    expect(waiting).rejects.toMatchObject(failed),
    expect(ask(how)).rejects.toMatchObject(failed),
  ]);
  expect(logged).toEqual([["the text encoder's thread ended", cause]]);
  expect((await ask('who')).tokens[0]).not.toBe(before);
});

test("the runtime's error is a fault with its words, and is logged", async () => {
  open();
  await expect(ask('fail')).rejects.toMatchObject({
    code: 'model.failed',
    details: { tower: 'text', reason: 'no kernel for Attention' },
  });
  expect(logged).toEqual([['the text encoder failed', 'no kernel for Attention']]);
});

test('a call can be cancelled before and while it waits', async () => {
  open();
  await expect(ask('who', AbortSignal.abort())).rejects.toMatchObject({ code: 'request.cancelled' });
  const abort = new AbortController();
  const waiting = ask('wait', abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'request.cancelled' });
  expect((await ask('who')).tokens).toHaveLength(1);
});

test('closing cancels what waits, or lets it end first', async () => {
  open();
  const waiting = ask('wait');
  await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'request.cancelled' }), link.close()]);
  const answer = ask('who');
  await link.close({ afterCalls: true });
  expect((await answer).tokens).toHaveLength(1);
});
