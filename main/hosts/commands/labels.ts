import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import { define, repeated } from './context.ts';
import { table } from './table.ts';

const PAGE = 10_000;

export function addLabels(program: Command): void {
  const command = program
    .command('label')
    .description('run a label panel over stored vectors')
    .requiredOption('--panel <file>', 'JSON: name, labels [{name, synonyms}], templates')
    .option('--where <expression>', 'only these items', repeated);
  define<{ panel: string; where?: string[] }>(command, 'open', async ({ call }, { panel, where = [] }) => {
    const run = await call('label.run', { panel: readPanel(panel), where });
    const predictions: Output<'label.predictions'>['predictions'] = [];
    while (predictions.length < run.items) {
      const from = { runId: run.runId, order: 'item', offset: predictions.length, limit: PAGE } as const;
      const page = await call('label.predictions', from);
      if (page.predictions.length === 0) break;
      predictions.push(...page.predictions);
    }
    const rows = run.first.map(({ label, items }) => [label, items] as const);
    const state = run.calibrated ? 'calibrated' : 'uncalibrated';
    return {
      json: { ...run, predictions },
      text: `${run.items} items, ${state}\n${table([['label', 'first'], ...rows])}`,
    };
  });
}

/** @throws ArchiveError `file.unreadable`, `panel.invalid` where the file is no JSON. */
export function readPanel(path: string): Input<'label.run'>['panel'] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ArchiveError('file.unreadable', { path }, { cause });
  }
  try {
    return JSON.parse(text) as Input<'label.run'>['panel']; // The contract checks the rest.
  } catch (cause) {
    throw new ArchiveError('panel.invalid', { why: 'the file is not JSON' }, { cause });
  }
}
