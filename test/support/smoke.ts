/**
 * Smoke test of the start command, as a newcomer meets it: `npm start` in an empty data folder answers on loopback,
 * shows its page to who has the key and to nobody else, and the demo's first search finds something.
 *
 * The last line on stdout is `smoke: N passed, N failed`; the exit code is 0 only when none failed.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { enter } from './browser-call.ts';
import { root } from './tool.ts';

const START_LIMIT_MS = 120_000;
const DEMO_LIMIT_MS = 120_000;

const data = mkdtempSync(join(tmpdir(), 'vitrine-smoke-'));
const environment = { ...process.env, VITRINE_DATA: data, CI: 'true' };
let passed = 0;
let failed = 0;

async function check(name: string, work: () => unknown): Promise<void> {
  try {
    await work();
    passed += 1;
    console.log(`ok     ${name}`);
  } catch (thrown) {
    failed += 1;
    console.log(`FAILED ${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function insist(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Starts the program as the README says and waits for the address it prints. */
async function start(): Promise<{ program: ChildProcess; url: URL }> {
  const program = spawn('npm', ['start'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that npm's children can be ended with it.
    detached: true,
  });
  let said = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const until = Date.now() + START_LIMIT_MS;
  while (Date.now() < until && program.exitCode === null) {
    const address = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\/\?key=[\w-]+/.exec(said)?.[0];
    if (address) return { program, url: new URL(address) };
    await sleep(50);
  }
  throw new Error(`npm start printed no address; it said: ${said.slice(-1000)}`);
}

async function stop(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.pid === undefined) return;
  const ended = new Promise((resolve) => program.once('exit', resolve));
  process.kill(-program.pid, 'SIGTERM');
  await Promise.race([ended, sleep(10_000)]);
  if (program.exitCode === null && program.signalCode === null) process.kill(-program.pid, 'SIGKILL');
}

let archive = '';
await check('npm start answers on loopback', async () => {
  const { program, url } = await start();
  try {
    const { cookie, call } = await enter(url);
    await check('without the key the page is refused', async () => {
      insist((await fetch(url.origin)).status === 403, 'it was not');
    });
    await check('with the key it gives the page', async () => {
      const page = await fetch(url.origin, { headers: { cookie } });
      const html = await page.text();
      insist(page.ok && html.includes('Vitrine'), `status ${page.status}`);
      const script = /src="\.?\/?(assets\/[^"]+\.js)"/.exec(html)?.[1];
      insist(script !== undefined, 'the page has no script');
      insist((await fetch(`${url.origin}/${script}`, { headers: { cookie } })).ok, 'its script is not there');
    });
    await check('the demo archive fills', async () => {
      const until = Date.now() + DEMO_LIMIT_MS;
      for (;;) {
        const info = await call('app.info', {});
        const { jobs } = await call('job.list', {});
        archive = info.archive?.path ?? '';
        if (info.archive && info.archive.items > 0 && jobs.every((job) => job.state === 'done')) return;
        insist(Date.now() < until, `after ${DEMO_LIMIT_MS / 1000} s: ${JSON.stringify(info)}`);
        await sleep(200);
      }
    });
    await check('the first search finds a picture', async () => {
      const chips = [{ type: 'text' as const, text: 'chest x-ray' }];
      const answer = await call('search.run', { chips, limit: 5 });
      insist(answer.hits.length === 5, `${answer.hits.length} hits`);
      const thumb = await fetch(`${url.origin}/media/${answer.hits[0]?.thumb}`, { headers: { cookie } });
      insist(thumb.headers.get('content-type') === 'image/webp', `its thumbnail: ${thumb.status}`);
    });
  } finally {
    await stop(program);
  }
});
await check('the command line finds the same archive', () => {
  const args = ['run', '-s', 'vitrine', '--', 'search', 'chest x-ray', '--archive', archive, '--json'];
  const { stdout, stderr, status } = spawnSync('npm', args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  insist(status === 0, `exit ${status}: ${stdout}${stderr}`);
  const { hits } = JSON.parse(stdout) as { hits: unknown[] };
  insist(hits.length > 0, 'no hits');
});

rmSync(data, { recursive: true, force: true });
console.log(`smoke: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
