/** The measuring half of the bench `search`: `node search-measure.ts FOLDER SIZE SHARES [importing]`, prints JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { quantise } from '../../main/core/domain/vector.ts';
import { heldImages } from '../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../main/core/search/search.ts';
import { type Archive, openArchive } from '../../main/core/store/archive.ts';
import { vectorReader } from '../../main/core/store/vectors.ts';
import { whileImporting } from './search-importing.ts';
import { COMMON_WORDS } from './search-texts.ts';
import { methods, type Input } from '../../preload/contract/methods.ts';

const [folder = '', sizeText = '', sharesText = '', importing] = process.argv.slice(2);
const size = Number(sizeText);
const DIMENSIONS = 512;
const bytes = readFileSync(join(folder, 'queries.f32'));
const queries = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as number[][];
const signal = new AbortController().signal;
const held = heldImages();

const vectorOf = (query: number) => queries.slice(query * DIMENSIONS, (query + 1) * DIMENSIONS);
const idOf = (query: number) => query.toString(16).padStart(64, '0');
const round = (value: number) => Math.round(value * 1000) / 1000;
const at = (sorted: readonly number[], share: number) =>
  round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);

/** A query by its own vector: what a model makes of words is measured elsewhere. */
function ask(search: Search, query: number, more: Partial<Input<'search.run'>> = {}) {
  held.put({ sha256: idOf(query), name: 'q', modelIdentity: 'bench', vector: vectorOf(query) });
  const chips = [{ type: 'image' as const, imageId: idOf(query) }];
  return search.run(methods['search.run'].input.parse({ chips, limit: 100, ...more }), signal);
}

function open(archive: Archive): Search {
  const row = archive.vectors.modelByIdentity('bench');
  if (!row) throw new Error('the archive has no vectors');
  // Any vector: what a model makes of words is measured elsewhere.
  const encodeTexts = (texts: readonly string[]) =>
    Promise.resolve({
      vectors: Float32Array.from(texts.flatMap(() => [...vectorOf(0)])),
      tokens: texts.map(() => 1),
      truncatedWords: texts.map(() => 0),
    });
  return createSearch({ archive, model: () => ({ row, encodeTexts }), heldImages: held, quietMs: 300 });
}

const openArchiveAt = () => openArchive(join(folder, 'bench.vitrine'), { create: false, now: 'now' });

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now();
  return { value: await work(), ms: performance.now() - started };
}

async function firstQuery(): Promise<number> {
  const { value, ms } = await timed(async () => {
    const archive = openArchiveAt();
    const search = open(archive);
    await ask(search, 0);
    return { archive, search };
  });
  await value.search.close();
  value.archive.close();
  return Math.round(ms);
}

const firstQuerySqliteMs = await firstQuery();

const archive = openArchiveAt();
const search = open(archive);
const file = join(archive.folder, 'vectors', 'model-1.int8');
const isLarge = size > 4096;
const built = await timed(async () => {
  await ask(search, 0);
  while (isLarge && !existsSync(file)) await wait(50);
});
// The account of what has changed is forgotten piece by piece; the next start does not wait for it.
await wait(200);
await search.close();
archive.close();
const firstQueryWithFileMs = await firstQuery();

const again = openArchiveAt();
const warm = open(again);
const loaded = await timed(() => ask(warm, 0));
for (let query = 0; query < 10; query += 1) await ask(warm, query);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const stage: number[] = [];
const whole: number[] = [];
const found = { text: [0, 0], image: [0, 0] };
const half = Math.floor(truth.length / 2);
for (const [query, expected] of truth.entries()) {
  const { value, ms } = await timed(() => ask(warm, query));
  stage.push(value.tookMs.search);
  whole.push(ms);
  const ids = value.hits.map(({ itemId }) => itemId as number);
  const recall = (depth: number) => {
    const wanted = expected.slice(0, depth);
    const got = new Set(ids.slice(0, depth));
    return wanted.filter((id) => got.has(id)).length / Math.max(1, wanted.length);
  };
  const sums = query < half ? found.text : found.image;
  sums[0] = (sums[0] ?? 0) + recall(10);
  sums[1] = (sums[1] ?? 0) + recall(100);
}
delay.disable();
stage.sort((a, b) => a - b);
whole.sort((a, b) => a - b);
const worse = (place: 0 | 1) =>
  round(Math.min((found.text[place] ?? 0) / half, (found.image[place] ?? 0) / (truth.length - half)));

const filtered: Record<string, unknown> = {};
for (const share of sharesText.split(',').map(Number)) {
  const times: number[] = [];
  let isComplete = true;
  const first = await timed(() => ask(warm, 0, { where: [`share<${share}`] }));
  for (let query = 0; query < 20; query += 1) {
    const { value } = await timed(() => ask(warm, query, { where: [`share<${share}`] }));
    times.push(value.tookMs.search);
    isComplete &&= value.hits.length === Math.min(100, value.total);
  }
  times.sort((a, b) => a - b);
  filtered[`${share}%`] = {
    firstMs: round(first.ms),
    p50Ms: at(times, 0.5),
    p95Ms: at(times, 0.95),
    isComplete,
  };
}

const rss = () => Math.round(process.memoryUsage().rss / 1e6);
const rssMb = rss();

/** The median of some runs of everything that is no plain search. */
async function median(work: (run: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 7; run += 1) times.push((await timed(() => work(run))).ms);
  return at(
    times.sort((a, b) => a - b),
    0.5,
  );
}
const others = {
  facetsMs: await median(() => warm.facets([], signal)),
  facetsFilteredMs: await median((run) => warm.facets([`share<${40 + run}`], signal)),
  commonWordsMs: await median((run) => askWords(warm, run, 'both')),
  commonWordsAloneMs: await median((run) => askWords(warm, run, 'words')),
  reportsMs: await median((run) => askReports(warm, run)),
};
const rssAfterTextsMb = rss();

const reader = vectorReader(again.db, 1);
const table = Array.from({ length: 5 }, (_, query) => {
  const coarse = quantise(vectorOf(query)).values;
  const started = performance.now();
  reader.nearest(coarse, 100, null);
  return performance.now() - started;
}).sort((a, b) => a - b);

console.log(
  JSON.stringify({
    ...(importing === undefined ? {} : { importing: await measureImporting() }),
    searchP50Ms: at(stage, 0.5),
    searchP95Ms: at(stage, 0.95),
    searchP99Ms: at(stage, 0.99),
    endToEndP50Ms: at(whole, 0.5),
    endToEndP95Ms: at(whole, 0.95),
    recallAt10: worse(0),
    recallAt100: worse(1),
    rssMb,
    rssAfterTextsMb,
    loadMs: Math.round(loaded.ms),
    firstQuerySqliteMs,
    firstQueryWithFileMs,
    buildMs: Math.round(built.ms),
    coreBlockedMaxMs: round(delay.max / 1e6),
    filtered,
    ...others,
    sqliteVecAloneP50Ms: at(table, 0.5),
  }),
);
await warm.close();
again.close();

/** Words that very many items have, beside a picture that is held. */
function askWords(search: Search, query: number, match: 'both' | 'words') {
  const chips = [
    { type: 'image' as const, imageId: idOf(query) },
    { type: 'text' as const, text: COMMON_WORDS, weight: 1 },
  ];
  held.put({ sha256: idOf(query), name: 'q', modelIdentity: 'bench', vector: vectorOf(query) });
  const input = methods['search.run'].input.parse({ chips, limit: 100, match, line: 3 });
  return search.run(input, signal);
}

/** Captions that fit a picture. */
function askReports(search: Search, query: number) {
  const row = again.vectors.modelByIdentity('bench');
  if (!row) throw new Error('the archive has no vectors');
  return search.reports(row, { vectors: [vectorOf(query)], ownItems: [], limit: 20 }, signal);
}

/** Last, because the archive is another one afterwards. */
async function measureImporting() {
  const row = again.vectors.modelByIdentity('bench');
  if (!row) throw new Error('the archive has no vectors');
  const of = (index: number) => vectorOf(index % truth.length);
  const {
    stage: during,
    whole: calls,
    ...more
  } = await whileImporting(again, row, of, (query) => ask(warm, query % truth.length), 300);
  during.sort((a, b) => a - b);
  calls.sort((a, b) => a - b);
  return {
    searchP50Ms: at(during, 0.5),
    searchP95Ms: at(during, 0.95),
    endToEndP95Ms: at(calls, 0.95),
    addedPerSecond: Math.round(more.addedPerSecond),
    coreBlockedMaxMs: round(more.coreBlockedMaxMs),
  };
}
