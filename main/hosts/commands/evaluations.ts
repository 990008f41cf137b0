import type { Command } from 'commander';
import { basename } from 'node:path';
import type { Output } from '../../../preload/contract/methods.ts';
import { cells, figureHeads } from './captions.ts';
import { define, listed, type Answer, type CommandContext } from './context.ts';
import { table } from './table.ts';

type Truth = Output<'evaluation.truth'>;

/** `evaluate --truth F.csv` by search: labels or queries that look for pictures, pictures that look for their label. */
export async function evaluateRetrieval(
  call: CommandContext['call'],
  text: string,
  path: string,
): Promise<Answer & { readonly json: Truth }> {
  const found = await call('evaluation.truth', { text, name: basename(path).slice(0, 120) });
  const rows = [
    [`${found.asked} to picture`, ...cells(found)],
    ...(found.imageToImage ? [['picture to picture', ...cells(found.imageToImage)]] : []),
    ...[...found.byModality, ...found.bySource].flatMap(({ value, textToImage, imageToImage }) => [
      ...(textToImage ? [[`  ${value}, words`, ...cells(textToImage)]] : []),
      ...(imageToImage ? [[`  ${value}, pictures`, ...cells(imageToImage)]] : []),
    ]),
  ];
  const head = `search, evaluation ${found.evaluationId}: ${found.texts} ${found.asked}, ${found.items} items, ${found.unknownItems} lines about items that are not here, ${found.unanswerable} pictures without another of their label`;
  return { json: found, text: `${head}\n${table([figureHeads, ...rows])}` };
}

export function addEvaluations(program: Command): void {
  const command = program
    .command('evaluations')
    .description('evaluations of search that were run, and what differs between two of them');
  define(command.command('list').description('all of them, newest first'), 'open', async ({ call }) => {
    const found = await call('evaluation.list', {});
    const rows = found.evaluations.map(({ evaluationId, kind, name, model, generation, at, ...one }) => {
      const figures = one.textToImage ?? one.imageToImage;
      return [
        ...[evaluationId, kind, name, model.id, generation],
        ...[figures?.mrr.toFixed(3) ?? '', figures?.map.toFixed(3) ?? '', at],
      ];
    });
    const heads = ['number', 'kind', 'name', 'model', 'generation', 'MRR', 'mAP', 'at'];
    return { json: found, text: table([heads, ...rows]) };
  });
  const compare = command
    .command('compare')
    .argument('<before>', 'number of an evaluation', listed)
    .argument('<after>', 'number of another', listed)
    .description('the same queries in both, resampled together by patient');
  define(compare, 'open', async ({ call }, _options, [before = ''] = [], [after = ''] = []) => {
    const found = await call('evaluation.compare', { before: Number(before), after: Number(after) });
    const parts = found.directions.map(({ direction, matched, onlyBefore, onlyAfter, changes }) => {
      const rows = changes.map((change) => [change.figure, ...changeCells(change)]);
      const head = `${direction}: ${matched} queries in both, ${onlyBefore} only before, ${onlyAfter} only after`;
      return `${head}\n${table([['figure', ...heads], ...rows])}`;
    });
    if (found.perturbations.length > 0) {
      const rows = found.perturbations.flatMap(({ words, matched, changes }) =>
        changes
          .filter(({ figure }) => figure === 'mrr')
          .map((change) => [words, matched, ...changeCells(change)]),
      );
      parts.push(`change by change, MRR\n${table([['change', 'n', ...heads], ...rows])}`);
    }
    return { json: found, text: [...parts, ...found.notices].join('\n') };
  });
}

type Change = Output<'evaluation.compare'>['directions'][number]['changes'][number];
const heads = ['before', 'after', 'difference', 'better'];

function changeCells({ before, after, difference, better }: Change): string[] {
  const range = difference
    ? `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`
    : '';
  return [before.toFixed(3), after.toFixed(3), range, better];
}

const signed = (value: number): string => (value > 0 ? '+' : '') + value.toFixed(3);
