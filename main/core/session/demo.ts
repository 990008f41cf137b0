import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { faultOf } from '../../../preload/contract/faults.ts';
import { startImport } from './background.ts';
import type { Program } from './program.ts';

/**
 * Opens the demo archive, made of the pictures that come with the program, and imports what it does not have yet.
 *
 * @param folder - where it lies; left out, in the user's data folder.
 * @returns the import's job, or null when everything was there.
 */
export async function openDemo(program: Program, folder?: string): Promise<number | null> {
  const { data, demoPictures } = program.options;
  await program.open(folder ?? join(data, 'demo.vitrine'), { create: true, demo: true });
  const session = program.session();
  if (session.jobs.list().some(({ kind, state }) => kind === 'import' && state === 'done')) return null;
  return startImport(session, [demoPictures], undefined);
}

/** The archive that was open last, if it can be opened, else the demo archive. */
export async function openLastOrDemo(program: Program): Promise<void> {
  const last = program.settings.get().recentArchives.find((path) => existsSync(join(path, 'archive.db')));
  try {
    if (last !== undefined) await program.open(last, { create: false });
    else await openDemo(program);
  } catch (thrown) {
    // The window opens all the same and offers to open another one.
    program.options.log.warn('no archive opened', { code: faultOf(thrown).code });
  }
}
