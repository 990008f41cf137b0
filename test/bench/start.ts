import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { enter } from '../support/browser-call.ts';
import { runCli } from '../support/cli.ts';
import { makePictures } from '../support/pictures.ts';

const start = join(import.meta.dirname, '../../main/hosts/start.ts');

interface Round {
  readonly addressMs: number;
  /** Processor time until then, which a busy neighbour does not lengthen; NaN where it cannot be told. */
  readonly cpuMs: number;
  readonly itemsMs: number;
  readonly searchMs: number;
}

/**
 * From `node main/hosts/start.ts` to an address, to the first page of items, and to the first answered search, on an
 * archive that exists. `--items N` (default 1000), `--rounds N` (default 5).
 *
 * @returns medians in milliseconds since the process was started; the budget for `addressMs` and `itemsMs` is 2,000.
 */
export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: { items: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '5' } },
  });
  const items = Number(values.items);
  const data = mkdtempSync(join(tmpdir(), 'vitrine-bench-start-'));
  try {
    const source = await makePictures(join(data, 'pictures'), items, 128);
    const archive = join(data, 'Bench.vitrine');
    const { code, stderr } = await runCli(data, 'import', source, '--archive', archive, '--json');
    if (code !== 0) throw new Error(`the import failed: ${stderr}`);
    await startOnce(data, items); // The first start builds the renderer where it has to.
    const rounds: Round[] = [];
    for (let at = 0; at < Number(values.rounds); at += 1) rounds.push(await startOnce(data, items));
    const median = (of: (round: Round) => number) =>
      Math.round(rounds.map(of).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? 0);
    return {
      items,
      rounds: rounds.length,
      addressMs: median((round) => round.addressMs),
      cpuMs: median((round) => round.cpuMs),
      itemsMs: median((round) => round.itemsMs),
      searchMs: median((round) => round.searchMs),
    };
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

async function startOnce(data: string, items: number): Promise<Round> {
  const begun = performance.now();
  const child = spawn(process.execPath, [start], {
    env: { ...process.env, VITRINE_DATA: data, CI: 'true', DISPLAY: '', WAYLAND_DISPLAY: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise<URL>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const found = /http:\/\/\S+\?key=\S+/.exec(said)?.[0];
      if (found) resolve(new URL(found));
    });
    child.once('exit', () => reject(new Error(`it ended: ${said}`)));
  });
  const addressMs = performance.now() - begun;
  const cpuMs = cpuOf(child.pid);
  const { call, cookie } = await enter(address);
  await fetch(address.origin, { headers: { cookie } });
  const { total } = await call('items.list', { limit: 100 });
  if (total !== items) throw new Error(`${total} items, expected ${items}`);
  const itemsMs = performance.now() - begun;
  await call('search.run', { chips: [{ type: 'text', text: 'stained tissue' }] });
  const searchMs = performance.now() - begun;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return { addressMs, cpuMs, itemsMs, searchMs };
}

/** User and system time of a process, of Linux only, in steps of 10 ms. */
function cpuOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
