import { backgroundOf, liftOf, type Background } from '../../domain/background.ts';
import { scoreRows } from '../../domain/pooling.ts';
import { sampleIds } from '../../domain/ranking.ts';
import { isNear, type TilePlace } from '../../domain/tiling.ts';
import { attentionPooling, contrastPooling, meanPooling, type Pooling } from '../../domain/slide-pooling.ts';
import { quantise } from '../../domain/vector.ts';
import { unpackWeights } from '../../encode/pooling-weights.ts';
import type { ReadDb } from '../../store/database.ts';
import { generationOf } from '../../store/settings.ts';
import { pooledReader, poolingReader } from '../../store/slide-preparations.ts';
import { slideReader } from '../../store/slides.ts';
import { MAX_NEIGHBOURS, toFloats, vectorReader } from '../../store/vectors.ts';
import { exactScore } from '../thread/exact-score.ts';

/** Every tile of a slide with what a query says of it; arrays of equal length, in the grid's order. */
export interface HeatRows {
  readonly regionIds: Float64Array;
  /** x, y, w, h of each tile, in pixels of level 0. */
  readonly places: Float64Array;
  readonly sharpness: Float32Array;
  readonly scores: Float32Array;
  readonly background: Background;
  readonly mpp: number;
}

export interface TileHit extends TilePlace {
  readonly regionId: number;
  readonly itemId: number;
  readonly score: number;
  readonly lift: number;
}

export interface TileWish {
  readonly query: Float32Array;
  readonly limit: number;
  /** Most hits of one slide. */
  readonly perSlide: number;
  /** A rectangle that is the query itself: tiles that touch it are no find. */
  readonly without: (TilePlace & { readonly itemId: number }) | null;
}

/** A slide's own vector and what it was made of. */
export interface PooledSlide {
  readonly vector: Float32Array;
  readonly tiles: number;
  readonly name: string;
}

export interface SimilarSlide {
  readonly itemId: number;
  readonly similarity: number;
}

interface Matrix {
  readonly generation: number;
  readonly rows: Omit<HeatRows, 'scores' | 'background'>;
  readonly vectors: Float32Array;
}

/** Tile vectors that are kept between queries. */
const MOST_BYTES = 384 * 1024 * 1024;
const SAMPLE_TILES = 2000;
/** Up to this many tiles all are compared; above, the int8 table names the candidates. */
const FEW_TILES = 60_000;

/** Compares queries with the tiles of slides, on one connection and for one model; it blocks its thread. */
export function createSlideScan(db: ReadDb, modelId: number, dimensions: number) {
  const slides = slideReader(db);
  const vectors = vectorReader(db, modelId);
  const poolings = poolingReader(db);
  const pooled = pooledReader(db);
  const matrices = new Map<number, Matrix>();
  let sample: { readonly generation: number; readonly blobs: readonly Uint8Array[] } | undefined;

  function matrixOf(itemId: number): Matrix | null {
    const generation = generationOf(db);
    const known = matrices.get(itemId);
    matrices.delete(itemId);
    if (known?.generation === generation) {
      matrices.set(itemId, known);
      return known;
    }
    const grid = slides.grids(itemId, modelId)[0];
    if (!grid) return null;
    const matrix = readMatrix(itemId, grid.mpp, generation);
    matrices.set(itemId, matrix);
    let held = 0;
    for (const one of matrices.values()) held += one.vectors.byteLength;
    for (const [oldest, one] of matrices) {
      if (held <= MOST_BYTES || oldest === itemId) break;
      matrices.delete(oldest);
      held -= one.vectors.byteLength;
    }
    return matrix;
  }

  /** Reads a slide's tiles straight into their arrays, row by row of the grid. */
  function readMatrix(itemId: number, mpp: number, generation: number): Matrix {
    const count = slides.countVectors(itemId, modelId, mpp);
    const places = new Float64Array(count * 4);
    const regionIds = new Float64Array(count);
    const sharpness = new Float32Array(count);
    const vectors = new Float32Array(count * dimensions);
    const bytes = new Uint8Array(vectors.buffer);
    let index = 0;
    for (const { regionId, x, y, w, h, sharpness: sharp, vector } of slides.vectors(itemId, modelId, mpp)) {
      bytes.set(vector, index * dimensions * 4);
      places.set([x, y, w, h], index * 4);
      regionIds[index] = regionId;
      sharpness[index] = sharp;
      index++;
    }
    return { generation, vectors, rows: { mpp, regionIds, places, sharpness } };
  }

  /** The same random tiles of the archive for every query: what it scores where it has nothing to look for. */
  function drawSample(): readonly Uint8Array[] {
    const generation = generationOf(db);
    if (sample?.generation !== generation) {
      const ids = slides.tileIds(modelId);
      const blobs = sampleIds(ids, SAMPLE_TILES).flatMap((regionId) => vectors.one(regionId)?.vector ?? []);
      sample = { generation, blobs };
    }
    return sample.blobs;
  }

  const background = (query: Float32Array): Background =>
    backgroundOf(Float64Array.from(drawSample(), (blob) => exactScore(query, blob)));

  function heat(itemId: number, query: Float32Array): HeatRows | null {
    const matrix = matrixOf(itemId);
    if (!matrix) return null;
    const scores = new Float32Array(matrix.rows.regionIds.length);
    scoreRows(query, matrix.vectors, scores, 0);
    return { ...matrix.rows, scores, background: background(query) };
  }

  /** The best tiles of the archive, best first, no two that touch, at most so many of one slide. */
  function tiles({ query, limit, perSlide, without }: TileWish): TileHit[] {
    const around = background(query);
    const all = slides.countTiles(modelId) > FEW_TILES ? candidates(query) : everyTile(query);
    all.sort((a, b) => b.score - a.score || a.regionId - b.regionId);
    const chosen: TileHit[] = [];
    const ofSlide = new Map<number, number>();
    for (const hit of all) {
      if (chosen.length >= limit) break;
      const count = ofSlide.get(hit.itemId) ?? 0;
      if (count >= perSlide) continue;
      if (without?.itemId === hit.itemId && isNear(hit, without)) continue;
      if (chosen.some((other) => other.itemId === hit.itemId && isNear(hit, other, 1))) continue;
      ofSlide.set(hit.itemId, count + 1);
      chosen.push({ ...hit, lift: liftOf(hit.score, around) });
    }
    return chosen;
  }

  function everyTile(query: Float32Array): TileHit[] {
    return slides.embeddedItems(modelId).flatMap((itemId) => {
      const matrix = matrixOf(itemId);
      if (!matrix) return [];
      const { regionIds, places } = matrix.rows;
      const scores = new Float32Array(regionIds.length);
      scoreRows(query, matrix.vectors, scores, 0);
      return Array.from(scores, (score, index) => {
        const [x = 0, y = 0, w = 1, h = 1] = places.subarray(index * 4, index * 4 + 4);
        return { regionId: regionIds[index] ?? 0, itemId, x, y, w, h, score, lift: 0 };
      });
    });
  }

  function candidates(query: Float32Array): TileHit[] {
    return vectors.nearest(quantise(query).values, MAX_NEIGHBOURS, null).flatMap(({ regionId }) => {
      const place = slides.tile(regionId);
      const found = place && vectors.one(regionId);
      return found
        ? [{ ...place, itemId: found.itemId, score: exactScore(query, found.vector), lift: 0 }]
        : [];
    });
  }

  /** One vector for the slide from its finest tiles; null where it has none. @throws RangeError for no such pooling */
  function pool(itemId: number, name: string): PooledSlide | null {
    const pooling = poolingOf(name);
    const matrix = matrixOf(itemId);
    const vector = matrix && pooling.pool(matrix.vectors, dimensions);
    return vector && matrix ? { vector, tiles: matrix.rows.regionIds.length, name: pooling.name } : null;
  }

  function poolingOf(name: string): Pooling {
    if (name === 'mean') return meanPooling;
    if (name === 'contrast') return contrastPooling();
    const stored = poolings(name);
    if (!stored) throw new RangeError(`no pooling ${name}`);
    return attentionPooling(name, unpackWeights(stored, stored.weights));
  }

  /** Other slides by the cosine of the vectors that stand for them, best first; null where this one has none. */
  function similar(itemId: number): SimilarSlide[] | null {
    const all = pooled.vectors(modelId);
    const own = all.find((one) => one.itemId === itemId);
    if (!own) return null;
    const query = toFloats(own.vector);
    return all
      .filter((one) => one !== own)
      .map((one) => ({ itemId: one.itemId, similarity: exactScore(query, one.vector) }))
      .sort((a, b) => b.similarity - a.similarity || a.itemId - b.itemId);
  }

  const atOneMoment = <T>(work: () => T): T => db.transaction(work)();
  return {
    /** Reads a slide's vectors before they are asked for. */
    warm: (itemId: number): null => atOneMoment(() => (matrixOf(itemId), drawSample(), null)),
    heat: (itemId: number, query: Float32Array) => atOneMoment(() => heat(itemId, query)),
    tiles: (wish: TileWish) => atOneMoment(() => tiles(wish)),
    pool: (itemId: number, name: string) => atOneMoment(() => pool(itemId, name)),
    similar: (itemId: number) => atOneMoment(() => similar(itemId)),
  };
}
export type SlideScan = ReturnType<typeof createSlideScan>;
