import { type Command, Option } from 'commander';
import type { Calibration } from '../../../preload/contract/calibrations.ts';
import { define, wholeNumber } from './context.ts';
import { readPanel } from './panel-file.ts';
import { readText } from './given-file.ts';
import { interval, table } from './table.ts';

export function addCalibrate(program: Command): void {
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

export function addProbe(program: Command): void {
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
