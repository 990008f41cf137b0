import type { Command } from 'commander';
import { define, wholeNumber } from './context.ts';
import { table } from './table.ts';

/** Queries as they were asked, and steps that can be taken back. */
export function addHistory(program: Command): void {
  const history = program.command('history').description('queries that were asked of this archive');
  const list = history
    .command('list')
    .description('newest first')
    .option('--limit <n>', 'most', wholeNumber(1), 100);
  define<{ limit: number }>(list, 'open', async ({ call }, { limit }) => {
    const found = await call('history.list', { limit });
    const rows = found.entries.map(({ at, standOut, total, formula }) => [at, standOut, total, formula]);
    const head = found.on ? [] : ['Queries are not kept in this archive; `history on` keeps those to come.'];
    return { json: found, text: [...head, table([['at', 'stand out', 'of', 'query'], ...rows])].join('\n') };
  });
  define(history.command('clear').description('forget all of them'), 'open', async ({ call }) => {
    const cleared = await call('history.clear', {});
    return { json: cleared, text: `${cleared.removed} forgotten` };
  });
  for (const on of [true, false])
    define(
      history
        .command(on ? 'on' : 'off')
        .description(on ? 'keep queries in the archive' : 'keep no more queries'),
      'open',
      async ({ call }) => ({ json: await call('history.keep', { on }), text: on ? 'on' : 'off' }),
    );
}

/** `undo`, `redo`: over restarts, whoever did it. */
export function addUndo(program: Command): void {
  for (const way of ['undo', 'redo'] as const) {
    const command = program
      .command(way)
      .description(way === 'undo' ? 'take the last step back' : 'do again what was taken back last');
    define(command, 'open', async ({ call }) => {
      const moved = await call(`undo.${way}`, {});
      return { json: moved, text: moved.name ?? `nothing to ${way}` };
    });
  }
}
