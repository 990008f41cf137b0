import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { Panel } from '../../../../preload/contract/panels.ts';
import { createEncoder, type Encoder } from '../../../../main/core/encode/encoder.ts';
import { readNpy } from '../../../../main/core/encode/npy.ts';
import { createLabelling, type Labelling } from '../../../../main/core/label/labelling.ts';
import type { ModelRow } from '../../../../main/core/store/vectors.ts';
import { hasShared, shared } from '../../../support/shared.ts';
import { addItems, addModel, temporaryArchive } from '../../../support/vector-archive.ts';

interface ZeroShot {
  readonly logitScale: number;
  readonly labels: readonly string[];
  readonly templates: readonly string[];
  readonly images: readonly number[][];
  readonly perTemplate: readonly number[][][];
  readonly ensemble: readonly number[][];
}

const fixtures = join(import.meta.dirname, '../../../fixtures');
/** Made by open_clip: origin in test/fixtures/README.md. */
const expected = JSON.parse(readFileSync(join(fixtures, 'labels/zero-shot.json'), 'utf8')) as ZeroShot;
let encoder: Encoder;
let place: ReturnType<typeof temporaryArchive>;
let row: ModelRow;
let labelling: Labelling;

beforeAll(async () => {
  encoder = await createEncoder({ folder: join(fixtures, 'models/tiny'), threads: 1 });
});
afterAll(() => encoder.close());
beforeEach(() => {
  place = temporaryArchive();
  row = addModel(place.archive, 'tiny', encoder.identity, encoder.manifest.dimensions);
  labelling = createLabelling({ archive: place.archive, model: () => ({ row, encoder }) });
});
afterEach(() => place.remove());

const request = (input: Input<'label.run'>) => methods['label.run'].input.parse(input);
const panelOf = (templates: readonly string[]): Panel =>
  Panel.parse({ name: 'Reference', labels: expected.labels.map((name) => ({ name })), templates });
const references = () => expected.images.map((values) => Float32Array.from(values));

/** Probabilities in the panel's order, item after item. */
async function matrix(panel: Panel): Promise<number[][]> {
  const { runId } = await labelling.run(request({ panel }));
  const page = methods['label.predictions'].input.parse({ runId, order: 'item' });
  return (await labelling.predictions(page)).predictions.map(({ ranked }) =>
    panel.labels.map(({ name }) => ranked.find(({ label }) => label === name)?.probability ?? NaN),
  );
}

function expectClose(actual: readonly number[][], wanted: readonly number[][]): void {
  expect(actual).toHaveLength(wanted.length);
  wanted.forEach((values, item) =>
    values.forEach((value, label) =>
      expect(Math.abs((actual[item]?.[label] ?? NaN) - value)).toBeLessThan(1e-4),
    ),
  );
}

describe("open_clip's zero-shot matrix", () => {
  beforeEach(
    () =>
      void addItems(
        place.archive,
        row,
        references().map((vector) => ({ vectors: [vector] })),
      ),
  );

  test.each([0, 1, 2])('is reproduced for template %i alone', async (index) => {
    const template = expected.templates[index] as string;
    expectClose(await matrix(panelOf([template])), expected.perTemplate[index] as number[][]);
  });

  test('is reproduced for the ensemble of the templates', async () => {
    expectClose(await matrix(panelOf(expected.templates)), expected.ensemble as number[][]);
  });
});

test.skipIf(!hasShared)('is reproduced from the pixels on', async () => {
  const pixels = (await readNpy(shared('reference/tiny-biomedclip/images_u8.npy'))).data as Uint8Array;
  const vectors = await encoder.encodeImages(pixels.slice(), expected.images.length);
  const items = expected.images.map((_, index) => ({
    vectors: [vectors.slice(index * row.dimensions, (index + 1) * row.dimensions)],
  }));
  addItems(place.archive, row, items);
  expectClose(await matrix(panelOf(expected.templates)), expected.ensemble as number[][]);
});

describe('a run', () => {
  const panel = panelOf(['an image showing {label}']);

  test('counts what it labelled, what it left, and prompts that were cut', async () => {
    const [vector] = references() as [Float32Array];
    addItems(place.archive, row, [{ vectors: [vector] }, { vectors: [] }, { vectors: [vector] }]);
    const long = { name: 'long', synonyms: [`${'lung '.repeat(59)}`.trim()] };
    const labels = [...panel.labels, long];
    const templates = ['{label} {label} {label} {label} {label}'];
    const run = await labelling.run(request({ panel: { name: 'Cut', labels, templates } }));
    expect(run).toMatchObject({ items: 2, left: 1, truncatedPrompts: 1, calibrated: false, modelId: 'tiny' });
    expect(run.first.reduce((sum, { items }) => sum + items, 0)).toBe(2);
    expect(run.logitScale).toBeCloseTo(expected.logitScale, 5);
    expect(labelling.runs()).toEqual([run]);
  });

  test('keeps to the named items, or to what a filter leaves', async () => {
    const vectors = references().map((vector) => ({ vectors: [vector] }));
    const ids = addItems(place.archive, row, vectors);
    place.archive.tags.apply([ids[3], ids[5]] as number[], 'wanted');
    const itemsOf = async (run: { runId: number }) =>
      (
        await labelling.predictions(
          methods['label.predictions'].input.parse({ runId: run.runId, order: 'item' }),
        )
      ).predictions.map(({ itemId }) => itemId);
    expect(await itemsOf(await labelling.run(request({ panel, where: ['tag=wanted'] })))).toEqual([
      ids[3],
      ids[5],
    ]);
    const named = { panel, itemIds: [ids[7], ids[2], ids[7]] } as Input<'label.run'>;
    expect(await itemsOf(await labelling.run(request(named)))).toEqual([ids[2], ids[7]]);
  });

  test('leaves nothing behind when it is cancelled, and earlier runs alone', async () => {
    addItems(
      place.archive,
      row,
      references().map((vector) => ({ vectors: [vector] })),
    );
    const kept = await labelling.run(request({ panel }));
    const abort = new AbortController();
    const running = labelling.run(request({ panel }), abort.signal);
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'request.cancelled' });
    expect(labelling.runs()).toEqual([kept]);
    expect(place.archive.runs.unfinished()).toEqual([]);
  });

  test('what a killed program began is cleared away by the next run', async () => {
    const dead = place.archive.runs.start({
      panel: '{}',
      hash: 'x',
      wordingHash: 'x',
      modelId: row.id,
      calibrationId: null,
      scoreMap: '{}',
      at: '2026-01-01T00:00:00Z',
    });
    await expect(
      labelling.predictions(methods['label.predictions'].input.parse({ runId: dead })),
    ).rejects.toMatchObject({ code: 'run.unknown' });
    await labelling.run(request({ panel }));
    expect(place.archive.runs.unfinished()).toEqual([]);
  });

  test("an item's labels are those of each panel's latest run", async () => {
    const [first, second] = references() as [Float32Array, Float32Array];
    const [itemId] = addItems(place.archive, row, [{ vectors: [first] }, { vectors: [second] }]) as [number];
    await labelling.run(request({ panel: { ...panel, templates: ['{label}'] } }));
    await labelling.run(request({ panel: { ...panel, name: 'Other' } }));
    await labelling.run(request({ panel }));
    const shown = labelling.ofItem(itemId);
    expect(shown.map(({ panel: name }) => name)).toEqual(['Reference', 'Other']);
    expect(shown[0]?.ranked).toEqual(shown[1]?.ranked);
  });
});

describe('an item of several regions', () => {
  const panel = panelOf(['an image showing {label}']);
  const scoresOf = async (given: Panel = panel): Promise<number[][]> => {
    const { runId } = await labelling.run(request({ panel: given }));
    const page = methods['label.predictions'].input.parse({ runId, order: 'item' });
    return (await labelling.predictions(page)).predictions.map(({ ranked }) =>
      panel.labels.map(({ name }) => ranked.find(({ label }) => label === name)?.score ?? NaN),
    );
  };

  test('frames: the mean of their cosines', async () => {
    const [a, b] = references() as [Float32Array, Float32Array];
    addItems(place.archive, row, [
      { vectors: [a] },
      { vectors: [b] },
      { kind: 'dicom', regionKind: 'frame', vectors: [a, b] },
    ]);
    const [one, other, both] = await scoresOf();
    both?.forEach((score, label) =>
      expect(score).toBeCloseTo(((one?.[label] ?? 0) + (other?.[label] ?? 0)) / 2, 6),
    );
  });

  test.each([1, 5, 10, 50, 100])(
    "a slide: each label's %i best tiles, its overview left out",
    async (top) => {
      const tiles = Array.from({ length: 60 }, (_, index) => references()[index % 12] as Float32Array);
      const [slideId] = addItems(place.archive, row, [
        { kind: 'slide', regionKind: 'tile', vectors: tiles },
        ...references().map((vector) => ({ vectors: [vector] })),
      ]);
      const overview = place.archive.items.addRegion(slideId as number, {
        kind: 'whole',
        frame: 0,
        level: 0,
        x: 0,
        y: 0,
        w: 1,
        h: 1,
        preparation: [],
        windowName: null,
      });
      place.archive.vectors.add(row, overview, references()[3] as Float32Array, slideId as number);
      const [slide, ...scores] = (await scoresOf({ ...panel, topTiles: top })) as number[][];
      panel.labels.forEach((_, label) => {
        const best = tiles
          .map((_tile, index) => scores[index % 12]?.[label] as number)
          .sort((x, y) => y - x)
          .slice(0, top);
        expect(slide?.[label]).toBeCloseTo(best.reduce((sum, score) => sum + score, 0) / best.length, 6);
      });
    },
  );
});

test.each([
  ['two labels of one name', { name: 'P', labels: [{ name: 'a' }, { name: 'A' }] }],
  ['more prompts than are sensible', tooMany()],
])('refuses %s', async (_what, panel) => {
  await expect(labelling.run(request({ panel }))).rejects.toMatchObject({ code: 'panel.invalid' });
});

function tooMany(): Input<'label.run'>['panel'] {
  const synonyms = Array.from({ length: 50 }, (_, index) => `word ${index}`);
  const templates = Array.from({ length: 50 }, (_, index) => `${index} {label}`);
  return {
    name: 'P',
    templates,
    labels: Array.from({ length: 10 }, (_, n) => ({ name: `l${n}`, synonyms })),
  };
}
