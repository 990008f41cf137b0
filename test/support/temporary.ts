import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the folder of a run is named. */
export const RUN_FOLDER = 'vitrine-tests-';

/**
 * One folder for whatever the tests of a run, the programs that they start and their browsers put into the temporary
 * directory. It goes when the run has ended, so that no test has to be trusted to tidy up, not even one that was killed.
 *
 * @returns what removes it.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), RUN_FOLDER));
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = folder;
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    // A program that was killed may still be letting go of its files.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}

/** Where systems look for the temporary directory. */
const names = ['TMPDIR', 'TMP', 'TEMP'] as const;
