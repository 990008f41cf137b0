import { type Command, InvalidArgumentError, Option } from 'commander';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { evaluateCaptions } from './captions.ts';
import { define, wholeNumber, type CommandContext } from './context.ts';
import { evaluateRetrieval } from './evaluations.ts';
import { evaluateStress, type StressOptions } from './stress.ts';
import { readPanel } from './panel-file.ts';
import { readText } from './given-file.ts';
import { interval, table } from './table.ts';

interface EvaluateOptions extends StressOptions {
  readonly stress?: boolean;
  readonly captions?: string;
  readonly panel?: string;
  readonly run?: number;
}

export function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('what the latest run, or this one, was worth against what is right')
    .option('--truth <file>', 'CSV: label, and itemId, sha256 or path, perhaps patient; else reviewed items')
    .option(
      '--captions <file>',
      'JSON lines: text or caption, and itemId, sha256 or path; how texts find pictures',
    )
    .option('--panel <file>', 'run this panel first, over the items of the file')
    .option('--run <number>', 'this run', wholeNumber(1))
    .addOption(
      new Option(
        '--stress',
        'what retrieval loses when pictures are turned, windowed, stained, blurred, cut otherwise',
      ).conflicts(['captions', 'panel', 'run']),
    )
    .addOption(
      new Option(
        '--own-captions',
        'with --stress: look for pictures with the captions that the archive has',
      ).conflicts(['truth']),
    )
    .option('--sample <number>', 'with --stress: most items that are changed', wholeNumber(2, 5000));
  define<EvaluateOptions>(command, 'open', async (context, options) => {
    const { call } = context;
    if (options.stress) return await evaluateStress(context, options);
    if (options.ownCaptions || options.sample !== undefined)
      throw new InvalidArgumentError('--own-captions and --sample go with --stress');
    if (options.captions !== undefined) return await evaluateCaptions(call, options.captions);
    const search =
      options.truth === undefined
        ? null
        : await evaluateRetrieval(call, readText(options.truth), options.truth);
    const isAboutRun = options.run !== undefined || options.panel !== undefined;
    if (search && !isAboutRun && (await call('label.runs', {})).runs.length === 0) return search;
    const given =
      options.truth === undefined ? null : await call('truth.read', { text: readText(options.truth) });
    const runId = await runFor(
      call,
      options,
      given?.truth.map(({ itemId }) => itemId),
    );
    const evaluation = await call('label.evaluate', { runId, ...(given && { truth: given.truth }) });
    const rows = evaluation.classes.map(({ label, n, sensitivity, specificity, auroc, f1 }) => [
      label,
      n,
      interval(sensitivity),
      interval(specificity),
      auroc?.toFixed(3) ?? '',
      f1?.toFixed(3) ?? '',
    ]);
    const head = `${evaluation.n} items, ${evaluation.uncertain} uncertain; accuracy ${interval(evaluation.accuracy)}, macro F1 ${evaluation.macroF1?.toFixed(3) ?? ''}`;
    return {
      json: {
        ...search?.json,
        ...(search && { search: search.json }),
        ...{ runId, ...evaluation },
        ...(given && { unknownItems: given.unknownItems }),
      },
      text: `${search ? `${search.text}\n\n` : ''}${head}\n${table([['label', 'n', 'sensitivity', 'specificity', 'AUROC', 'F1'], ...rows])}`,
    };
  });
}

async function runFor(
  call: CommandContext['call'],
  { panel, run }: { readonly panel?: string; readonly run?: number },
  itemIds: Input<'label.run'>['itemIds'],
): Promise<Output<'label.run'>['runId']> {
  if (run !== undefined) return run as Output<'label.run'>['runId'];
  if (panel !== undefined) {
    const scope = itemIds ? { itemIds: itemIds.slice(0, 100_000) } : {};
    return (await call('label.run', { panel: await readPanel(call, panel), ...scope })).runId;
  }
  const [latest] = (await call('label.runs', {})).runs;
  if (!latest) throw new ArchiveError('run.unknown', { why: 'no run yet: give a --panel' });
  return latest.runId;
}
