import { type Command, InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import type { Input, Output } from '../../../preload/contract/methods.ts';
import type { StainName } from '../../../preload/contract/slide-preparations.ts';
import { decimal, define, listed, listedSome, wholeNumber, type CommandContext } from './context.ts';
import { followJob } from './follow-job.ts';
import { poolingOf, poolingWords, stainName } from './slide-preparations.ts';
import { table } from './table.ts';

interface HeatmapOptions {
  readonly out: string;
  readonly minus?: string;
  readonly stretch?: boolean;
  readonly stain: StainName;
}

interface EmbedOptions {
  readonly every?: number;
  readonly most?: number;
  readonly mpp?: number;
  readonly folder?: boolean;
  readonly estimate?: boolean;
  readonly stain: StainName;
  readonly pooling: string;
}

type ItemIdInput = Input<'slide.get'>['itemId'];

export function addSlides(program: Command): void {
  addHeatmap(program);
  addEmbed(program);
}

function addHeatmap(program: Command): void {
  const command = program
    .command('heatmap')
    .argument('<item>', 'a slide of the archive', listed)
    .argument('<text>', 'what to light up')
    .description('colour a slide by how well its tiles fit words')
    .requiredOption('--out <file>', 'PNG, GeoJSON for QuPath or CSV, by its ending')
    .option('--minus <text>', 'subtract other words: where do the first fit better?')
    .option('--stain <name>', 'of tiles prepared so', stainName, 'none')
    .option('--stretch', 'colours from this slide’s lowest to its highest, not comparable between slides');
  define<HeatmapOptions>(
    command,
    'open',
    async ({ call }, { out, minus, stretch = false, stain }, item = [], text = []) => {
      const ending = /\.(csv|geojson|json)$/i.exec(out)?.[1]?.toLowerCase();
      const { path, tiles, min, max, tookMs } = await call('slide.saveHeat', {
        itemId: Number(item[0]) as ItemIdInput,
        chips: [{ type: 'text', text: text[0] ?? '' }],
        ...(minus === undefined ? {} : { minus: [{ type: 'text', text: minus }] }),
        as: ending === 'csv' ? 'csv' : ending === undefined ? 'png' : 'geojson',
        stretch,
        stain,
        out: resolve(out),
      });
      return {
        json: { path, tiles, min, max, tookMs },
        text: `${path}: ${tiles} tiles, cosine ${min.toFixed(3)} to ${max.toFixed(3)}, ${tookMs.toFixed(0)} ms`,
      };
    },
  );
}

/** That one estimate may be about. */
const SLIDES_AT_ONCE = 1000;

/** As the contract bounds it. */
function mppOf(text: string): number {
  const value = decimal(text);
  if (value < 0.01 || value > 100) throw new InvalidArgumentError('expected µm per pixel, from 0.01 to 100');
  return value;
}

function addEmbed(program: Command): void {
  const command = program
    .command('embed-slides')
    .argument('[items...]', 'slides; left out, all that have no tiles yet', listedSome)
    .description('read the tiles of slides with the model')
    .addOption(new Option('--every <n>', 'only one tile in n').argParser(wholeNumber(2)).conflicts('most'))
    .option('--most <n>', 'at most n tiles of a slide, spread out', wholeNumber(1))
    .option('--mpp <µm>', 'µm per pixel of slides that do not state it', mppOf)
    .option('--folder', 'the same for all such slides of the folder')
    .option(
      '--stain <name>',
      'colours as if stained so: macenko, or one that "stains" lists',
      stainName,
      'none',
    )
    .option('--pooling <name>', `a further vector of each slide by ${poolingWords}`, 'contrast')
    .option('--estimate', 'tell how many tiles that would be, and read none');
  define<EmbedOptions>(command, 'open', async (context, options, items = []) => {
    const { call } = context;
    const { every, most, mpp, folder = false, estimate = false, stain } = options;
    const budget =
      most !== undefined
        ? ({ is: 'most', n: most } as const)
        : every !== undefined
          ? ({ is: 'every', n: every } as const)
          : ({ is: 'all' } as const);
    const itemIds = items.map((one) => Number(one) as ItemIdInput);
    if (mpp !== undefined && items.length === 0)
      throw new InvalidArgumentError('--mpp needs the slides that it is about');
    if (folder && mpp === undefined)
      throw new InvalidArgumentError('--folder says where --mpp counts; give both');
    if (mpp !== undefined) for (const itemId of itemIds) await call('slide.setMpp', { itemId, mpp, folder });
    if (estimate) {
      const wanted =
        itemIds.length > 0 ? itemIds : (await call('items.ids', { where: ['kind=slide'] })).itemIds;
      if (wanted.length === 0) return { json: { slides: [], tiles: 0, seconds: null }, text: 'no slides' };
      const found = await estimateOf(call, wanted, budget);
      const rows = found.slides.map((one) => [one.itemId, one.tissueTiles, one.tiles, one.fault?.code ?? '']);
      const time = found.seconds === null ? '' : `, about ${Math.ceil(found.seconds)} s`;
      return {
        json: found,
        text: [table([['item', 'tissue', 'tiles', ''], ...rows]), `${found.tiles} tiles${time}`].join('\n'),
      };
    }
    const pooling = await poolingOf(context, options.pooling);
    const some = itemIds.length > 0 ? { itemIds } : {};
    const { jobId } = await call('slide.embed', { ...some, budget, stain, pooling });
    if (jobId === null) return { json: { jobId, tiles: 0 }, text: 'every slide has its tiles' };
    const job = await followJob(context, jobId);
    const tiles = job.stages.at(-1)?.done ?? 0;
    return {
      json: { jobId, tiles, stain, pooling, notices: job.notices },
      text: [`${tiles} tiles`, ...job.notices].join('\n'),
    };
  });
}

type Estimate = Output<'slide.estimate'>;

/** As many calls as it takes: one is about at most a thousand slides. */
async function estimateOf(
  call: CommandContext['call'],
  itemIds: readonly ItemIdInput[],
  budget: Input<'slide.estimate'>['budget'],
): Promise<Estimate> {
  let sum: Estimate = { slides: [], tiles: 0, seconds: 0 };
  for (let from = 0; from < itemIds.length; from += SLIDES_AT_ONCE) {
    const some = itemIds.slice(from, from + SLIDES_AT_ONCE);
    const { slides, tiles, seconds } = await call('slide.estimate', { itemIds: some, budget });
    sum = {
      slides: [...sum.slides, ...slides],
      tiles: sum.tiles + tiles,
      seconds: sum.seconds === null || seconds === null ? null : sum.seconds + seconds,
    };
  }
  return sum;
}
