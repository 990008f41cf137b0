// Long because the commands of labelling share their files, options and tables.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Calibration, Interval } from '../../../preload/contract/calibrations.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import type { Panel } from '../../../preload/contract/panels.ts';
import { define, repeated, wholeNumber, type CommandContext } from './context.ts';
import { evaluateCaptions } from './captions.ts';
import { evaluateRetrieval } from './evaluations.ts';
import { followJob } from './follow-job.ts';
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
  readonly conformal?: number;
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
      new Option('--conformal <alpha>', 'say "uncertain" unless the conformal set has one label')
        .argParser(Number)
        .choices(['0.05', '0.1', '0.2']),
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

function addCalibrate(program: Command): void {
  const command = program
    .command('calibrate')
    .description('fit a map from scores to probabilities, on one half of the patients; report on the other')
    .requiredOption('--panel <file>', 'JSON or CSV')
    .option('--truth <file>', 'CSV: label, and itemId, sha256 or path, perhaps patient; else reviewed items')
    .addOption(
      new Option('--method <name>').choices(['temperature', 'vector', 'isotonic']).default('temperature'),
    )
    .option('--probe <number>', 'of this probe in place of the words', wholeNumber(1));
  define<{ panel: string; truth?: string; method: Calibration['method']; probe?: number }>(
    command,
    'open',
    async ({ call }, { panel, truth, method, probe }) => {
      const given = truth === undefined ? null : await call('truth.read', { text: readText(truth) });
      const calibration = await call('calibration.fit', {
        panel: await readPanel(call, panel),
        method,
        ...(given && { truth: given.truth }),
        ...(probe !== undefined && { probeId: probe }),
        by: 'command line',
      });
      const { after, before, report, fitted } = calibration;
      const json = {
        ...calibration,
        ...(fitted.is === 'temperature' && { temperature: fitted.temperature }),
        ece: after.ece,
        eceBefore: before.ece,
        brier: after.brier,
        n: report.items,
        bins: after.bins,
        ...(given && { unknownItems: given.unknownItems }),
      };
      return { json, text: describe(calibration) };
    },
  );
}

function describe({ after, before, fit, report, fitted, perfect, coverage }: Calibration): string {
  const curve = coverage.map((point) => [
    `${Math.round(point.coverage * 100)} %`,
    point.accuracy.toFixed(3),
    point.threshold.toFixed(3),
  ]);
  return [
    fitted.is === 'temperature' ? `temperature ${fitted.temperature.toFixed(4)}` : fitted.is,
    `fitted to ${fit.items} items of ${fit.patients} patients, reported on ${report.items} of ${report.patients}`,
    `ECE ${interval(after.ece)}, before ${interval(before.ece)}`,
    `a perfect model: ${perfect.low.toFixed(3)} to ${perfect.high.toFixed(3)}`,
    `Brier ${interval(after.brier)}, before ${interval(before.brier)}`,
    table([['decided', 'accuracy', 'line'], ...curve]),
  ].join('\n');
}

interface EvaluateOptions {
  readonly truth?: string;
  readonly captions?: string;
  readonly panel?: string;
  readonly run?: number;
}

function addEvaluate(program: Command): void {
  const command = program
    .command('evaluate')
    .description('what the latest run, or this one, was worth against what is right')
    .option('--truth <file>', 'CSV: label, and itemId, sha256 or path, perhaps patient; else reviewed items')
    .option(
      '--captions <file>',
      'JSON lines: text or caption, and itemId, sha256 or path; how texts find pictures',
    )
    .option('--panel <file>', 'run this panel first, over the items of the file')
    .option('--run <number>', 'this run', wholeNumber(1));
  define<EvaluateOptions>(command, 'open', async ({ call }, options) => {
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
  call: Call,
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

function addProbe(program: Command): void {
  const command = program
    .command('probe')
    .description('fit a linear probe to reviewed items and compare it with the words')
    .requiredOption('--panel <file>', 'JSON or CSV')
    .option('--truth <file>', 'CSV of what is right; else reviewed items');
  define<{ panel: string; truth?: string }>(command, 'open', async ({ call }, { panel, truth }) => {
    const given = truth === undefined ? null : await call('truth.read', { text: readText(truth) });
    const report = await call('probe.fit', {
      panel: await readPanel(call, panel),
      ...(given && { truth: given.truth }),
      by: 'command line',
    });
    return {
      json: report,
      text: `probe ${report.probeId}: accuracy ${interval(report.probe)}, words ${interval(report.words)}: ${report.verdict}`,
    };
  });
}

/** @throws ArchiveError `file.unreadable`, `panel.unreadable`. */
async function readPanel(call: Call, path: string): Promise<Panel> {
  const name = basename(path, extname(path)).slice(0, 120);
  return (await call('panel.import', { text: readText(path), name })).panel;
}

/** @throws ArchiveError `file.unreadable`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ArchiveError('file.unreadable', { path }, { cause });
  }
}

const interval = (one: Interval | null): string =>
  one ? `${one.value.toFixed(3)} (${one.low.toFixed(3)} to ${one.high.toFixed(3)})` : '';

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('expected a number from 0 to 1');
  return value;
}
