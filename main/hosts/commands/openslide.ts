import type { Command } from 'commander';
import type { OpenSlideState } from '../../../preload/contract/openslide.ts';
import { define } from './context.ts';

const places = {
  environment: 'named by VITRINE_OPENSLIDE',
  chosen: 'chosen here',
  usual: 'found under its usual name',
} as const satisfies Record<OpenSlideState['from'], string>;

/** `openslide [PATH]` */
export function addOpenSlide(program: Command): void {
  const command = program
    .command('openslide')
    .argument('[path]', 'the library file to use from now on')
    .description('the libopenslide that reads what the program does not read by itself')
    .option('--usual', 'look for it under its usual names again');
  command.hook('preAction', ({ args }) => {
    if (args.length > 0 && command.opts()['usual']) command.error('error: give a path or --usual, not both');
  });
  define<{ usual?: boolean }>(command, 'none', async ({ call }, { usual = false }, [path] = []) => {
    const chosen = usual ? null : path;
    const state =
      chosen === undefined
        ? await call('openslide.state', {})
        : await call('openslide.choose', { path: chosen });
    return { json: state, text: wordsOf(state) };
  });
}

const wordsOf = ({ version, name, from, install }: OpenSlideState): string =>
  version === null
    ? [
        `libopenslide: none${name === null ? '' : ` that can be loaded (${name}, ${places[from]})`}`,
        install,
      ].join('\n')
    : `libopenslide ${version}: ${name ?? ''}, ${places[from]}`;
