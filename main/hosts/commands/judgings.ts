import { Argument, type Command } from 'commander';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { define, listed, repeated, wholeNumber } from './context.ts';
import { parsedJson, writeJson } from './json-file.ts';
import { readText } from './given-file.ts';
import { table } from './table.ts';

/** Hits of a query, judged one by one: `judge start`, `mark`, `undo`, `list`, `export`, `import`. */
export function addJudgings(program: Command): void {
  const judge = program.command('judge').description('judge hits of a query: its precision at every cutoff');
  const start = judge
    .command('start')
    .argument('<text>', 'the query')
    .description('draw hits to be judged, spread over the scores')
    .option('--where <expression>', 'only these items', repeated)
    .option('--count <n>', 'how many', wholeNumber(6), 30);
  define<{ where?: string[]; count: number }>(start, 'open', async ({ call }, options, [text = ''] = []) => {
    const { where = [], count } = options;
    return answer(await call('judging.start', { chips: [{ type: 'text', text }], where, count }));
  });
  const mark = judge
    .command('mark')
    .argument('<judging>', 'its number', listed)
    .argument('<item>', 'its number', listed)
    .addArgument(new Argument('<verdict>').choices(['yes', 'no', 'skip']))
    .description('say whether a hit is right');
  define(mark, 'open', async ({ call }, _options, [id = ''] = [], [item = ''] = [], [verdict = ''] = []) => {
    const itemId = Number(item) as Input<'judging.judge'>['itemId'];
    const given = { judgingId: Number(id), itemId, verdict: verdict as 'yes', reader: 'command line' };
    return answer(await call('judging.judge', given));
  });
  const undo = judge
    .command('undo')
    .argument('<judging>', 'its number', listed)
    .description('take the last one back');
  define(undo, 'open', async ({ call }, _options, [id = ''] = []) => {
    const undone = await call('judging.undo', { judgingId: Number(id), reader: 'command line' });
    return { ...answer(undone.judging), json: undone };
  });
  define(judge.command('list').description('all of them, newest first'), 'open', async ({ call }) => {
    const found = await call('judging.list', {});
    const rows = found.judgings.map(({ judgingId, formula, judged, right, depth, at }) => [
      ...[judgingId, judged, right, depth, at, formula],
    ]);
    return { json: found, text: table([['number', 'judged', 'right', 'depth', 'at', 'query'], ...rows]) };
  });
  const out = judge
    .command('export')
    .argument('<judging>', 'its number', listed)
    .description('as JSON')
    .option('--out <file>', 'else to standard output');
  define<{ out?: string }>(out, 'open', async ({ call }, { out: path }, [id = ''] = []) =>
    writeJson(await call('judging.export', { judgingId: Number(id) }), path),
  );
  const from = judge.command('import').argument('<file>').description('what `judge export` wrote');
  define(from, 'open', async ({ call }, _options, [path = ''] = []) => {
    const document = parsedJson(readText(path)) as Input<'judging.import'>['document'];
    const found = await call('judging.import', { document });
    return { ...answer(found.judging), json: found };
  });
}

function answer(judging: Output<'judging.get'>) {
  const { judgingId, depth, judged, right, items, curve } = judging;
  const head = `judging ${judgingId}: ${judged} of ${items.length} judged, ${right} right, of the first ${depth} hits`;
  const waiting = items
    .filter(({ verdict }) => verdict === null)
    .map(({ item }) => [item.itemId, item.path] as const);
  const points = curve.map(({ place, lift, precision, low, high }) => [
    ...[place, lift.toFixed(1), `${precision.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`],
  ]);
  const parts = [
    head,
    ...(waiting.length > 0 ? [table([['item', 'to be judged'], ...waiting])] : []),
    ...(points.length > 0 ? [table([['first', 'lift', 'precision'], ...points])] : []),
  ];
  return { json: judging, text: parts.join('\n') };
}
