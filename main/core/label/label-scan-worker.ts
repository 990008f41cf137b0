import { parentPort, workerData } from 'node:worker_threads';
import { poolRegions, scoreRows } from '../domain/pooling.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { openReader, type ReadDb } from '../store/database.ts';
import { itemRows } from '../store/item-rows.ts';
import { itemVectorReader, type ItemVector } from '../store/item-vectors.ts';
import { answerOf } from '../store/thread-answer.ts';
import type { FromScan, ScanChunk, ScanWork, ToScan } from './scan-messages.ts';

// The thread in which a panel meets the stored vectors, with a read connection of its own. It works on request, a
// chunk at a time, so that it is never further ahead of the writer than the writer asked it to be.

/** What takes the writing thread a few milliseconds. */
const ITEMS_PER_CHUNK = 250;

const setup = workerData as ScanWork;
const port = parentPort;
if (!port) throw new Error('this file runs as a worker');

const { target, labelCount } = setup;
let opened: Opened | undefined;
let next = 0;

port.on('message', (message: ToScan) => {
  if (message === 'next') return void tell();
  opened?.db.close();
  port.close();
});

async function tell(): Promise<void> {
  const answer = await answerOf<FromScan>(() => {
    goOn();
    const { vectors, ids } = (opened ??= open());
    if (next >= ids.length) return { is: 'end' };
    return {
      is: 'chunk',
      chunk: scoreItems(vectors, ids.slice(next, (next += ITEMS_PER_CHUNK)), ids.length),
    };
  });
  const scores = answer.ok && answer.output.is === 'chunk' ? [answer.output.chunk.scores.buffer] : [];
  port?.postMessage(answer, scores as ArrayBuffer[]);
}

/** @throws ArchiveError `request.cancelled` */
function goOn(): void {
  if (Atomics.load(setup.cancelled, 0) !== 0) throw new ArchiveError('request.cancelled');
}

interface Opened {
  readonly db: ReadDb;
  readonly vectors: ReturnType<typeof itemVectorReader>;
  /** Ascending. */
  readonly ids: readonly number[];
}

function open(): Opened {
  const db = openReader(setup.databasePath);
  const ids = target.is === 'items' ? sortedOnce(target.itemIds) : itemRows(db).ids(target.where);
  return { db, vectors: itemVectorReader(db, setup.modelId), ids };
}

/** What the regions of the item at hand scored; their vectors are not kept, as a slide has tens of thousands. */
interface Scored {
  readonly itemId: number;
  readonly itemKind: ItemVector['itemKind'];
  readonly regions: { readonly kind: ItemVector['regionKind']; readonly scores: Float32Array }[];
}

function scoreItems(vectors: Opened['vectors'], wanted: readonly number[], total: number): ScanChunk {
  const itemIds: number[] = [];
  const scores = new Float32Array(wanted.length * labelCount);
  let item: Scored | undefined;
  const finish = () => {
    if (!item) return;
    scores.set(pooled(item), itemIds.length * labelCount);
    itemIds.push(item.itemId);
  };
  for (const { itemId, itemKind, regionKind, vector } of vectors.of(wanted)) {
    goOn();
    if (item?.itemId !== itemId) {
      finish();
      item = { itemId, itemKind, regions: [] };
    }
    const region = { kind: regionKind, scores: new Float32Array(labelCount) };
    scoreRows(vector, setup.labels, region.scores, 0);
    item.regions.push(region);
  }
  finish();
  return {
    itemIds,
    scores: scores.slice(0, itemIds.length * labelCount),
    left: wanted.length - itemIds.length,
    total,
  };
}

/**
 * A slide is what its most telling tiles are, its overview left out. A picture or a DICOM instance is what its
 * frames are on average: one odd frame of a hundred does not name the whole. Regions that a person drew count only
 * where there is nothing else.
 */
function pooled({ itemKind, regions }: Scored): Float32Array {
  const tiles = regions.filter(({ kind }) => kind === 'tile');
  const slide = itemKind === 'slide' && tiles.length > 0;
  const whole = slide ? tiles : regions.filter(({ kind }) => kind !== 'roi');
  const counted = whole.length > 0 ? whole : regions;
  const scores = new Float32Array(counted.length * labelCount);
  counted.forEach((region, index) => scores.set(region.scores, index * labelCount));
  return poolRegions(scores, labelCount, slide ? setup.topTiles : Infinity);
}

function sortedOnce(itemIds: readonly number[]): number[] {
  return [...new Set(itemIds)].sort((a, b) => a - b);
}
