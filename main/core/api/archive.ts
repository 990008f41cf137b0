import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { archiveMethods } from '../../../preload/contract/archive.ts';
import type { Program } from '../session/program.ts';
import { verifyArchive } from '../session/verify-archive.ts';
import type { HandlersOf } from './handlers.ts';

export function archiveHandlers(program: Program): HandlersOf<typeof archiveMethods> {
  return {
    'app.info': () => program.info(),
    'folder.list': ({ path }) => listFolder(resolve(path ?? homedir())),
    'archive.create': ({ path }) => {
      const folder = resolve(path);
      if (existsSync(join(folder, 'archive.db'))) throw new ArchiveError('archive.exists', { path: folder });
      return program.open(folder, { create: true });
    },
    'archive.open': ({ path }) => program.open(resolve(path), { create: false }),
    'archive.verify': (_request, signal) => verifyArchive(program.session(), signal),
  };
}

async function listFolder(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
    throw new ArchiveError('source.missing', { path }, { cause });
  });
  const parent = dirname(path);
  return {
    path,
    parent: parent === path ? null : parent,
    folders: entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => ({ name, path: join(path, name) }))
      .sort((a, b) => a.name.localeCompare(b.name)),
    files: entries.filter((entry) => entry.isFile()).length,
  };
}
