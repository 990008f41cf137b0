// Long because everything that is done with panels is tried here on one small archive: versions, words, files, runs.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Panel, type PanelInput } from '../../../../preload/contract/panels.ts';
import { methods, type Input, type Request } from '../../../../preload/contract/methods.ts';
import { createEncoder, type Encoder } from '../../../../main/core/encode/encoder.ts';
import { createLabelling, type Labelling } from '../../../../main/core/label/labelling.ts';
import { wordingHash } from '../../../../main/core/label/panel.ts';
import type { ModelRow } from '../../../../main/core/store/vectors.ts';
import { addItems, addModel, temporaryArchive } from '../../../support/vector-archive.ts';

let encoder: Encoder;
let place: ReturnType<typeof temporaryArchive>;
let row: ModelRow;
let labelling: Labelling;
let encoded = 0;

beforeAll(async () => {
  encoder = await createEncoder({
    folder: join(import.meta.dirname, '../../../fixtures/models/tiny'),
    threads: 1,
  });
});
afterAll(() => encoder.close());
beforeEach(() => {
  place = temporaryArchive();
  encoded = 0;
  row = addModel(place.archive, 'tiny', encoder.identity, encoder.manifest.dimensions);
  const counted = {
    manifest: encoder.manifest,
    learnedWords: new Set(['effusion']),
    encodeTexts: (texts: readonly string[], signal?: AbortSignal) => {
      encoded += texts.length;
      return encoder.encodeTexts(texts, signal);
    },
  };
  labelling = createLabelling({ archive: place.archive, model: () => ({ row, encoder: counted }) });
});
afterEach(() => place.remove());

const panel = (more: Partial<PanelInput> = {}): Panel =>
  Panel.parse({
    name: 'Lung',
    labels: [{ name: 'pneumonia', synonyms: ['consolidation'] }, { name: 'effusion' }],
    templates: ['{label}', 'an image showing {label}'],
    ...more,
  });
const save = (given: Panel) => labelling.panels.save({ panel: given, by: 'me' });
const run = (input: Input<'label.run'>) => labelling.run(methods['label.run'].input.parse(input));
const page = (runId: number): Request<'label.predictions'> =>
  methods['label.predictions'].input.parse({ runId, order: 'item' });
const vectorOf = async (text: string) => (await encoder.encodeTexts([text])).vectors;

describe('versions', () => {
  test('the same content is the same version, under any order of saving; other content is the next', () => {
    expect(save(panel())).toMatchObject({ number: 1, added: true });
    expect(save(panel({ templates: ['{label}'] }))).toMatchObject({ number: 2, added: true });
    expect(save(panel())).toMatchObject({ number: 1, added: false });
    const [saved] = labelling.panels.list().panels;
    expect(saved?.versions.map(({ number }) => number)).toEqual([2, 1]);
    expect(saved?.versions[1]?.panel).toEqual(panel());
  });

  test('a run names the version that it ran', async () => {
    addItems(place.archive, row, [{ vectors: [await vectorOf('pneumonia')] }]);
    expect((await run({ panel: panel() })).version).toBeNull();
    save(panel({ templates: ['{label}'] }));
    save(panel());
    expect((await run({ panel: panel() })).version).toBe(2);
  });

  test('codes are content, but change no score', () => {
    const coded = panel({
      labels: [
        { name: 'pneumonia', synonyms: ['consolidation'], codes: ['MeSH|D011014|Pneumonia'] },
        { name: 'effusion' },
      ],
    });
    save(panel());
    expect(save(coded)).toMatchObject({ number: 2, added: true });
    expect(wordingHash(coded)).toBe(wordingHash(panel()));
  });

  test('what changed is named, label by label', () => {
    const next = panel({
      mode: 'independent',
      labels: [{ name: 'pneumonia', synonyms: ['airspace opacity'] }, { name: 'nodule' }],
    });
    expect(labelling.panels.compare({ from: panel(), to: next }).changes).toEqual([
      { is: 'changed', what: 'mode', label: null, from: 'exclusive', to: 'independent' },
      { is: 'removed', what: 'synonym', label: 'pneumonia', from: 'consolidation', to: null },
      { is: 'added', what: 'synonym', label: 'pneumonia', from: null, to: 'airspace opacity' },
      { is: 'removed', what: 'label', label: 'effusion', from: 'effusion', to: null },
      { is: 'added', what: 'label', label: 'nodule', from: null, to: 'nodule' },
    ]);
  });

  test('prompts are encoded once per wording, however often the panel runs', async () => {
    addItems(place.archive, row, [{ vectors: [await vectorOf('pneumonia')] }]);
    await run({ panel: panel() });
    const once = encoded;
    await run({ panel: panel({ name: 'Renamed' }) });
    expect([once, encoded]).toEqual([6, 6]);
  });
});

describe('files', () => {
  const full = panel({
    mode: 'independent',
    topTiles: 10,
    labels: [
      {
        name: 'a, "quoted"',
        synonyms: ['x; y', 'z'],
        negatives: ['none'],
        parent: 'both',
        codes: ['MeSH|D1|One'],
      },
      { name: 'b', parent: 'both' },
      { name: 'both' },
      { name: 'rest', none: true, synonyms: ['something else'] },
    ],
  });

  test.each(['json', 'csv'] as const)('%s keeps everything', (as) => {
    const { text, fileName } = labelling.panels.exportPanel({ panel: full, as });
    expect(fileName).toBe(`Lung.${as}`);
    expect(labelling.panels.importPanel({ text, name: 'Lung' }).panel).toEqual(full);
  });

  test("a spreadsheet's list of labels is enough", () => {
    const text = '\uFEFFLabel;Synonyms\r\nfat;adipose tissue|fatty\r\nmuscle;\r\n';
    const read = labelling.panels.importPanel({ text, name: 'T' }).panel;
    expect(read.labels.map(({ name, synonyms }) => [name, synonyms])).toEqual([
      ['fat', ['adipose tissue', 'fatty']],
      ['muscle', []],
    ]);
  });

  test.each(['{"name": ', 'name,synonyms\n', 'wording\nx\n', '{"name":"x","labels":[]}'])(
    'refuses %j with a reason',
    (text) => {
      expect(() => labelling.panels.importPanel({ text, name: undefined })).toThrow(
        expect.objectContaining({ code: 'panel.unreadable' }),
      );
    },
  );

  test('the library holds panels that can run', () => {
    const { panels } = labelling.panels.library();
    expect(panels.length).toBeGreaterThanOrEqual(6);
    for (const { panel: one } of panels) expect(save(one).added).toBe(true);
  });
});

describe('what a panel means', () => {
  test('independent labels are sigmoids of scaled margins over their absence', async () => {
    const item = await vectorOf('a chest image');
    addItems(place.archive, row, [{ vectors: [item] }]);
    const any = panel({
      mode: 'independent',
      templates: ['{label}'],
      labels: [
        { name: 'pneumonia', negatives: ['clear lungs'] },
        { name: 'effusion', negatives: ['normal chest'] },
      ],
    });
    const { runId } = await run({ panel: any });
    const [prediction] = (await labelling.predictions(page(runId))).predictions;
    for (const [label, absence] of [
      ['pneumonia', 'clear lungs'],
      ['effusion', 'normal chest'],
    ] as const) {
      const cosine = (a: Float32Array) => a.reduce((sum, value, at) => sum + value * (item[at] as number), 0);
      const margin = cosine(await vectorOf(label)) - cosine(await vectorOf(absence));
      const wanted = 1 / (1 + Math.exp(-encoder.manifest.logitScale * margin));
      expect(prediction?.ranked.find((one) => one.label === label)?.probability).toBeCloseTo(wanted, 5);
    }
  });

  test('a parent is the sum of its children and has no prompt', async () => {
    addItems(place.archive, row, [{ vectors: [await vectorOf('brain MRI')] }]);
    const tree = panel({
      labels: [
        { name: 'lung', synonyms: ['never encoded'] },
        { name: 'pneumonia', parent: 'lung' },
        { name: 'effusion', parent: 'lung' },
        { name: 'brain' },
      ],
    });
    const { runId, first } = await run({ panel: tree });
    expect(first.map(({ label }) => label)).toEqual(['pneumonia', 'effusion', 'brain']);
    const [{ ranked, groups } = { ranked: [], groups: [] }] = (await labelling.predictions(page(runId)))
      .predictions;
    const of = (label: string) => ranked.find((one) => one.label === label)?.probability ?? NaN;
    expect(groups).toEqual([
      { label: 'lung', probability: expect.closeTo(of('pneumonia') + of('effusion'), 9) },
    ]);
    expect(encoded).toBe(6);
  });

  test('"none of these" is not asked by its name', async () => {
    addItems(place.archive, row, [{ vectors: [await vectorOf('pneumonia')] }]);
    const rest = (name: string) =>
      panel({ labels: [{ name: 'pneumonia' }, { name, none: true, synonyms: ['something else'] }] });
    const scoreOf = async (given: Panel) => {
      const { runId } = await run({ panel: given });
      return (await labelling.predictions(page(runId))).predictions[0]?.ranked.map(({ score }) => score);
    };
    expect(await scoreOf(rest('none of these'))).toEqual(await scoreOf(rest('whatever')));
  });

  test.each([
    ['a parent that is not there', [{ name: 'a', parent: 'x' }, { name: 'b' }, { name: 'c' }]],
    ['a circle', [{ name: 'a', parent: 'b' }, { name: 'b', parent: 'a' }, { name: 'c' }, { name: 'd' }]],
    ['one label that competes', [{ name: 'a', parent: 'b' }, { name: 'b' }]],
  ])('refuses %s', (_what, labels) => {
    expect(() => save(panel({ labels }))).toThrow(expect.objectContaining({ code: 'panel.invalid' }));
  });
});

test('words: which labels the model can hardly tell apart comes first', async () => {
  const given = panel({ labels: [{ name: 'pneumonia' }, { name: 'brain MRI' }, { name: 'the pneumonia' }] });
  const words = await labelling.panels.words({ panel: given });
  expect(words).toMatchObject({ prompts: 6, contextLength: 256, truncated: [] });
  expect(words.pairs).toHaveLength(3);
  const cosines = words.pairs.map(({ cosine }) => cosine);
  expect(cosines).toEqual(cosines.toSorted((a, b) => b - a));
});

test('words: labels with words that the model never met are named', async () => {
  const { unlearned } = await labelling.panels.words({ panel: panel() });
  expect(unlearned).toEqual([{ label: 'pneumonia', words: ['pneumonia', 'consolidation'] }]);
});

test('prompt lab: each wording alone, and whether the first label hangs on it', async () => {
  const item = { vectors: [await vectorOf('brain MRI')] };
  const itemIds = addItems(place.archive, row, [item, item]) as Request<'panel.wordings'>['itemIds'];
  const wordings = async (first: string, other: string) => {
    const labels = [{ name: first, synonyms: ['brain MRI'] }, { name: other }];
    const given = panel({ labels, templates: ['{label}'] });
    return (await labelling.panels.wordings({ panel: given, itemIds })).wordings;
  };
  const [, named, rival] = await wordings('effusion', 'pneumonia');
  expect(named?.score).toBeCloseTo(1, 5);
  expect(rival?.score).toBeLessThan(0.99);
  // A bad wording costs the label both items; without the good one they are lost as they were.
  const left = await wordings('a thing', 'brain MRI scan');
  expect(left.map(({ wording, changes }) => [wording, changes])).toEqual([
    ['a thing', 2],
    ['brain MRI', 0],
    ['brain MRI scan', 0],
  ]);
});
