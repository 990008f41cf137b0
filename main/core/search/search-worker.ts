import { parentPort, workerData } from 'node:worker_threads';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { openReader } from '../store/database.ts';
import { searchReader } from '../store/search-reader.ts';
import type { FromSearcher, SearchCall, SearchFailure, SearchSetup, ToSearcher } from './search-messages.ts';
import { createSearcher, type Searcher } from './searcher.ts';

// The thread of all scans: it has a connection of its own that only reads, so that neither the core's thread nor an
// import waits for a search.

const port = parentPort;
if (!port) throw new Error('search-worker.ts runs as a worker thread');
const { databasePath } = workerData as SearchSetup;
const db = openReader(databasePath);
const searchers = new Map<number, Searcher>();
const waiting = new Map<number, SearchCall>();

port.on('message', (message: ToSearcher) => {
  if (message.kind === 'cancel') return void waiting.delete(message.id);
  if (message.kind === 'close') {
    db.close();
    return port.close();
  }
  waiting.set(message.id, message.call);
  // Not at once: a cancel that is already on its way takes the call out again.
  setImmediate(() => answer(message.id));
});

function answer(id: number): void {
  const call = waiting.get(id);
  if (!call) return;
  waiting.delete(id);
  try {
    tell({ kind: 'found', id, found: searcherFor(call.modelId).run(call.job) });
  } catch (error) {
    tell({ kind: 'failure', id, failure: failureOf(error) });
  }
}

function searcherFor(modelId: number): Searcher {
  const searcher = searchers.get(modelId) ?? createSearcher(searchReader(db, modelId));
  searchers.set(modelId, searcher);
  return searcher;
}

const tell = (message: FromSearcher): void => port.postMessage(message);

function failureOf(error: unknown): SearchFailure {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof ArchiveError) return { code: error.code, details: error.details, message, stack };
  return { code: null, details: {}, message, stack };
}
