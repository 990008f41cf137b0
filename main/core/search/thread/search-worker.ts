import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError } from '../../../../preload/contract/faults.ts';
import { openReader, storeFault } from '../../store/database.ts';
import { itemRows } from '../../store/item-rows.ts';
import { rankReports } from './report-ranking.ts';
import { itemFacts } from './saved-facts.ts';
import { countFacets } from './facets.ts';
import { createModelSearcher, type ModelSearcher } from './model-searcher.ts';
import {
  type FromSearcher,
  isCancelled,
  type SearchCall,
  type SearchedModel,
  type SearchFailure,
  type SearchSetup,
  type ToSearcher,
} from './search-messages.ts';

// The thread of all scans: it has a connection of its own that only reads, so that neither the core's thread nor an
// import waits for a search.

const port = parentPort;
if (!port) throw new Error('search-worker.ts runs as a worker thread');
const setup = workerData as SearchSetup;
const db = openReader(setup.databasePath);
const items = itemRows(db);
const searchers = new Map<number, ModelSearcher>();
const waiting = new Map<number, SearchCall>();
/** The call that is worked on, or was last. */
let current = 0;
const tending = setInterval(tend, setup.quietMs / 3);

port.on('message', (message: ToSearcher) => {
  if (message.kind === 'cancel') return void waiting.delete(message.id);
  if (message.kind === 'close') return void close();
  waiting.set(message.id, message.call);
  // Not at once: a cancel that is already on its way takes the call out again.
  setImmediate(() => answer(message.id));
});

function answer(id: number): void {
  const call = waiting.get(id);
  if (!call) return;
  waiting.delete(id);
  current = id;
  try {
    tell({ kind: 'done', id, output: outputOf(call) });
  } catch (error) {
    tell({ kind: 'failure', id, failure: failureOf(error) });
  }
}

/** @throws ArchiveError `request.cancelled` */
function goOn(): void {
  if (isCancelled(setup.cancelled, current)) throw new ArchiveError('request.cancelled');
}

function outputOf(call: SearchCall) {
  if (call.task === 'search') return searcherFor(call.input.model).run(call.input.job);
  if (call.task === 'page') return searcherFor(call.input.model).page(call.input.wish);
  if (call.task === 'found')
    return searcherFor(call.input.model).ids(call.input.snapshot, call.input.isAbove);
  if (call.task === 'reports') return rankReports(db, call.input.model.id, call.input.wish, goOn);
  if (call.task === 'itemFacts') return itemFacts(db, call.input.model.id, call.input.wish);
  return call.task === 'facets' ? countFacets(items, call.input) : items.ids(call.input);
}

function searcherFor(model: SearchedModel): ModelSearcher {
  const onSaved = (file: { seq: number; token: string }) => tell({ kind: 'saved', modelId: model.id, file });
  const searcher = searchers.get(model.id) ?? createModelSearcher(db, setup, model, onSaved, goOn, onTrouble);
  searchers.set(model.id, searcher);
  return searcher;
}

function tend(): void {
  for (const searcher of searchers.values()) searcher.tend().catch(onTrouble);
}

function onTrouble(thrown: unknown): void {
  tell({ kind: 'trouble', failure: failureOf(thrown) });
}

async function close(): Promise<void> {
  clearInterval(tending);
  await Promise.all([...searchers.values()].map((searcher) => searcher.close()));
  db.close();
  process.exit();
}

function tell(message: FromSearcher): void {
  port?.postMessage(message);
}

function failureOf(thrown: unknown): SearchFailure {
  const error = storeFault(thrown);
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof ArchiveError) return { code: error.code, details: error.details, message, stack };
  return { code: null, details: {}, message, stack };
}
