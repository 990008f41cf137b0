import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Chip } from '../../../preload/contract/search.ts';
import { type FormulaPart, queryFormula } from '../domain/query-formula.ts';
import { combine, type WeightedVector } from '../domain/vector.ts';
import type { Encoder } from '../encode/encoder.ts';
import type { Archive } from '../store/archive.ts';
import { type ModelRow, toFloats, vectorReader } from '../store/vectors.ts';
import type { HeldImages } from './held-images.ts';

export interface QueryModel {
  readonly row: ModelRow;
  readonly encodeTexts: Encoder['encodeTexts'];
  /** Words of the texts it was trained on; left out or null, nobody knows. */
  readonly learnedWords?: Encoder['learnedWords'];
}

export interface ChipSources {
  readonly archive: Archive;
  readonly model: QueryModel;
  readonly heldImages: HeldImages;
}

export interface ResolvedQuery {
  /** Of unit length. */
  readonly vector: Float32Array;
  /** Items that are part of the query, which an answer leaves out. */
  readonly ownItems: readonly number[];
  readonly formula: string;
  readonly tokens: number;
  readonly truncatedWords: number;
}

interface ResolvedPart extends WeightedVector, FormulaPart {
  readonly ownItems?: readonly number[];
}

/**
 * The vector of a query: normalise(Σ weight · normalise(vector)).
 *
 * @throws ArchiveError `query.cancels-out`, `query.image-unknown`, `query.not-embedded`, `item.unknown`,
 *   `region.unknown`, and what the encoder throws.
 */
export async function resolveChips(
  chips: readonly Chip[],
  sources: ChipSources,
  signal: AbortSignal,
): Promise<ResolvedQuery> {
  const texts = chips.flatMap((chip) => (chip.type === 'text' ? [chip.text] : []));
  const encoded = texts.length > 0 ? await sources.model.encodeTexts(texts, signal) : null;
  const { dimensions } = sources.model.row;
  let nextText = 0;
  const parts = chips.map((chip): ResolvedPart => {
    if (chip.type !== 'text') return { ...storedPart(chip, sources), weight: chip.weight };
    const at = nextText++ * dimensions;
    const vector = encoded?.vectors.slice(at, at + dimensions) ?? new Float32Array(dimensions);
    return { vector, name: `"${chip.text}"`, weight: chip.weight };
  });
  const vector = combine(parts);
  const formula = queryFormula(parts);
  if (!vector) throw new ArchiveError('query.cancels-out', { formula });
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    vector,
    ownItems: parts.flatMap(({ ownItems = [] }) => ownItems),
    formula,
    tokens: sum(encoded?.tokens ?? []),
    truncatedWords: sum(encoded?.truncatedWords ?? []),
  };
}

function storedPart(
  chip: Exclude<Chip, { type: 'text' }>,
  { archive, model, heldImages }: ChipSources,
): Omit<ResolvedPart, 'weight'> {
  if (chip.type === 'image') {
    const held = heldImages.get(chip.imageId);
    if (!held || held.modelIdentity !== model.row.identity)
      throw new ArchiveError('query.image-unknown', { imageId: chip.imageId });
    // A file's name may be a person's, and formulas are kept and handed on.
    const name = held.ownItems ? held.name : `picture ${held.sha256.slice(0, 8)}`;
    return { vector: held.vector, name, ownItems: held.ownItems ?? [] };
  }
  const reader = vectorReader(archive.db, model.row.id);
  if (chip.type === 'region') {
    const found = reader.one(chip.regionId);
    if (found)
      return {
        vector: toFloats(found.vector),
        name: `region ${chip.regionId} of item ${found.itemId}`,
        ownItems: [found.itemId],
      };
    const code = archive.items.region(chip.regionId) ? 'query.not-embedded' : 'region.unknown';
    throw new ArchiveError(code, { regionId: chip.regionId });
  }
  const regions = reader.ofItem(chip.itemId).map(({ vector }) => toFloats(vector));
  const [first] = regions;
  if (!first) {
    const code = archive.items.get(chip.itemId) ? 'query.not-embedded' : 'item.unknown';
    throw new ArchiveError(code, { itemId: chip.itemId });
  }
  // Frames of one item rarely point apart; where they cancel out, the first speaks for it.
  const middle = combine(regions.map((vector) => ({ vector, weight: 1 }))) ?? first;
  return { vector: middle, name: `item ${chip.itemId}`, ownItems: [chip.itemId] };
}
