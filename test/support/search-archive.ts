import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalised } from '../../main/core/domain/vector.ts';
import { type Archive, openArchive } from '../../main/core/store/archive.ts';
import type { NewItem } from '../../main/core/store/items.ts';
import type { ModelRow } from '../../main/core/store/vectors.ts';

export const DIMENSIONS = 16;

export interface MadeItem {
  readonly itemId: number;
  readonly modality: string;
  readonly bodyPart: string;
  readonly patient: string | null;
  readonly age: number;
  readonly tags: readonly string[];
  readonly regions: readonly { readonly regionId: number; readonly vector: Float32Array }[];
}

/** Numbers in [0, 1) that are the same in every run. @see mulberry32 */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function randomVector(random: () => number, dimensions = DIMENSIONS): Float32Array {
  const values = Float32Array.from({ length: dimensions }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
  return normalised(values) as Float32Array;
}

/** An archive in a folder of its own, whose items have random vectors instead of pictures. */
export function vectorArchive() {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-search-'));
  const archive = openArchive(join(folder, 'a.vitrine'), { create: true, now: '2026-01-01T00:00:00Z' });
  const model = addModel(archive, 'test');
  return {
    archive,
    model,
    remove(): void {
      archive.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const addModel = (archive: Archive, identity: string, dimensions = DIMENSIONS): ModelRow =>
  archive.vectors.ensureModel({ bundleId: 'test', identity, dimensions, preprocessing: '1' }, 'now');

const modalities = ['CT', 'MR', 'CR'];
const bodyParts = ['CHEST', 'HEAD'];

/**
 * Adds items that differ in everything a filter asks for.
 *
 * @param regionsOf - how many regions the item of that number gets.
 */
export function addItems(
  archive: Archive,
  model: ModelRow,
  count: number,
  random: () => number,
  regionsOf: (index: number) => number = () => 1,
): MadeItem[] {
  return archive.transaction(() => {
    const made = Array.from({ length: count }, (_, index) =>
      addItem(archive, model, random, regionsOf(index)),
    );
    archive.settings.bumpGeneration();
    return made;
  });
}

function addItem(archive: Archive, model: ModelRow, random: () => number, regionCount: number): MadeItem {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const modality = pick(modalities);
  const bodyPart = pick(bodyParts);
  const patient = random() < 0.1 ? null : `p${Math.floor(random() * 40)}`;
  const age = Math.floor(random() * 100);
  const tags = ['good', 'odd'].filter(() => random() < 0.3);
  const sha256 = Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
  const item: NewItem = {
    ...{ kind: 'image', sha256, sizeBytes: 1, widthPx: 8, heightPx: 8, frames: 1, modality, bodyPart },
    ...{ patientKey: patient, studyKey: null, seriesKey: null, thumb: null, notes: [], addedAt: 'now' },
    attributes: [{ name: 'age', number: age }],
  };
  const itemId = archive.items.insert(item);
  for (const tag of tags) archive.tags.apply([itemId], tag);
  const regions = Array.from({ length: regionCount }, (_, frame) => {
    const regionId = archive.items.addRegion(itemId, {
      ...{ kind: 'frame', frame, level: 0, x: 0, y: 0, w: 8, h: 8, preparation: [], windowName: null },
    });
    const vector = randomVector(random, model.dimensions);
    archive.vectors.add(model, regionId, vector);
    return { regionId, vector };
  });
  return { itemId, modality, bodyPart, patient, age, tags, regions };
}

/** Words are the numbers of their characters, so that the same words always give the same vector. */
export function textVector(text: string): Float32Array {
  const sum = [...text].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return randomVector(randomNumbers(sum));
}

/** Stands in for a model's text tower. */
export function encodeTexts(texts: readonly string[]) {
  const vectors = new Float32Array(texts.length * DIMENSIONS);
  texts.forEach((text, index) => vectors.set(textVector(text), index * DIMENSIONS));
  return Promise.resolve({ vectors, tokens: texts.map(() => 3), truncatedWords: texts.map(() => 0) });
}
