import { EventEmitter, once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';

import { servePorts, type ShellPort } from '../../main/hosts/port-door.ts';
import { asElectronPort } from './doors.ts';
import { createSmallCore } from './small-core.ts';

const path = `thumb/ab/${'ab'.repeat(32)}.webp`;

function openPort() {
  const asked: string[] = [];
  const small = createSmallCore((asking) => {
    asked.push(asking);
    return asking === path ? '/archive/media/x.webp' : null;
  });
  const shell = new EventEmitter();
  const told: unknown[] = [];
  const defects: unknown[] = [];
  const port: ShellPort = {
    on: (event, listener) => shell.on(event, listener),
    postMessage: (message) => told.push(message),
  };
  servePorts(port, small.core, (_method, thrown) => defects.push(thrown));
  return { ...small, shell, told, asked, defects };
}

test('names the file of a media path to the shell, and of nothing else', async () => {
  const { shell, told, asked } = openPort();
  const paths = [path, '../../etc/passwd', `thumb/ab/../${path}`, undefined, path.replace('thumb', 'full')];
  paths.forEach((asking, id) =>
    shell.emit('message', { data: { kind: 'media', id, path: asking }, ports: [] }),
  );
  await expect.poll(() => told.length).toBe(paths.length);
  expect(told).toContainEqual({ kind: 'media', id: 0, file: '/archive/media/x.webp' });
  for (const id of [1, 2, 3, 4]) expect(told).toContainEqual({ kind: 'media', id, file: null });
  expect(asked).toEqual([path, path.replace('thumb', 'full')]);
});

test('ends the channel of a window that sends what is no message of the bridge', async () => {
  const { shell, defects } = openPort();
  const { port1, port2 } = new MessageChannel();
  shell.emit('message', { data: { kind: 'connect' }, ports: [asElectronPort(port1)] });
  port2.postMessage({ kind: 'call', method: 'app.info' });
  await once(port2, 'close');
  expect(defects).toHaveLength(1);
});

test('cancels what a window asked for when the window goes', async () => {
  const { shell, aborted } = openPort();
  const { port1, port2 } = new MessageChannel();
  shell.emit('message', { data: { kind: 'connect' }, ports: [asElectronPort(port1)] });
  port2.postMessage({ kind: 'call', callId: 'a', method: 'archive.verify', input: {} });
  port2.once('message', () => undefined);
  setTimeout(() => port2.close(), 50);
  await expect.poll(() => aborted).toEqual(['archive.verify']);
});
