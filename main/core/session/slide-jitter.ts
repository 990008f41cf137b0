import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Chip } from '../../../preload/contract/search.ts';
import { rankCorrelation } from '../domain/rank-correlation.ts';
import { drawJitters, type ColourSteps, type StainJitter } from '../domain/stain-jitter.ts';
import { withinBudget, type TilePlace } from '../domain/tiling.ts';
import { dot } from '../domain/vector.ts';
import { encodePictures } from '../ingest/import-model.ts';
import { unchangedFile } from '../ingest/unchanged-file.ts';
import { queryVector } from './prepared-query.ts';
import type { Session } from './session.ts';
import { dyesOf, knownPreparation } from './slide-preparations.ts';

export interface JitterWish {
  readonly itemId: number;
  readonly chips: readonly Chip[];
  readonly stain: string;
  /** The most that the amount of a dye changes. */
  readonly sigma: number;
  /** How many best tiles are followed. */
  readonly top: number;
  /** Tiles that are looked at, at most. */
  readonly tiles: number;
  readonly draws: number;
}

interface Draw extends StainJitter {
  readonly overlap: number;
  readonly rankCorrelation: number;
}

/** Tiles prepared and encoded together. */
const TILES_PER_TASK = 32;

type ScoredPlace = TilePlace & { readonly score: number };

/**
 * How far a query's best tiles depend on the staining: the best tiles and others spread over the slide are read again
 * with their dyes changed at random, and ranked again. Their first ranking is that of the stored vectors.
 *
 * @throws ArchiveError `slide.not-embedded`, `slide.no-stain`, `item.unknown`, `query.*`, `file.*`, `model.*`.
 */
export async function slideJitter(session: Session, wish: JitterWish, signal: AbortSignal) {
  const started = performance.now();
  const { archive } = session;
  const { itemId, chips, stain, sigma } = wish;
  if (!archive.slides.get(itemId)) throw new ArchiveError('item.unknown', { itemId });
  const model = await knownPreparation(session, stain);
  const query = model && (await queryVector(session, model, chips, signal));
  const rows = model && query && (await session.slideScan.heat(model.row, itemId, query, signal));
  if (!rows || rows.scores.length === 0) throw new ArchiveError('slide.not-embedded', { itemId, stain });
  const ranked = Array.from(rows.scores, (score, index): ScoredPlace => {
    const [x = 0, y = 0, w = 1, h = 1] = rows.places.subarray(index * 4, index * 4 + 4);
    return { x, y, w, h, score };
  }).sort((a, b) => b.score - a.score || a.y - b.y || a.x - b.x);
  const looked = lookedAt(ranked, wish.tiles, wish.top);
  const top = Math.min(wish.top, looked.length);

  const parts = await session.importParts(model, signal);
  const path = await unchangedFile(archive, itemId);
  const dyes = await dyesOf(session, model.encoder, itemId, signal);
  const draws: Draw[] = [];
  for (const jitter of drawJitters(wish.draws, sigma)) {
    const scores = await scoresOf({ dyes, jitter, target: model.target });
    draws.push({ ...jitter, ...compared(looked, scores, top) });
  }
  return {
    sigma,
    top,
    tiles: looked.length,
    draws,
    overlap: summary(draws.map(({ overlap }) => overlap)),
    rankCorrelation: summary(draws.map((draw) => draw.rankCorrelation)),
    byChance: top / looked.length,
    tookMs: performance.now() - started,
  };

  async function scoresOf(colours: ColourSteps): Promise<number[]> {
    const { preprocessing } = parts.model;
    const size = preprocessing.sizePx ** 2 * 3;
    const scores: number[] = [];
    for (let at = 0; at < looked.length; at += TILES_PER_TASK) {
      const tiles = looked.slice(at, at + TILES_PER_TASK).map(({ x, y, w, h }) => ({ x, y, w, h }));
      const { pixels } = await session.pool.slideTiles({ path, tiles, preprocessing, colours }, signal);
      const pictures = tiles.map((_, index) => pixels.subarray(index * size, (index + 1) * size));
      const vectors = await encodePictures(parts.model, pictures, signal);
      scores.push(...vectors.map((vector) => dot(vector, query as Float32Array)));
    }
    return scores;
  }
}

/**
 * The best tiles, at least `top` and up to half of what is looked at, and others spread over the slide: a tile that is
 * not looked at cannot come up.
 *
 * @param ranked - best first.
 */
function lookedAt(ranked: readonly ScoredPlace[], most: number, top: number): ScoredPlace[] {
  if (ranked.length <= most) return [...ranked];
  const best = Math.min(most, Math.max(top, Math.ceil(most / 2)));
  const rest = withinBudget(ranked.slice(best), { is: 'most', n: most - best }) as ScoredPlace[];
  return [...ranked.slice(0, best), ...rest];
}

/** @param looked - best first, by the scores that they had. */
function compared(looked: readonly ScoredPlace[], scores: readonly number[], top: number) {
  const order = scores
    .map((_, index) => index)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const stayed = order.slice(0, top).filter((index) => index < top).length;
  const before = looked.map(({ score }) => score);
  return { overlap: stayed / top, rankCorrelation: rankCorrelation(before, scores) };
}

function summary(values: readonly number[]): { mean: number; least: number } {
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, least: Math.min(...values) };
}
