/**
 * `npm run bench -- cutoff [--pictures N] [--json]`
 *
 * Does the line know when there is nothing to find? An archive of generated pictures (5,000) lacks some kinds of
 * picture; 60 queries ask for kinds that are there, 60 for kinds that are not, and 30 for things of which the starter
 * model never heard. Beside the drawn line: fixed lines, as a curve.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEncoder, type Encoder } from '../../main/core/encode/encoder.ts';
import { preprocess } from '../../main/core/encode/preprocess.ts';
import { heldImages } from '../../main/core/search/held-images.ts';
import { createSearch, type Search } from '../../main/core/search/search.ts';
import { type Archive, openArchive } from '../../main/core/store/archive.ts';
import type { ModelRow } from '../../main/core/store/vectors.ts';
import { generateCase } from '../../models/starter/source/generate/case.ts';
import { labels } from '../../models/starter/source/generate/labels.ts';
import { queries } from '../../models/starter/source/generate/queries.ts';
import type { Attributes } from '../../models/starter/source/generate/scene.ts';
import { methods } from '../../preload/contract/methods.ts';
import { randomNumbers } from '../support/search-archive.ts';

/** Pictures of no other draw; see `seeds.ts`. */
const FIRST_SEED = 3_000_000;
const SIZE_PX = 160;
const BATCH = 50;
const ASKED = 60;
/** Kinds that are left out together: a query for one of them would find the other and be half right. */
const KINDS: readonly string[][] = [
  ['histology-glands'],
  ['histology-stroma'],
  ['histology-lymphocytes'],
  ['histology-necrosis'],
  ['histology-tumour'],
  ['ct-chest-normal', 'ct-chest-nodule', 'ct-chest-effusion'],
  ['ct-mediastinum'],
  ['ct-abdomen'],
  ['ct-head-normal', 'ct-head-haemorrhage'],
  ['xray-chest-frontal', 'xray-chest-pacemaker'],
  ['xray-chest-lateral'],
  ['xray-bone-normal', 'xray-bone-fracture'],
  ['fundus'],
  ['dermoscopy'],
  ['chart'],
  ['blank'],
];
const MISSING_LABELS = 6;
const UNHEARD =
  `a red sports car|penguin|a bowl of soup|the Eiffel tower|sunset over the sea|football match|a piano|
  mountain bike|birthday cake|office desk|airplane wing|a cat on a sofa|tropical beach|traffic lights|a wooden chair|
  electron micrograph of a virus|ultrasound of a fetus|mammogram with microcalcifications|MRI of the knee|
  ECG with atrial fibrillation|dental panoramic radiograph|colonoscopy polyp|PET scan of the body|
  chromosome karyotype|gel electrophoresis|EEG trace|barium swallow|coronary angiogram|cataract surgery|
  optical coherence tomography`
    .split('|')
    .map((words) => words.trim());
const LINES = [1.5, 2, 2.5, 3.1, 4, 5];

interface Asked {
  readonly words: string;
  /** Items that the words are true of. */
  readonly truth: ReadonlySet<number>;
}

export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: { pictures: { type: 'string', default: '5000' }, split: { type: 'string', default: '1' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-cutoff-'));
  const encoder = await createEncoder({
    folder: join(import.meta.dirname, '../../models/starter'),
    device: 'cpu',
    precision: 'fp32',
  });
  const archive = openArchive(join(folder, 'a.vitrine'), { create: true, now: 'now' });
  const { dimensions } = encoder.manifest;
  const model = archive.vectors.ensureModel(
    { bundleId: 'starter', identity: encoder.identity, dimensions, preprocessing: '1' },
    'now',
  );
  const random = randomNumbers(Number(values.split));
  const missing = missingLabels(random);
  const { facts, itemIds } = await fill(archive, model, encoder, Number(values.pictures), missing);
  const search = createSearch({
    archive,
    heldImages: heldImages(),
    model: () => ({ row: model, encodeTexts: encoder.encodeTexts, learnedWords: encoder.learnedWords }),
  });
  try {
    const { answerable, empty } = choose(facts, itemIds, missing, random);
    const none: Asked[] = UNHEARD.map((words) => ({ words, truth: new Set() }));
    const drawn = await measure(search, answerable, empty, none);
    const curve: Record<string, unknown> = {};
    for (const line of LINES) curve[`line ${line}`] = await measure(search, answerable, empty, none, line);
    return {
      pictures: itemIds.size,
      missing: [...missing],
      answerable: answerable.length,
      empty: empty.length,
      ...drawn,
      fixedLines: curve,
    };
  } finally {
    await search.close();
    await encoder.close();
    archive.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function missingLabels(random: () => number): ReadonlySet<string> {
  const missing = new Set<string>();
  for (const kind of shuffled(KINDS, random))
    if (missing.size + kind.length <= MISSING_LABELS) for (const label of kind) missing.add(label);
  return missing;
}

/** Draws until the archive is full. Of missing kinds only the facts are kept, to know which words ask for them. */
async function fill(
  archive: Archive,
  model: ModelRow,
  encoder: Encoder,
  pictures: number,
  missing: ReadonlySet<string>,
) {
  const { preprocessing } = encoder.manifest;
  const perPicture = preprocessing.sizePx ** 2 * 3;
  const facts: Attributes[] = [];
  const itemIds = new Map<number, number>();
  for (let seed = FIRST_SEED; itemIds.size < pictures;) {
    const batch: { at: number; pixels: Uint8Array }[] = [];
    const room = Math.min(BATCH, pictures - itemIds.size);
    for (; batch.length < room; seed += 1) {
      const { rgb, attributes, label } = generateCase(seed, { sizePx: SIZE_PX });
      facts.push(attributes);
      if (missing.has(label)) continue;
      const picture = { width: SIZE_PX, height: SIZE_PX, channels: 3, data: rgb } as const;
      batch.push({ at: facts.length - 1, pixels: preprocess(picture, preprocessing) });
    }
    const pixels = new Uint8Array(batch.length * perPicture);
    batch.forEach((one, index) => pixels.set(one.pixels, index * perPicture));
    const vectors = await encoder.encodeImages(pixels, batch.length);
    archive.transaction(() => {
      archive.settings.bumpGeneration();
      batch.forEach(({ at }, index) => {
        const itemId = archive.items.insert({
          ...{ kind: 'image', sha256: String(at).padStart(64, '0'), sizeBytes: 1, widthPx: 1, heightPx: 1 },
          ...{ frames: 1, modality: null, bodyPart: null, patientKey: null, studyKey: null, seriesKey: null },
          ...{ thumb: null, notes: [], attributes: [], addedAt: 'now' },
        });
        const regionId = archive.items.addRegion(itemId, {
          ...{ kind: 'whole', frame: 0, level: 0, x: 0, y: 0, w: 1, h: 1, preparation: [], windowName: null },
        });
        const from = index * model.dimensions;
        archive.vectors.add(model, regionId, vectors.slice(from, from + model.dimensions));
        itemIds.set(at, itemId);
      });
    });
  }
  return { facts, itemIds };
}

/** Words that are true only of what is there, and of enough of it; and words true only of what is missing. */
function choose(
  facts: readonly Attributes[],
  itemIds: ReadonlyMap<number, number>,
  missing: ReadonlySet<string>,
  random: () => number,
) {
  const answerable: Asked[] = [];
  const empty: Asked[] = [];
  for (const [words, ...needs] of shuffled(queries, random)) {
    const fitting = facts.flatMap((fact, at) => (needs.every((need) => holds(fact, need)) ? [at] : []));
    const there = fitting.flatMap((at) => itemIds.get(at) ?? []);
    const asksForMissing = labels.some(
      (label) => missing.has(label) && fitting.some((at) => facts[at]?.['label'] === label),
    );
    if (there.length >= 10 && !asksForMissing) answerable.push({ words, truth: new Set(there) });
    else if (there.length === 0 && fitting.length > 0) empty.push({ words, truth: new Set() });
  }
  return { answerable: answerable.slice(0, ASKED), empty: empty.slice(0, ASKED) };
}

async function measure(
  search: Search,
  answerable: readonly Asked[],
  empty: readonly Asked[],
  unheard: readonly Asked[],
  line?: number,
) {
  const above = async ({ words }: Asked): Promise<number[]> => {
    const request = {
      chips: [{ type: 'text' as const, text: words }],
      limit: 1000,
      ...(line ? { line } : {}),
    };
    const signal = new AbortController().signal;
    const found: number[] = [];
    for (let offset = 0; ; offset += 1000) {
      const input = methods['search.run'].input.parse({ ...request, offset });
      const { hits, standOut } = await search.run(input, signal);
      found.push(...hits.map(({ itemId }) => itemId as number));
      if (found.length >= standOut || hits.length === 0) return found.slice(0, standOut);
    }
  };
  const share = async (all: readonly Asked[]) => {
    let silent = 0;
    for (const one of all) if ((await above(one)).length === 0) silent += 1;
    return round(silent / Math.max(1, all.length));
  };
  let precision = 0;
  let recall = 0;
  let missed = 0;
  for (const one of answerable) {
    const found = await above(one);
    const right = found.filter((id) => one.truth.has(id)).length;
    if (found.length === 0) missed += 1;
    precision += right / Math.max(1, found.length);
    recall += right / one.truth.size;
  }
  return {
    nothingStandsOutOfEmpty: await share(empty),
    nothingStandsOutOfUnheard: await share(unheard),
    precision: round(precision / answerable.length),
    recall: round(recall / answerable.length),
    answerableButSilent: missed,
  };
}

function holds(fact: Attributes, need: string): boolean {
  const at = need.indexOf('=');
  return fact[need.slice(0, at)] === need.slice(at + 1);
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const keys = new Map(values.map((value) => [value, random()]));
  return values.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
