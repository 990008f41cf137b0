import { isAbsolute, resolve } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { fileMethods } from '../../../preload/contract/files.ts';
import type { OpenSlideState, openSlideMethods } from '../../../preload/contract/openslide.ts';
import { installation } from '../imaging/slide/open-slide.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

type Methods = typeof openSlideMethods & Pick<typeof fileMethods, 'openslide.choose'>;

export function openSlideHandlers(program: Program): HandlersOf<Methods> {
  const { pool, settings } = program;

  async function state(signal: AbortSignal): Promise<OpenSlideState> {
    const given = process.env['VITRINE_OPENSLIDE'] || null;
    const chosen = settings.get().openSlide;
    const found = await pool.openSlideFound({}, signal);
    return {
      version: found?.version ?? null,
      from: given ? 'environment' : chosen ? 'chosen' : 'usual',
      name: found?.name ?? given ?? chosen,
      install: installation(),
    };
  }

  return {
    'openslide.state': (_, signal) => state(signal),
    'openslide.choose': async ({ path }, signal) => {
      // Without a folder in it a name is looked for where the system keeps its libraries.
      const file = path === null || isAbsolute(path) || !/[\\/]/.test(path) ? path : resolve(path);
      if (file !== null && !(await pool.openSlideFound({ path: file }, signal)))
        throw new ArchiveError('openslide.unusable', { path: file });
      settings.set({ openSlide: file });
      return await state(signal);
    },
  };
}
