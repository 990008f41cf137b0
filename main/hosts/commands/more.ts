import type { Command } from 'commander';
import type { Input } from '../../../preload/contract/methods.ts';
import { define, listedSome, repeated, wholeNumber } from './context.ts';
import { table } from './table.ts';

type Ids = Input<'search.learn'>['wanted'];

export function addMore(program: Command): void {
  const command = program
    .command('more')
    .argument('<items...>', 'numbers of items that are wanted', listedSome)
    .description('find more like these: learned from examples, with an estimate from patients left out')
    .option('--not <item>', 'an item that is not wanted', listedSome)
    .option('--where <expression>', 'only these items', repeated)
    .option('--limit <n>', 'most hits', wholeNumber(1), 60);
  define<{ not?: number[]; where?: string[]; limit: number }>(
    command,
    'open',
    async ({ call }, { not = [], where = [], limit }, items = []) => {
      const learned = await call('search.learn', { wanted: items.map(Number) as Ids, unwanted: not as Ids });
      const { imageId, method, needed, held } = learned;
      const found = await call('search.run', { chips: [{ type: 'image', imageId }], where, limit });
      const auroc = held?.auroc;
      const head =
        method === 'separator'
          ? 'a linear separator'
          : `a difference of means: a separator needs ${needed} of each`;
      const estimate = auroc
        ? `AUROC on patients left out ${auroc.value.toFixed(3)} (${auroc.low.toFixed(3)} to ${auroc.high.toFixed(3)})`
        : 'too few patients for an estimate';
      const rows = found.hits.map(({ itemId, similarity, lift, path }) => [
        ...[itemId, similarity.toFixed(4), lift.toFixed(1), path],
      ]);
      return {
        json: { learned, ...found },
        text: `${head}; ${estimate}\n${table([['item', 'cosine', 'lift', 'path'], ...rows])}`,
      };
    },
  );
}
