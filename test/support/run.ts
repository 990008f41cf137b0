/**
 * `npm test`: the browser and strace if they can be had, the builds that tests open, then every tier in one run of Vitest.
 * Arguments go to Vitest: `npm test -- test/unit`.
 *
 * The last line on stdout is `tests: N passed, N failed, N skipped`; the exit code is 0 only when none failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { findChromium } from './chromium.ts';
import { hasShared } from './shared.ts';
import { root, runTool } from './tool.ts';

/** The part of Vitest's JSON report that is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** What tests use of the machine, and what is lost without it. */
const needed: readonly (readonly [program: string, isThere: () => boolean, without: string])[] = [
  [
    'chromium',
    () => findChromium() !== undefined,
    'tests of the window are skipped. Install it, or set CHROMIUM_PATH to the program file of a Chromium or Chrome',
  ],
  ['strace', () => isOnPath('strace'), 'the network is not watched from outside'],
];

/** Installs it where that needs no question (root on Debian); otherwise says what is skipped. */
function provideTools(): string[] {
  const absent = needed.filter(([, isThere]) => !isThere());
  if (absent.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const packages = absent.map(([program]) => program);
    console.log(`Installing ${packages.join(' and ')} with apt-get.`);
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    apt('update');
    apt('install', '--yes', '--no-install-recommends', ...packages);
  }
  return absent
    .filter(([, isThere]) => !isThere())
    .map(([program, , without]) => `No ${program} on this machine: ${without}.`);
}

const isOnPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Tests open the built preload, renderer and core, as users do. */
function build(): void {
  for (const part of ['preload', 'main', 'renderer']) {
    const { status } = runTool('vite', ['build', '--config', `${part}/vite.config.ts`, '--logLevel', 'warn']);
    if (status !== 0) {
      console.error(`The ${part} could not be built.`);
      process.exit(1);
    }
  }
}

function runTests(): number {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-report-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = runTool('vitest', ['run', ...reporters, ...process.argv.slice(2)]);
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : null;
  rmSync(folder, { recursive: true });

  for (const note of notes) console.log(note);
  if (report === null) {
    console.log('tests: 0 passed, 1 failed, 0 skipped');
    return 1;
  }
  // A file that could not be loaded has no failed test of its own, and must not pass for it.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  for (const { name } of unloaded) console.log(`Failed outside any test: ${name.slice(root.length + 1)}`);
  let failed = report.numFailedTests + unloaded.length;
  // An error between tests: Vitest has said which.
  if (failed === 0 && status !== 0) failed = 1;
  const skipped = report.numPendingTests + report.numTodoTests;
  console.log(`tests: ${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

const notes = [
  ...provideTools(),
  ...(hasShared ? [] : ['Shared reference data: not here; its tests are skipped.']),
];
build();
process.exit(runTests());
