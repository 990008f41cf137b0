import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';

import { runCli, spawnCli } from '../../support/cli.ts';
import { makeSlide } from '../../support/generated-slide.ts';

const data = mkdtempSync(join(tmpdir(), 'vitrine-demo-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

test('demo --slide, interrupted while it draws, leaves nothing that looks like a slide', async () => {
  const child = spawnCli(data, ['demo', '--slide', '12000', '--json']);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for (let drawing = false; !drawing; await sleep(20))
    drawing = readdirSync(data, { recursive: true }).some((name) => String(name).endsWith('.partial'));
  child.kill('SIGINT');
  expect(await ended).toBe(1);
  expect(readdirSync(join(data, 'demo-slide'))).toEqual([]);
}, 120_000);

test('demo --slide draws the same slide every time and reads its tiles; known the second time', async () => {
  const first = await runCli(data, 'demo', '--slide', '1200', '--json');
  expect(first.code, first.stderr).toBe(0);
  const { archive, counts } = JSON.parse(first.stdout) as { archive: string; counts: { added: number } };
  expect(counts.added).toBe(1);
  const again = join(data, 'again.tif');
  await makeSlide(again, 1200, 960);
  const drawn = readFileSync(join(data, 'demo-slide/generated-slide-1200.tif'));
  expect(drawn.equals(readFileSync(again))).toBe(true);
  const found = await runCli(data, 'items', '--archive', archive, '--where', 'kind=slide', '--json');
  expect((JSON.parse(found.stdout) as { total: number }).total).toBe(1);
  const second = await runCli(data, 'demo', '--slide', '1200', '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({ counts: { added: 0, known: 1 } });
}, 120_000);
