import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { RUN_FOLDER, setup } from '../support/temporary.ts';

test('what tests and the programs they start put into the temporary directory goes with the run', () => {
  expect(basename(tmpdir())).toContain(RUN_FOLDER);

  const outer = tmpdir();
  const remove = setup();
  const own = mkdtempSync(join(tmpdir(), 'left-behind-'));
  const asked = spawnSync(process.execPath, ['-p', 'os.tmpdir()'], { encoding: 'utf8' });
  expect(basename(asked.stdout.trim())).toContain(RUN_FOLDER);
  expect(asked.stdout.trim()).toBe(tmpdir());
  remove();
  expect(existsSync(own)).toBe(false);
  expect(tmpdir()).toBe(outer);
});
