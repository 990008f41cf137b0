import { basename } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Input } from '../../../preload/contract/methods.ts';
import { PoolingName, StainName } from '../../../preload/contract/slide-preparations.ts';
import { decimal, define, listed, listedSome, wholeNumber, type CommandContext } from './context.ts';
import { readGiven } from './given-file.ts';
import { table } from './table.ts';

type ItemIdInput = Input<'slide.get'>['itemId'];

/** How slides are stained, how much that matters to a query, and how one vector is made of a slide's tiles. */
export function addSlidePreparations(program: Command): void {
  addStains(program);
  addJitter(program);
  addPooling(program);
  addSimilar(program);
}

/** A name of the contract's, as a parser. */
const named =
  (names: typeof StainName | typeof PoolingName, expected: string) =>
  (text: string): string => {
    const parsed = names.safeParse(text);
    if (!parsed.success) throw new InvalidArgumentError(`expected ${expected}`);
    return parsed.data;
  };

export const stainName = named(StainName, 'none, macenko, or a name that "stains" lists');
const poolingName = named(PoolingName, 'contrast, mean, or a name that "pool-slides" lists');

/** A pooling by its name; a file of weights is added first. @throws ArchiveError `pooling.unreadable`; as `readGiven` */
export async function poolingOf({ call }: CommandContext, given: string): Promise<PoolingName> {
  const known = PoolingName.safeParse(given);
  if (known.success) return known.data;
  const bytes = new Uint8Array(readGiven(given));
  return (await call('slide.addPooling', { name: basename(given), bytes })).name;
}

export const poolingWords = 'contrast, mean, attention-…, or a file of weights (.safetensors, .npz)';

function addStains(program: Command): void {
  const command = program
    .command('stains')
    .description('stainings that slides can be brought to before the model reads them')
    .option('--from <item>', 'make the staining of this slide one of them', listed);
  define<{ readonly from?: number }>(command, 'open', async ({ call }, { from }) => {
    const made = from === undefined ? null : await call('slide.stainFrom', { itemId: from as ItemIdInput });
    const { stains } = await call('slide.stains', {});
    const dye = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join(' ');
    const rows = stains.map((one) => [
      one.name, dye(one.haematoxylin), dye(one.eosin), dye(one.most), one.from?.path ?? 'published', one.slides,
    ]); // prettier-ignore
    const head = ['name', 'haematoxylin', 'eosin', 'most', 'from', 'slides'];
    return { json: { stains, ...(made && { made: made.name }) }, text: table([head, ...rows]) };
  });
}

function sigmaOf(text: string): number {
  const value = decimal(text);
  if (value < 0 || value > 0.5) throw new InvalidArgumentError('expected a number from 0 to 0.5');
  return value;
}

interface JitterOptions {
  readonly sigma: number;
  readonly top: number;
  readonly tiles: number;
  readonly draws: number;
  readonly stain: StainName;
}

function addJitter(program: Command): void {
  const command = program
    .command('jitter')
    .argument('<item>', 'a slide whose tiles were read', listed)
    .argument('<text>', 'what to light up')
    .description('how much a slide’s top tiles change when its staining does')
    .option('--sigma <n>', 'most change of a dye: 0.05 light, 0.2 strong', sigmaOf, 0.05)
    .option('--top <n>', 'best tiles that are followed', wholeNumber(1, 100), 20)
    .option('--tiles <n>', 'tiles that are looked at', wholeNumber(2, 2000), 200)
    .option('--draws <n>', 'changes of staining', wholeNumber(1, 50), 5)
    .option('--stain <name>', 'of tiles prepared so', stainName, 'none');
  define<JitterOptions>(command, 'open', async ({ call }, options, item = [], text = []) => {
    const { sigma, top, tiles, draws, stain } = options;
    const itemId = Number(item[0]) as ItemIdInput;
    const chips = [{ type: 'text' as const, text: text[0] ?? '' }];
    const found = await call('slide.jitter', { itemId, chips, sigma, top, tiles, draws, stain });
    const percent = (share: number) => `${Math.round(share * 100)} %`;
    const { overlap, rankCorrelation, byChance } = found;
    return {
      json: found,
      text: [
        `${percent(overlap.mean)} of the top ${found.top} stay there, ${percent(overlap.least)} at worst (${percent(byChance)} by chance)`,
        `rank correlation ${rankCorrelation.mean.toFixed(3)}, ${rankCorrelation.least.toFixed(3)} at worst`,
        `${found.tiles} tiles, ${found.draws.length} changes of staining by at most ${sigma}`,
      ].join('\n'),
    };
  });
}

interface PoolingOptions {
  readonly pooling?: string;
  readonly stain: StainName;
}

function addPooling(program: Command): void {
  const command = program
    .command('pool-slides')
    .argument('[items...]', 'slides; left out, all whose tiles were read', listedSome)
    .description('list poolings, or make the vector of whole slides by one')
    .option('--pooling <name>', poolingWords)
    .option('--stain <name>', 'of tiles prepared so', stainName, 'none');
  define<PoolingOptions>(command, 'open', async (context, { pooling, stain }, items = []) => {
    const { call } = context;
    if (pooling === undefined) {
      const { poolings } = await call('slide.poolings', {});
      const rows = poolings.map((one) => [one.name, one.dimensions ?? '', one.hidden ?? '', one.slides]);
      return { json: { poolings }, text: table([['name', 'for vectors of', 'units', 'slides'], ...rows]) };
    }
    const name = await poolingOf(context, pooling);
    const itemIds = items.map((one) => Number(one) as ItemIdInput);
    const some = itemIds.length > 0 ? { itemIds } : {};
    const { slides } = await call('slide.pool', { pooling: name, stain, ...some });
    return { json: { pooling: name, slides }, text: `${slides} slides by ${name}` };
  });
}

interface SimilarOptions {
  readonly pooling: PoolingName;
  readonly stain: StainName;
  readonly limit: number;
}

function addSimilar(program: Command): void {
  const command = program
    .command('similar-slides')
    .argument('<item>', 'a slide whose tiles were read', listed)
    .description('slides that are like one, by their own vectors')
    .option('--pooling <name>', 'contrast, mean or attention-…', poolingName, 'contrast')
    .option('--stain <name>', 'of tiles prepared so', stainName, 'none')
    .option('--limit <n>', 'most hits', wholeNumber(1, 500), 20);
  define<SimilarOptions>(command, 'open', async ({ call }, { pooling, stain, limit }, item = []) => {
    const itemId = Number(item[0]) as ItemIdInput;
    const { hits, of, tookMs } = await call('slide.similar', { itemId, pooling, stain, limit });
    const rows = hits.map((hit) => [hit.similarity.toFixed(3), hit.itemId, hit.path]);
    return {
      json: { hits, of, tookMs },
      text: hits.length > 0 ? table([['cosine', 'item', 'path'], ...rows]) : 'no other slide',
    };
  });
}
