import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';

import type { Bridge } from '../../preload/contract/bridge.ts';
import { faultCatalogue } from '../../preload/contract/faults.ts';
import { doors, type OpenDoor } from './doors.ts';
import { createSmallCore, job, jobId } from './small-core.ts';

let opened: OpenDoor | undefined;
afterEach(() => opened?.close());

async function open(name: string) {
  const defects: string[] = [];
  const small = createSmallCore();
  const door = doors[name];
  if (!door) throw new Error(`no door of the name ${name}`);
  opened = await door(small.core, (method) => defects.push(method));
  return { ...small, defects, bridge: opened.bridge };
}

let calls = 0;
const ask = (bridge: Bridge, method: string, input: unknown) =>
  bridge.call(method, input, `call-${(calls += 1)}`);

describe.each(Object.keys(doors))('the bridge over %s', (name) => {
  test('fills defaults before the handler sees the request', async () => {
    const { bridge } = await open(name);
    expect(await ask(bridge, 'items.list', { offset: 7, where: ['a=b'] })).toEqual({
      ok: true,
      value: { items: [], total: 108 },
    });
  });

  test('drops what the contract does not name from an answer', async () => {
    const { bridge } = await open(name);
    const reply = await ask(bridge, 'app.info', {});
    expect(reply).toMatchObject({ ok: true, value: { version: '1.2.3' } });
    expect(JSON.stringify(reply)).not.toContain('Doe');
  });

  test.each([
    ['an empty list', 'import.start', { folders: [] }, 'request.invalid', { at: 'folders' }],
    ['no input', 'items.list', null, 'request.invalid', { at: '' }],
    ['a method that is not there', 'item.delete', {}, 'request.unknown', { method: 'item.delete' }],
    ['a name of every object', 'toString', {}, 'request.unknown', { method: 'toString' }],
    ['what the core refuses', 'tags.apply', { itemIds: [1], tag: 'x' }, 'item.unknown', { tag: 'x' }],
  ] as const)('answers %s with a fault', async (_what, method, input, code, details) => {
    const { bridge, defects } = await open(name);
    expect(await ask(bridge, method, input)).toMatchObject({
      ok: false,
      fault: { code, message: faultCatalogue[code], details },
    });
    expect(defects).toEqual([]);
  });

  test.each([
    ['a defect of a handler', 'item.get', { itemId: 3 }],
    ['an answer outside the contract', 'tags.list', {}],
  ])('answers %s without its text, and logs it', async (_what, method, input) => {
    const { bridge, defects } = await open(name);
    expect(await ask(bridge, method, input)).toEqual({
      ok: false,
      fault: { code: 'internal', message: faultCatalogue.internal, details: {} },
    });
    expect(defects).toEqual([method]);
  });

  test('cancelling ends the call and is no defect', async () => {
    const { bridge, defects, aborted } = await open(name);
    const reply = bridge.call('archive.verify', {}, 'long');
    await sleep(50);
    bridge.cancel('another');
    bridge.cancel('long');
    expect(await reply).toMatchObject({ ok: false, fault: { code: 'request.cancelled' } });
    expect(aborted).toEqual(['archive.verify']);
    expect(defects).toEqual([]);
  });

  test('refuses the id of a call that is under way', async () => {
    const { bridge } = await open(name);
    const answers: unknown[] = [];
    void bridge.call('archive.verify', {}, 'twice').then((reply) => answers.push(reply));
    await bridge.call('archive.verify', {}, 'twice').then((reply) => answers.push(reply));
    expect(answers.at(-1)).toMatchObject({
      ok: false,
      fault: { code: 'request.invalid', details: { at: 'callId' } },
    });
  });

  test('takes bytes and gives them to the handler whole', async () => {
    const { bridge } = await open(name);
    const bytes = new Uint8Array(300_000).fill(7);
    expect(await ask(bridge, 'query.image', { bytes, name: 'a b.png' })).toMatchObject({
      ok: true,
      value: { name: 'a b.png', widthPx: 300_000 },
    });
    expect(await ask(bridge, 'query.image', { bytes })).toMatchObject({
      ok: true,
      value: { name: 'picture' },
    });
  });

  test('tells at most ten events a second per job, the newest, and always the last', async () => {
    const { bridge, emit } = await open(name);
    const heard: [number, number | null][] = [];
    bridge.on('job.changed', (payload) => {
      const { jobId, ratePerSecond } = payload as ReturnType<typeof job>;
      heard.push([jobId, ratePerSecond]);
    });
    await sleep(20);
    for (let count = 1; count <= 25; count += 1) {
      emit('job.changed', job(jobId(1), count));
      emit('job.changed', job(jobId(2), -count));
      await sleep(10);
    }
    await sleep(250);
    for (const [id, last] of [
      [1, 25],
      [2, -25],
    ]) {
      const rates = heard.filter(([jobOf]) => jobOf === id).map(([, rate]) => rate ?? 0);
      expect(rates[0]).toBe(Math.sign(last ?? 0));
      expect(rates.at(-1)).toBe(last);
      expect(rates.length).toBeLessThanOrEqual(7);
    }
  });

  test('an event outside the contract stays inside and is a defect', async () => {
    const { bridge, emit, defects } = await open(name);
    const heard: unknown[] = [];
    bridge.on('job.changed', (payload) => heard.push(payload));
    await sleep(20);
    emit('job.changed', { ...job(jobId(1)), stages: 'none' });
    await sleep(50);
    expect(heard).toEqual([]);
    expect(defects).toEqual(['job.changed']);
  });
});
