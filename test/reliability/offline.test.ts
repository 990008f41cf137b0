import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { enter } from '../support/browser-call.ts';
import { demoPictures, removeFolder } from '../support/core.ts';
import { canWatchNetwork, spawnWatched } from '../support/network-watch.ts';

const entry = join(import.meta.dirname, '../../main/hosts/cli.ts');
const limit = { timeout: 120_000 };

/** Nothing reaches out during import, search and serve; seen from outside, in every thread and native library. */
describe.skipIf(!canWatchNetwork)('no connection leaves the machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-offline-'));
  const archive = join(folder, 'Watched.vitrine');
  const env = { ...process.env, VITRINE_DATA: folder, VITRINE_MODELS: join(folder, 'models') };
  afterAll(() => removeFolder(folder));

  async function run(...args: string[]): Promise<{ code: unknown; contacts: string[]; output: string }> {
    const { child, contacts } = spawnWatched(process.execPath, args, env);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.resume();
    const [code] = (await once(child, 'close')) as unknown[];
    return { code, contacts: contacts(), output };
  }

  // Without it, an empty list would prove nothing. The addresses are reserved for documentation (RFC 5737, 3849).
  test.each([
    ['a connection', "net.connect(443, '192.0.2.1').on('error', () => 0)", '192.0.2.1'],
    ['a connection by IPv6', "net.connect(443, '2001:db8::1').on('error', () => 0)", '2001:db8::1'],
    ['a datagram', "dgram.createSocket('udp4').send('x', 53, '192.0.2.2')", '192.0.2.2'],
    [
      'one of a worker thread',
      "new worker_threads.Worker(`require('net').connect(1, '192.0.2.3')`, {eval: true}).on('error', () => 0)",
      '192.0.2.3',
    ],
    [
      'one of a child',
      "child_process.execFile(process.execPath, ['-e', `net.connect(1, '192.0.2.4')`])",
      '192.0.2.4',
    ],
  ])('%s would be seen', limit, async (_what, code, address) => {
    const ended = 'setTimeout(() => process.exit(), 1000)';
    expect((await run('-e', `${code}; ${ended}`)).contacts).toContain(address);
  });

  test('import', limit, async () => {
    const imported = await run(entry, 'import', demoPictures, '--archive', archive, '--json');
    expect(imported).toMatchObject({ code: 0, contacts: [] });
    expect(JSON.parse(imported.output)).toMatchObject({ counts: { added: 36 } });
  });

  test('search by words and by a picture', limit, async () => {
    const picture = join(demoPictures, 'fundus-01.jpg');
    const searched = await run(
      entry,
      'search',
      'a chest',
      '--image',
      picture,
      '--archive',
      archive,
      '--json',
    );
    expect(searched).toMatchObject({ code: 0, contacts: [] });
    expect((JSON.parse(searched.output) as { hits: unknown[] }).hits.length).toBeGreaterThan(0);
  });

  test('serving a page with a search, its pictures, and every device tried', limit, async () => {
    const args = [entry, 'serve', '--archive', archive, '--json'];
    const { child, programId, contacts } = spawnWatched(process.execPath, args, env);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.resume();
    await expect.poll(() => output, { timeout: 60_000 }).toContain('\n');
    const { url } = JSON.parse(output) as { url: string };
    const { call, cookie } = await enter(new URL(url));
    const { hits } = await call('search.run', { chips: [{ type: 'text', text: 'stained tissue' }] });
    const picture = await fetch(new URL(`/media/${hits[0]?.thumb}`, url), { headers: { cookie } });
    expect(picture.status).toBe(200);
    await call('device.list', { probe: true });
    const { blockedConnections } = await call('app.info', {});
    const closed = once(child, 'close');
    process.kill(programId(), 'SIGTERM');
    await closed;
    expect(contacts()).toEqual([]);
    expect(blockedConnections).toBe(0);
  });
});
