/**
 * `npm run bench -- search [--size N] [--queries N] [--no-faiss] [--importing] [--json]`
 *
 * Fills an archive with CLIP-like vectors, and half of its items with captions, then measures in a process of its own, as a user would have it: opening, the
 * first query without and with a matrix file, single queries, filters, facets, words, captions that fit a picture, and
 * sqlite-vec alone; beside them float32 brute
 * force in the same run, by FAISS (Debian's python3-faiss) where it is installed, else by usearch.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exactSearch, MetricKind, type BatchMatches } from 'usearch';
import { openArchive } from '../../main/core/store/archive.ts';
import { clipLike } from './clip-like.ts';
import { writeReports } from './search-texts.ts';

const DIMENSIONS = 512;
const BLOCK = 5_000;
const DEPTH = 100;

/** Filters leave this share of the items, in percent. */
const SHARES = [0.1, 1, 10, 50];

interface Top {
  readonly item: number;
  readonly score: number;
}

export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      size: { type: 'string', default: '100000' },
      queries: { type: 'string' },
      'no-faiss': { type: 'boolean', default: false },
      importing: { type: 'boolean', default: false },
    },
  });
  const size = Number(values.size);
  const queryCount = Number(values.queries ?? (size > 300_000 ? 100 : 200));
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-'));
  try {
    const faiss = values['no-faiss'] ? null : findFaiss();
    const made = fill(folder, size, queryCount, faiss !== null);
    writeFileSync(join(folder, 'queries.f32'), bytesOf(made.queries));
    writeFileSync(join(folder, 'truth.json'), JSON.stringify(made.truth));
    const measured = measure(folder, size, values.importing);
    const brute = faiss
      ? faissFlat(faiss, folder, size, queryCount)
      : { by: 'usearch float32, one thread', p50Ms: made.bruteP50Ms };
    const { searchP50Ms } = measured as { searchP50Ms: number };
    return {
      size,
      dimensions: DIMENSIONS,
      queries: queryCount,
      ...measured,
      insertPerSecond: made.insertPerSecond,
      bruteForce: brute,
      timesFasterThanBruteForce: round(brute.p50Ms / searchP50Ms),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes the archive through its own store, and meanwhile finds the true neighbours in float32. */
function fill(folder: string, size: number, queryCount: number, keepsVectors: boolean) {
  const source = clipLike(DIMENSIONS, 11);
  const half = Math.floor(queryCount / 2);
  const queries = new Float32Array(queryCount * DIMENSIONS);
  queries.set(source.block('text', 1_000_000, half));
  queries.set(source.block('image', 1_000_000, queryCount - half), half * DIMENSIONS);
  const archive = openArchive(join(folder, 'bench.vitrine'), { create: true, now: 'now' });
  const model = archive.vectors.ensureModel(
    { bundleId: 'bench', identity: 'bench', dimensions: DIMENSIONS, preprocessing: '1' },
    'now',
  );
  const file = keepsVectors ? openSync(join(folder, 'vectors.f32'), 'w') : null;
  const truth: Top[][] = Array.from({ length: queryCount }, () => []);
  let insertMs = 0;
  let lastReport = 0;
  for (let from = 0; from < size; from += BLOCK) {
    const rows = Math.min(BLOCK, size - from);
    const vectors = source.block('image', from / BLOCK, BLOCK).slice(0, rows * DIMENSIONS);
    if (file !== null) writeSync(file, bytesOf(vectors));
    const started = performance.now();
    const itemIds = archive.transaction(() => {
      archive.settings.bumpGeneration();
      return Array.from({ length: rows }, (_, row) => {
        const itemId = addItem(archive, from + row);
        const regionId = archive.items.addRegion(itemId, {
          ...{ kind: 'whole', frame: 0, level: 0, x: 0, y: 0, w: 1, h: 1, preparation: [], windowName: null },
        });
        archive.vectors.add(model, regionId, vectors.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS));
        return itemId;
      });
    });
    insertMs += performance.now() - started;
    lastReport = writeReports(archive, model, itemIds, vectors, lastReport);
    addTruth(truth, queries, vectors, itemIds);
  }
  if (file !== null) closeSync(file);
  archive.close();
  return {
    queries,
    truth: truth.map((top) => top.map(({ item }) => item)),
    insertPerSecond: Math.round(size / (insertMs / 1000)),
    bruteP50Ms: keepsVectors ? NaN : bruteForceMs(source.block('image', 0, BLOCK), queries, size),
  };
}

function addItem(archive: ReturnType<typeof openArchive>, number: number): number {
  return archive.items.insert({
    ...{ kind: 'image', sizeBytes: 1, widthPx: 1, heightPx: 1, frames: 1, thumb: null, notes: [] },
    sha256: createHash('sha256').update(String(number)).digest('hex'),
    ...{ modality: number % 3 === 0 ? 'CT' : 'MR', bodyPart: 'CHEST', addedAt: 'now' },
    ...{ patientKey: `p${number % 5000}`, studyKey: `s${number % 20_000}`, seriesKey: null },
    // Spread evenly over the items but not in their order.
    attributes: [{ name: 'share', number: ((number * 7_919) % 1000) / 10 }],
  });
}

function addTruth(
  truth: Top[][],
  queries: Float32Array,
  block: Float32Array,
  itemIds: readonly number[],
): void {
  const wanted = Math.min(DEPTH, itemIds.length);
  const found = exactSearch(block, queries, DIMENSIONS, wanted, MetricKind.IP, 2) as BatchMatches;
  truth.forEach((top, query) => {
    for (let place = 0; place < wanted; place += 1) {
      const at = query * wanted + place;
      top.push({
        item: itemIds[Number(found.keys[at])] as number,
        score: 1 - (found.distances[at] as number),
      });
    }
    top.sort((a, b) => b.score - a.score || a.item - b.item);
    top.length = Math.min(DEPTH, top.length);
  });
}

/** One float32 query at a time over a block as large as memory allows, scaled to the size that was asked for. */
function bruteForceMs(block: Float32Array, queries: Float32Array, size: number): number {
  const rows = Math.min(size, 200_000);
  const matrix = new Float32Array(rows * DIMENSIONS);
  for (let from = 0; from < rows * DIMENSIONS; from += block.length)
    matrix.set(block.subarray(0, Math.min(block.length, matrix.length - from)), from);
  const times = Array.from({ length: 10 }, (_, query) => {
    const vector = queries.slice(query * DIMENSIONS, (query + 1) * DIMENSIONS);
    const started = performance.now();
    exactSearch(matrix, vector, DIMENSIONS, Math.min(DEPTH, rows), MetricKind.IP, 1);
    return performance.now() - started;
  }).sort((a, b) => a - b);
  return round(((times[5] as number) * size) / rows);
}

function measure(folder: string, size: number, importing: boolean): Record<string, unknown> {
  const script = join(import.meta.dirname, 'search-measure.ts');
  const output = execFileSync(
    process.execPath,
    [script, folder, String(size), SHARES.join(','), ...(importing ? ['importing'] : [])],
    {
      encoding: 'utf8',
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return JSON.parse(output) as Record<string, unknown>;
}

function findFaiss(): string | null {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      execFileSync(python, ['-c', 'import faiss'], { stdio: 'ignore' });
      return python;
    } catch {
      // Not this one.
    }
  }
  return null;
}

function faissFlat(python: string, folder: string, size: number, queryCount: number) {
  const script = `
import faiss, numpy as np, time
d = ${DIMENSIONS}
index = faiss.IndexFlatIP(d)
x = np.memmap(r'${join(folder, 'vectors.f32')}', np.float32, 'r', shape=(${size}, d))
for s in range(0, ${size}, 50000): index.add(np.ascontiguousarray(x[s:s + 50000]))
q = np.fromfile(r'${join(folder, 'queries.f32')}', np.float32).reshape(-1, d)
faiss.omp_set_num_threads(1)
ms = []
for i in np.linspace(0, len(q) - 1, ${Math.min(queryCount, 30)}).astype(int):
    s = time.perf_counter(); index.search(q[i:i + 1], ${DEPTH}); ms.append(1e3 * (time.perf_counter() - s))
print(np.percentile(ms, 50), np.percentile(ms, 95))
`;
  const [p50 = NaN, p95 = NaN] = execFileSync(python, ['-c', script], { encoding: 'utf8' })
    .trim()
    .split(' ')
    .map(Number);
  return { by: 'FAISS flat, one thread', p50Ms: round(p50), p95Ms: round(p95) };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
const round = (value: number): number => Math.round(value * 100) / 100;
