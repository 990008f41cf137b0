import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StressSet } from '../../../preload/contract/stress.ts';
import { runCli } from '../../support/cli.ts';
import { demoPictures } from '../../support/core.ts';

const data = mkdtempSync(join(tmpdir(), 'vitrine-stress-cli-'));
const archive = join(data, 'Demo.vitrine');
const stress = (...more: string[]) => runCli(data, 'evaluate', '--stress', '--archive', archive, ...more);

beforeAll(async () => {
  const { code, stderr } = await runCli(data, 'import', demoPictures, '--archive', archive, '--json');
  expect(code, stderr).toBe(0);
}, 60_000);
afterAll(() => rmSync(data, { recursive: true, force: true }));

test('evaluate --stress prints one document, and keeps it', { timeout: 60_000 }, async () => {
  const truth = join(demoPictures, 'captions.csv');
  const { code, stdout, stderr } = await stress('--truth', truth, '--sample', '8', '--json');
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout) as StressSet & { evaluationId: number; name: string };
  expect(found).toMatchObject({ name: 'captions.csv', sampled: 8, ranked: 36, unread: 0, pairs: 8 });
  expect(found.perturbations).toHaveLength(16);
  const listed = await runCli(data, 'evaluations', 'list', '--archive', archive, '--json');
  const { evaluations } = JSON.parse(listed.stdout) as { evaluations: unknown[] };
  expect(evaluations).toMatchObject([{ evaluationId: found.evaluationId, kind: 'stress' }]);
});

test('for people it is a table of the changes', { timeout: 60_000 }, async () => {
  const { code, stdout } = await stress('--sample', '4');
  expect(code).toBe(0);
  expect(stdout).toMatch(/4 items changed, among 36, 0 left out/);
  expect(stdout).toMatch(/turned by 90° +4 /);
});

test.each([
  ['a sample that is no number', ['--sample', 'all'], 2],
  ['a sample that is too large', ['--sample', '5001'], 2],
  ['a panel beside it', ['--panel', 'panel.json'], 2],
  ['a table beside the captions of the archive', ['--own-captions', '--truth', 'truth.csv'], 2],
  ['a table that is not there', ['--truth', '/nowhere.csv', '--json'], 1],
])('%s is refused', async (_what, args, expected) => {
  const { code } = await stress(...args);
  expect(code).toBe(expected);
});

test.each([[['--own-captions']], [['--sample', '5']]])('%s is wrong usage without --stress', async (args) => {
  const { code, stderr } = await runCli(data, 'evaluate', '--archive', archive, ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch('go with --stress');
});
