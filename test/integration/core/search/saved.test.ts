// Long because every reason for which an item comes or goes is brought about once, in one archive.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { combine } from '../../../../main/core/domain/vector.ts';
import { heldImages } from '../../../../main/core/search/held-images.ts';
import { createQueryHistory } from '../../../../main/core/search/saved/query-history.ts';
import {
  createSavedSearches,
  type SavedSearches,
} from '../../../../main/core/search/saved/saved-searches.ts';
import { createSearch, type Search } from '../../../../main/core/search/search.ts';
import { methods } from '../../../../preload/contract/methods.ts';
import type { Rules, SavedComparison } from '../../../../preload/contract/saved.ts';
import {
  addItems,
  addModel,
  encodeTexts,
  randomNumbers,
  randomVector,
  textVector,
  vectorArchive,
} from '../../../support/search-archive.ts';

const signal = new AbortController().signal;
const WORDS = 'tumour margin';
let made: ReturnType<typeof vectorArchive>;
let search: Search;
let saved: SavedSearches;
let model: ReturnType<typeof vectorArchive>['model'];
const held = heldImages();
let random: () => number;

beforeEach(() => {
  made = vectorArchive();
  random = randomNumbers(12);
  model = made.model;
  addItems(made.archive, model, 300, random);
  const parts = { archive: made.archive, model: () => ({ row: model, encodeTexts }), heldImages: held };
  search = createSearch({ ...parts, resident: false });
  saved = createSavedSearches({ ...parts, search });
});
afterEach(async () => {
  await search.close();
  made.remove();
});

const rules = (more: object = {}): Rules =>
  methods['saved.save'].input.parse({
    name: 'x',
    rules: { chips: [{ type: 'text', text: WORDS }], line: 3.4, ...more },
  }).rules;
const save = (name: string, asked: Rules) =>
  saved.save(
    { name, rules: asked, replace: false },
    async (write) => made.archive.transaction(() => write(() => undefined)),
    signal,
  );
async function compare(savedId: number): Promise<Extract<SavedComparison, { is: 'compared' }>> {
  const found = await saved.compare({ savedId, limit: 200 }, signal);
  if (found.is !== 'compared') throw new Error(found.is);
  // What the core answers fits the contract.
  return methods['saved.compare'].output.parse(found) as typeof found;
}
const reasons = (changes: { reason: string; item: { itemId: number } | null }[]) =>
  changes.map(({ reason, item }) => [item?.itemId, reason]);

let contents = 0;
/** An item that shows what the words say, more or less. */
function addMatch(
  how: { nearness?: number; patient?: string; addedAt?: string; words?: string } = {},
): number {
  const { nearness = 0.95, patient = null, addedAt = new Date().toISOString(), words = WORDS } = how;
  const { archive } = made;
  contents += 1;
  return archive.transaction(() => {
    const itemId = archive.items.insert({
      ...{ kind: 'image', sha256: contents.toString(16).padStart(64, 'e'), sizeBytes: 1, widthPx: 8 },
      ...{ heightPx: 8, frames: 1, modality: 'CT', bodyPart: null, patientKey: patient, studyKey: null },
      ...{ seriesKey: null, thumb: null, notes: [], attributes: [], addedAt },
    });
    addVector(itemId, nearness, words);
    archive.settings.bumpGeneration();
    return itemId;
  });
}

function addVector(itemId: number, nearness: number, words = WORDS): void {
  const { archive } = made;
  const place = { kind: 'whole', frame: 0, level: 0, x: 0, y: 0, w: 8, h: 8 } as const;
  const regionId = archive.items.addRegion(itemId, { ...place, preparation: [], windowName: null });
  const vector = combine([
    { vector: textVector(words), weight: nearness },
    { vector: randomVector(random), weight: 1 - nearness },
  ]);
  archive.vectors.add(model, regionId, vector as Float32Array);
}

function dropItem(itemId: number): void {
  made.archive.vectors.dropItem(itemId);
  made.archive.db.prepare('delete from item where id = ?').run(itemId);
  made.archive.settings.bumpGeneration();
}

test('is kept with what it finds, and found again by any case of its name', async () => {
  const itemId = addMatch();
  const kept = await save('Margins', rules());
  expect(kept.result).toMatchObject({ standOut: 1, total: 301, kept: 100, drawn: 'asked', line: 3.4 });
  expect(made.archive.saved.byName('margins')?.id).toBe(kept.savedId);
  expect(await compare(kept.savedId)).toMatchObject({ newTotal: 0, goneTotal: 0, stayed: 1 });
  await expect(save('MARGINS', rules())).rejects.toMatchObject({ code: 'saved.exists' });
  const within = await search.ids(['saved="margins"'], signal);
  expect(within).toEqual([itemId]);
  expect(await search.ids(['not saved=Margins'], signal)).toHaveLength(300);
  expect(await search.ids(['saved='], signal)).toHaveLength(300);
});

test('says who was imported, read, removed, and whose file has other content', async () => {
  const { archive } = made;
  const [stays, goes, changes] = [addMatch(), addMatch(), addMatch()];
  const before = new Date(Date.now() - 60_000).toISOString();
  const unread = archive.items.insert({
    ...{ kind: 'image', sha256: 'd'.repeat(64), sizeBytes: 1, widthPx: 8, heightPx: 8, frames: 1 },
    ...{ modality: null, bodyPart: null, patientKey: null, studyKey: null, seriesKey: null, thumb: null },
    ...{ notes: [], attributes: [], addedAt: before },
  });
  const kept = await save('a', rules());
  expect(kept.result.standOut).toBe(3);
  await new Promise((done) => setTimeout(done, 5));
  const comes = addMatch();
  addVector(unread, 0.95);
  dropItem(goes);
  archive.db.prepare('update item set sha256 = ? where id = ?').run('c'.repeat(64), changes);
  const found = await compare(kept.savedId);
  expect(found.stayed).toBe(1);
  expect(new Map(reasons(found.new) as [number, string][])).toEqual(
    new Map([
      [comes, 'imported'],
      [unread, 'read'],
      [changes, 'replaced'],
    ]),
  );
  expect(reasons(found.gone)).toEqual(
    expect.arrayContaining([
      [undefined, 'removed'],
      [changes, 'replaced'],
    ]),
  );
  expect(found.gone).toHaveLength(2);
  expect(await saved.news(signal)).toEqual([{ savedId: kept.savedId, new: 3, gone: 2 }]);
  // Imported again under another number, the same content counts as the same.
  expect(archive.items.get(stays)).toBeDefined();
});

test('says that a filter lets it through now, or no longer, and which', async () => {
  const [a, b, c] = [addMatch(), addMatch(), addMatch()];
  made.archive.tags.apply([a, b], 'seen');
  const kept = await save('f', rules({ where: ['modality=CT', 'tag=seen'] }));
  expect(kept.result.standOut).toBe(2);
  made.archive.tags.remove([a], 'seen');
  made.archive.tags.apply([c], 'seen');
  const found = await compare(kept.savedId);
  expect(reasons(found.gone)).toEqual([[a, 'filter']]);
  expect(found.gone[0]?.why).toMatch(/tag=seen$/);
  expect(reasons(found.new)).toEqual([[c, 'filter']]);
});

test('says that another of the patient comes first now', async () => {
  const weaker = addMatch({ patient: 'P', nearness: 0.8 });
  const kept = await save('g', rules({ group: 'patient' }));
  expect(await search.ids(['saved=g'], signal)).toEqual([weaker]);
  const better = addMatch({ patient: 'P', nearness: 0.99 });
  const found = await compare(kept.savedId);
  expect(reasons(found.new)).toEqual([[better, 'imported']]);
  expect(reasons(found.gone)).toEqual([[weaker, 'group']]);
  expect(found.gone[0]?.why).toContain(`Item ${better}`);
});

test('says that the line has moved, with the similarity that has not', async () => {
  const near = addMatch({ nearness: 0.75, addedAt: '2026-01-01' });
  const kept = await save('l', { ...rules(), line: 2 });
  expect(await search.ids(['saved=l'], signal)).toContain(near);
  // Other items that score high as well: what the query scores random items spreads wider.
  for (let count = 0; count < 150; count += 1)
    addMatch({ nearness: 0.5 + (count % 10) / 20, addedAt: '2026-01-02' });
  const found = await compare(kept.savedId);
  const gone = found.gone.find(({ item }) => item?.itemId === near);
  expect(gone?.reason).toBe('line');
  expect(gone?.why).toMatch(/as before; the line is still 2\.0 spreads/);
  expect(gone?.now?.similarity ?? gone?.then?.similarity).toBeCloseTo(gone?.then?.similarity ?? 0, 6);
});

test('says that an abbreviation is written out otherwise', async () => {
  const words = 'MARG';
  search.abbreviations.set([{ short: words, exact: true, meanings: [{ text: WORDS, modalities: [] }] }]);
  const itemId = addMatch();
  const kept = await save('d', rules({ chips: [{ type: 'text', text: words }] }));
  expect(await search.ids(['saved=d'], signal)).toEqual([itemId]);
  search.abbreviations.set([
    { short: words, exact: true, meanings: [{ text: 'something else', modalities: [] }] },
  ]);
  const other = addMatch({ words: 'something else', addedAt: '2026-01-01' });
  const found = await compare(kept.savedId);
  expect(reasons(found.gone)).toEqual([[itemId, 'query']]);
  expect(found.gone[0]?.why).toContain('dictionary 1+1, now 1+2');
  // It has no vector from before: that it came later is known, and said.
  expect(reasons(found.new)).toEqual([[other, 'read']]);
});

test('never compares the scores of two models, and runs anew with the other', async () => {
  addMatch();
  const kept = await save('m', rules());
  const first = model;
  model = addModel(made.archive, 'another');
  addMatch();
  expect(await saved.compare({ savedId: kept.savedId, limit: 10 }, signal)).toMatchObject({
    is: 'other-model',
    was: { identity: first.identity },
    identity: 'another',
  });
  expect(await saved.news(signal)).toEqual([]);
  expect((await saved.list())[0]).toMatchObject({ comparable: false });
  const frozen = await saved.freeze(kept.savedId, signal);
  expect(frozen).toMatchObject({ comparable: true, result: { identity: 'another', total: 1 } });
  expect(await compare(kept.savedId)).toMatchObject({ newTotal: 0, goneTotal: 0 });
  model = first;
  // Its own result is still there.
  expect(await compare(kept.savedId)).toMatchObject({ was: { identity: first.identity }, newTotal: 0 });
});

test('knows its items by content: one that goes and comes back has stayed, also as an example', async () => {
  const example = addMatch();
  const sha256 = made.archive.items.get(example)?.sha256 ?? '';
  const found = addMatch();
  const kept = await save('s', rules({ chips: [{ type: 'item', itemId: example }] }));
  expect(await search.ids(['saved=s'], signal)).toEqual([found]);
  const foundSha = made.archive.items.get(found)?.sha256;
  dropItem(example);
  expect((await saved.get(kept.savedId)).rules).toBeNull();
  await expect(compare(kept.savedId)).rejects.toMatchObject({ code: 'item.unknown' });
  dropItem(found);
  addMatch({ words: 'nothing' });
  const again = addMatch({ nearness: 1 });
  made.archive.db.prepare('update item set sha256 = ? where id = ?').run(sha256, again);
  const back = addMatch();
  made.archive.db.prepare('update item set sha256 = ? where id = ?').run(foundSha, back);
  expect((await saved.get(kept.savedId)).rules?.chips).toMatchObject([{ type: 'item', itemId: again }]);
  expect(await search.ids(['saved=s'], signal)).toEqual([back]);
  expect(await compare(kept.savedId)).toMatchObject({ stayed: 1, newTotal: 0, goneTotal: 0 });
});

test('keeps of a picture its vector and its hash, and no name of a file', async () => {
  addMatch();
  const imageId = 'b'.repeat(64);
  const image = { sha256: imageId, name: 'Mueller_Hans.png', vector: textVector(WORDS) };
  held.put({ ...image, modelIdentity: model.identity, thumb: null });
  const asked = rules({ chips: [{ type: 'image', imageId }] });
  const kept = await save('p', asked);
  expect(kept.formula).toBe('q = n(1.0·picture bbbbbbbb)');
  // After a restart nothing is held; the search brings its picture itself.
  held.put({ ...image, modelIdentity: 'gone' });
  expect(await compare(kept.savedId)).toMatchObject({ stayed: 1, newTotal: 0 });
  const document = JSON.stringify(saved.export(kept.savedId));
  const stored = JSON.stringify(
    ['saved_search', 'saved_picture', 'saved_result'].map((name) =>
      made.archive.db.prepare(`select * from ${name}`).all(),
    ),
  );
  expect(document + stored).not.toContain('Mueller');
  model = addModel(made.archive, 'another');
  await expect(saved.freeze(kept.savedId, signal)).rejects.toMatchObject({ code: 'saved.picture' });
  // Imported meanwhile, the picture has a vector of the other model too, which is kept with the search.
  const itemId = addMatch();
  made.archive.db.prepare('update item set sha256 = ? where id = ?').run(imageId, itemId);
  expect((await saved.freeze(kept.savedId, signal)).result.identity).toBe('another');
  expect(saved.export(kept.savedId).pictures.map(({ identity }) => identity)).toEqual(['test', 'another']);
});

test('does not keep words that look as if they identify a person', async () => {
  const named = rules({ chips: [{ type: 'text', text: 'Dr. Smith, MRN 1234567' }] });
  await expect(save('q', named)).rejects.toMatchObject({
    code: 'saved.identifying',
    details: { at: 'part 1' },
  });
  await expect(save('John born: 1.2.1950', rules())).rejects.toMatchObject({ details: { at: 'name' } });
  expect(await saved.list()).toEqual([]);
});

test('goes to another archive and back, without saying where files lie', async () => {
  addMatch();
  const kept = await save('e', rules({ where: ['modality=CT'] }));
  const document = saved.export(kept.savedId);
  await expect(saved.import({ document })).rejects.toMatchObject({ code: 'saved.exists' });
  const back = await saved.import({ document, name: 'e2' });
  expect(back.unknownItems).toBe(0);
  expect(await compare(back.saved.savedId)).toMatchObject({ stayed: 1, newTotal: 0, goneTotal: 0 });
  const [hit] = document.results[0]?.hits ?? [];
  const strange = {
    ...document,
    results: [{ ...document.results[0], hits: [{ ...hit, sha256: 'f'.repeat(64) }] }],
  };
  const unknown = await saved.import({ document: strange as typeof document, name: 'e3' });
  expect(unknown.unknownItems).toBe(1);
  expect(reasons((await compare(unknown.saved.savedId)).gone)).toEqual([[undefined, 'removed']]);
  const foreign = {
    ...document,
    results: document.results.map((one) => ({ ...one, identity: 'unheard of' })),
  };
  await expect(saved.import({ document: foreign, name: 'e4' })).rejects.toMatchObject({
    code: 'saved.model',
  });
  expect((await saved.list()).map(({ name }) => name)).toEqual(['e', 'e2', 'e3']);
  const placed = await save('w', rules({ where: ['source="/data/Mueller" or modality=CT'] }));
  expect(() => saved.export(placed.savedId)).toThrow(expect.objectContaining({ code: 'saved.names-files' }));
});

function askedHistory(onUnwritten = (thrown: unknown): void => expect(thrown).toBeUndefined()) {
  const history = createQueryHistory({ archive: made.archive, search, onUnwritten });
  const ask = async (text: string) => {
    const request = methods['search.run'].input.parse({ chips: [{ type: 'text', text }] });
    history.note(request, await search.run(request, signal));
  };
  return { history, ask };
}
const inFiles = (words: string) =>
  ['archive.db', 'archive.db-wal'].some((file) =>
    readFileSync(join(made.archive.folder, file)).includes(words),
  );

test('the history writes nothing until it is told to: who types a name has written it nowhere', async () => {
  const { history, ask } = askedHistory();
  for (const text of ['maria schneider', 'b', 'maria schneider']) await ask(text);
  const texts = () => history.list({ limit: 500 }).entries.map(({ formula }) => formula);
  expect(texts()).toEqual(['q = n(1.0·"maria schneider")', 'q = n(1.0·"b")']);
  history.keep({ on: true });
  await ask('c');
  await ask('b');
  expect(texts()).toEqual(['q = n(1.0·"b")', 'q = n(1.0·"c")', 'q = n(1.0·"maria schneider")']);
  expect(history.list({ limit: 1 })).toMatchObject({ total: 3, entries: [{ formula: 'q = n(1.0·"b")' }] });
  expect([inFiles('maria'), inFiles('"c"')]).toEqual([false, true]);
  // After a restart.
  history.close();
  const later = askedHistory().history;
  expect(later.list({ limit: 10 }).entries).toHaveLength(2);
  expect(later.clear()).toEqual({ removed: 2 });
});

test('a history that cannot be written costs the history, not the program', async () => {
  const unwritten: unknown[] = [];
  const { history, ask } = askedHistory((thrown) => unwritten.push(thrown));
  history.keep({ on: true });
  await ask('a');
  made.archive.db.pragma('query_only = ON');
  await expect.poll(() => unwritten, { timeout: 5_000 }).toMatchObject([{ code: 'archive.unwritable' }]);
  made.archive.db.pragma('query_only = OFF');
  expect(history.list({ limit: 10 }).entries).toEqual([]);
});

test('the history has each query once, newest first, bounded, and none that names a person', async () => {
  const { history, ask } = askedHistory();
  history.keep({ on: true });
  for (const text of ['a', 'b', 'a', 'patient name: Smith']) await ask(text);
  const texts = () => history.list({ limit: 500 }).entries.map(({ formula }) => formula);
  expect(texts()).toEqual(['q = n(1.0·"a")', 'q = n(1.0·"b")']);
  expect(history.list({ limit: 1 })).toMatchObject({
    on: true,
    total: 2,
    entries: [{ standOut: 0, total: 300 }],
  });
  history.keep({ on: false });
  await ask('c');
  expect(texts()).toHaveLength(3);
  expect(history.clear()).toEqual({ removed: 3 });
  history.keep({ on: true });
  for (let count = 0; count < 510; count += 1) await ask(`word ${count}`);
  expect(history.list({ limit: 500 }).total).toBe(500);
  expect(texts()[0]).toContain('word 509');
  expect(inFiles('word 400"')).toBe(true);
  history.clear();
  for (const number of [3, 400, 509]) expect(inFiles(`word ${number}"`), `${number}`).toBe(false);
  history.close();
});

test('takes no document that it could not show, ask or keep to itself afterwards', async () => {
  addMatch();
  const document = saved.export((await save('e', rules())).savedId);
  const withRules = (more: object) => ({ ...document, rules: { ...document.rules, ...more } });
  const withResult = (more: object) => ({
    ...document,
    results: document.results.map((one) => ({ ...one, ...more })),
  });
  const takes = async (changed: object) => {
    const input = methods['saved.import'].input.safeParse({ document: changed, name: 'i' });
    if (!input.success) return 'request.invalid';
    return saved.import(input.data).then(
      () => 'taken',
      (thrown: { code?: string }) => thrown.code,
    );
  };
  expect(await takes(withRules({ chips: [{ type: 'text', text: 'a', weight: 1e9 }] }))).toBe(
    'request.invalid',
  );
  expect(await takes(withRules({ chips: [{ type: 'text', text: '  ', weight: 1 }] }))).toBe(
    'request.invalid',
  );
  expect(await takes(withResult({ at: 'yesterday' }))).toBe('request.invalid');
  expect(await takes(withResult({ formula: 'q = n(1.0·"MRN 1234567")' }))).toBe('saved.identifying');
  const called = 'q = n(1.0·picture 12345678 − 0.5·region 12345678 of item 7654321)';
  expect(await takes(withResult({ formula: called }))).toBe('taken');
  made.archive.saved.remove(made.archive.saved.byName('i')?.id ?? 0, 'now');
  expect(await takes(withRules({ meanings: { PT: 'Dr. Smith' } }))).toBe('saved.identifying');
  const numbers = new Float32Array(model.dimensions).fill(NaN);
  const vector = Buffer.from(numbers.buffer).toString('base64');
  expect(await takes(withResult({ vector }))).toBe('saved.model');
  expect((await saved.list()).map(({ name }) => name)).toEqual(['e']);
  const picture = { sha256: 'a'.repeat(64), identity: model.identity, vector, ownItems: [] };
  expect(await takes({ ...document, pictures: [picture] })).toBe('taken');
  expect(saved.export(made.archive.saved.byName('i')?.id ?? 0).pictures).toEqual([]);
});

test('is restored under a whole name where its own was given away', async () => {
  const name = `${'a'.repeat(109)}😀 of the margin`.slice(0, 120);
  const { savedId } = await save(name, rules());
  made.archive.saved.remove(savedId, 'now');
  await save(name, rules());
  expect(saved.restore(savedId)).toBe(true);
  expect((await saved.get(savedId)).name).toBe(`${'a'.repeat(109)} (2)`);
});
