import type { Command } from 'commander';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { type CommandContext, define, wholeNumber } from './context.ts';
import { parsedJson, writeJson } from './json-file.ts';
import { type QueryOptions, rulesOf, withQuery } from './query-options.ts';
import { readText } from './given-file.ts';
import { foundAnswer } from './search.ts';
import { table } from './table.ts';

/** Searches that are kept: `saved list`, `save`, `run`, `compare`, `freeze`, `rename`, `remove`, `export`, `import`. */
export function addSaved(program: Command): void {
  const saved = program.command('saved').description('searches that are kept with what they found');
  define(saved.command('list').description('all of them, by name'), 'open', async ({ call }) => {
    const found = await call('saved.list', {});
    return { json: found, text: listed(found.saved) };
  });
  const save = withQuery(
    saved
      .command('save')
      .argument('<name>')
      .argument('[text]', 'what the pictures should show')
      .description('run a query and keep it with what it finds')
      .option('--replace', 'in the place of the search of that name, whose results go'),
  );
  define<QueryOptions & { replace?: boolean }>(
    save,
    'open',
    async (context, options, [name = ''] = [], words = []) => {
      const { replace = false } = options;
      const rules = await rulesOf(context, words, options);
      const kept = await context.call('saved.save', { name, rules, replace });
      return { json: kept, text: listed([kept]) };
    },
  );
  addAsking(saved);
  const rename = saved.command('rename').arguments('<name> <new>').description('give it another name');
  define(rename, 'open', async ({ call }, _options, [name = ''] = [], [other = ''] = []) => {
    const kept = await call('saved.rename', { savedId: await idOf(call, name), name: other });
    return { json: kept, text: listed([kept]) };
  });
  const remove = saved.command('remove').argument('<name>').description('`undo` takes it back');
  define(remove, 'open', async ({ call }, _options, [name = ''] = []) => {
    const removed = await call('saved.remove', { savedId: await idOf(call, name) });
    return { json: removed, text: 'removed' };
  });
  const out = saved
    .command('export')
    .argument('<name>')
    .description('as JSON, items by content')
    .option('--out <file>', 'else to standard output');
  define<{ out?: string }>(out, 'open', async ({ call }, { out: path }, [name = ''] = []) =>
    writeJson(await call('saved.export', { savedId: await idOf(call, name) }), path),
  );
  const from = saved
    .command('import')
    .argument('<file>')
    .description('what `saved export` wrote')
    .option('--name <name>', 'another name for it');
  define<{ name?: string }>(from, 'open', async ({ call }, { name }, [path = ''] = []) => {
    const document = parsedJson(readText(path)) as Input<'saved.import'>['document'];
    const found = await call('saved.import', { document, ...(name === undefined ? {} : { name }) });
    const unknown =
      found.unknownItems > 0 ? [`${found.unknownItems} of its items are not in this archive`] : [];
    return { json: found, text: [listed([found.saved]), ...unknown].join('\n') };
  });
}

function addAsking(saved: Command): void {
  const run = saved
    .command('run')
    .argument('<name>')
    .description('ask it again')
    .option('--limit <n>', 'most hits', wholeNumber(1), 60);
  define<{ limit: number }>(run, 'open', async ({ call }, { limit }, [name = ''] = []) => {
    const savedId = await idOf(call, name);
    const { rules } = await call('saved.get', { savedId });
    if (!rules) throw new ArchiveError('item.unknown', { search: name });
    return foundAnswer(await call('search.run', { ...rules, limit }));
  });
  const compare = saved
    .command('compare')
    .argument('<name>')
    .description('what is new and what is gone since it was kept, and why')
    .option('--limit <n>', 'most that are listed of each', wholeNumber(1), 200);
  define<{ limit: number }>(compare, 'open', async ({ call }, { limit }, [name = ''] = []) => {
    const found = await call('saved.compare', { savedId: await idOf(call, name), limit });
    return { json: found, text: compared(found) };
  });
  const freeze = saved
    .command('freeze')
    .argument('<name>')
    .description('run it with the model in use and keep what it finds');
  define(freeze, 'open', async ({ call }, _options, [name = ''] = []) => {
    const kept = await call('saved.freeze', { savedId: await idOf(call, name) });
    return { json: kept, text: listed([kept]) };
  });
}

/** @throws ArchiveError `saved.unknown` */
async function idOf(call: CommandContext['call'], name: string): Promise<number> {
  const { saved } = await call('saved.list', {});
  const one = saved.find((each) => each.name.toLowerCase() === name.trim().toLowerCase());
  if (!one) throw new ArchiveError('saved.unknown', { name });
  return one.savedId;
}

function listed(saved: Output<'saved.list'>['saved']): string {
  const rows = saved.map(({ name, result, comparable }) => [
    ...[name, result.standOut, result.total, result.at.slice(0, 10)],
    ...[comparable ? result.modelId : `${result.modelId} (not in use)`, result.formula],
  ]);
  return table([['name', 'stand out', 'of', 'kept on', 'model', 'query'], ...rows]);
}

function compared(found: Output<'saved.compare'>): string {
  if (found.is === 'other-model')
    return `Kept with ${found.was.modelId} (${found.was.identity.slice(0, 8)}); in use is ${found.modelId} (${found.identity.slice(0, 8)}), whose scores mean something else. \`saved freeze\` runs it anew.`;
  const { was, now, stayed, newTotal, goneTotal } = found;
  const head = `${newTotal} new, ${goneTotal} gone, ${stayed} stayed since ${was.at.slice(0, 10)} (${was.standOut} of ${was.total} stood out, now ${now.standOut} of ${now.total})`;
  const rows = (word: string, changes: typeof found.new) =>
    changes.map(({ item, sha256, why }) => [
      ...[word, item?.itemId ?? '', item?.path ?? sha256.slice(0, 12), why],
    ]);
  const all = [...rows('new', found.new), ...rows('gone', found.gone)];
  return all.length === 0 ? head : [head, table([['', 'item', 'path', 'why'], ...all])].join('\n');
}
