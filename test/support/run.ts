/**
 * `npm test`: a browser if there can be one, the builds that tests open, then every tier in one run of Vitest.
 * Arguments go to Vitest: `npm test -- test/unit`.
 *
 * The last line on stdout is `tests: N passed, N failed, N skipped`; the exit code is 0 only when none failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

const notes = [
  ...provideChromium(),
  ...(hasShared ? [] : ['Shared reference data: not here; its tests are skipped.']),
];
build();
process.exit(runTests());

/** Installs Chromium where that needs no question (root on Debian); otherwise says what to do. */
function provideChromium(): string[] {
  if (findChromium()) return [];
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (isDebianRoot) {
    console.log('No browser on this machine: installing Chromium with apt-get.');
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0;
    apt('update');
    apt('install', '--yes', '--no-install-recommends', 'chromium');
    if (findChromium()) return [];
  }
  return [
    'No Chromium: tests of the window are skipped. Install the package `chromium`, or set CHROMIUM_PATH to the ' +
      'program file of a Chromium or Chrome.',
  ];
}

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
