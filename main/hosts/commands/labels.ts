import { type Command, InvalidArgumentError, Option } from 'commander';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { addCalibrate, addProbe } from './calibrate.ts';
import { decimal, define, repeated, wholeNumber, type CommandContext } from './context.ts';
import { addEvaluate } from './evaluate.ts';
import { followJob } from './follow-job.ts';
import { readPanel } from './panel-file.ts';
import { table } from './table.ts';

type Call = CommandContext['call'];
const PAGE = 10_000;

export function addLabels(program: Command): void {
  addLabel(program);
  addCalibrate(program);
  addEvaluate(program);
  addProbe(program);
}

interface LabelOptions {
  readonly panel: string;
  readonly where?: string[];
  readonly abstainBelow?: number;
  readonly conformal?: '0.05' | '0.1' | '0.2';
  readonly uncalibrated?: boolean;
  readonly probe?: number;
}

function addLabel(program: Command): void {
  const command = program
    .command('label')
    .description('run a label panel over stored vectors')
    .requiredOption('--panel <file>', 'JSON or CSV: labels with synonyms, templates')
    .option('--where <expression>', 'only these items', repeated)
    .option('--abstain-below <probability>', 'say "uncertain" below this', share)
    .addOption(
      new Option('--conformal <alpha>', 'say "uncertain" unless the conformal set has one label').choices([
        '0.05',
        '0.1',
        '0.2',
      ]),
    )
    .option('--uncalibrated', 'leave a calibration of this panel aside')
    .option('--probe <number>', 'score with this probe instead of the words', wholeNumber(1));
  define<LabelOptions>(command, 'open', async (context, options) => {
    const { call } = context;
    const panel = await readPanel(call, options.panel);
    const { where = [], probe, uncalibrated = false } = options;
    const abstain = abstainOf(options);
    const { jobId } = await call('label.start', {
      panel,
      where,
      calibrated: !uncalibrated,
      ...(abstain && { abstain }),
      ...(probe !== undefined && { probeId: probe }),
    });
    const { runId } = await followJob(context, jobId);
    const run = (await call('label.runs', {})).runs.find((one) => one.runId === runId);
    if (!run) throw new ArchiveError('run.unknown', { runId });
    const predictions = await allPredictions(call, run);
    const rows = run.first.map(({ label, items }) => [label, items] as const);
    const state = run.calibrated ? 'calibrated' : 'uncalibrated';
    const text = `${run.items} items, ${state}, ${run.uncertain} uncertain\n${table([['label', 'first'], ...rows])}`;
    return { json: { ...run, predictions }, text };
  });
}

function abstainOf({ abstainBelow, conformal }: LabelOptions): Input<'label.run'>['abstain'] {
  if (conformal !== undefined) return { is: 'conformal', alpha: Number(conformal) as 0.05 | 0.1 | 0.2 };
  return abstainBelow === undefined ? undefined : { is: 'threshold', below: abstainBelow };
}

async function allPredictions(
  call: Call,
  run: Output<'label.run'>,
): Promise<Output<'label.predictions'>['predictions']> {
  const predictions: Output<'label.predictions'>['predictions'] = [];
  while (predictions.length < run.items) {
    const from = { runId: run.runId, order: 'item', offset: predictions.length, limit: PAGE } as const;
    const page = await call('label.predictions', from);
    if (page.predictions.length === 0) break;
    predictions.push(...page.predictions);
  }
  return predictions;
}

function share(text: string): number {
  const value = decimal(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('expected a number from 0 to 1');
  return value;
}
