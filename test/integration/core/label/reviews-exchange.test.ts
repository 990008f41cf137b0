import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseFilter } from '../../../../main/core/domain/filter.ts';
import { createLabelling, type LabelModel, type Labelling } from '../../../../main/core/label/labelling.ts';
import { readPanel, writePanel } from '../../../../main/core/label/panel-files.ts';
import { Panel } from '../../../../preload/contract/panels.ts';
import { methods, type Input } from '../../../../preload/contract/methods.ts';
import { axisModel, vectorFor } from '../../../support/axis-model.ts';
import { addItems, temporaryArchive } from '../../../support/vector-archive.ts';

const names = ['-x', '+/- effusion', 'a|b', '=1', "'quoted"];
const panel = Panel.parse({ name: 'P', labels: names.map((name) => ({ name })) });

interface Desk {
  readonly place: ReturnType<typeof temporaryArchive>;
  readonly labelling: Labelling;
  readonly decide: (label: string, at?: string) => number;
  readonly said: () => string[][];
  readonly bring: (text: string) => Promise<unknown>;
  readonly file: () => string;
}

/** An archive with the same two pictures as the other one, and a person at it. */
async function desk(): Promise<Desk> {
  const place = temporaryArchive();
  const { archive } = place;
  const model: LabelModel = axisModel(archive, 8);
  let clock = '';
  const now = () => (clock === '' ? new Date() : new Date(clock));
  const labelling = createLabelling({ archive, model: () => model, now });
  const itemIds = addItems(archive, model.row, [{ vectors: [vectorFor([1, 0, 0], 8)] }]);
  const { runId } = await labelling.run(methods['label.run'].input.parse({ panel }));
  return {
    place,
    labelling,
    decide(label, at = '') {
      clock = at;
      const request = { runId, itemId: itemIds[0], verdict: 'correct', labels: [label], reader: 'me' };
      return labelling.reviews.decide(methods['review.decide'].input.parse(request as Input<'review.decide'>))
        .reviewId;
    },
    said: () => archive.reviews.inForce('P').map(({ labels }) => JSON.parse(labels) as string[]),
    bring: (text) => labelling.reviews.importCsv({ panel: 'P', text }),
    file: () => labelling.reviews.exportCsv({ panel: 'P' }).text,
  };
}

let here: Desk;
let there: Desk;
beforeEach(async () => {
  here = await desk();
  there = await desk();
});
afterEach(() => {
  here.place.remove();
  there.place.remove();
});

test.each(names)('a decision for “%s” says the same in another archive', async (name) => {
  here.decide(name);
  await there.bring(here.file());
  expect(there.said()).toEqual([[name]]);
});

test('an older decision that is brought in takes no force from a newer one', async () => {
  here.decide('-x', '2026-01-01T10:00:00Z');
  there.decide('=1', '2026-01-01T11:00:00Z');
  await there.bring(here.file());
  expect(there.said()).toEqual([['=1']]);
  await here.bring(there.file());
  expect(here.said()).toEqual([['=1']]);
  const found = (value: string) =>
    here.place.archive.items.list(parseFilter([`reviewed="${value}"`]), 0, 9).rows;
  expect([found('=1').length, found('-x').length]).toEqual([1, 0]);
});

test('times of other zones are brought in as the times that they are', async () => {
  const file = `sha256,verdict,labels,reader,at\n${'0'.repeat(64)},correct,-x,me,2026-01-01T12:30:00+02:00\n`;
  there.decide('=1', '2026-01-01T11:00:00Z');
  await there.bring(file);
  expect(there.said()).toEqual([['=1']]);
});

test('at one desk the last word counts, whatever the clock says', () => {
  here.decide('-x', '2026-01-01T10:00:00Z');
  here.decide('=1', '2025-12-31T10:00:00Z');
  expect(here.said()).toEqual([['=1']]);
});

test('what was taken back since is taken back where it had been brought', async () => {
  const reviewId = here.decide('-x');
  await there.bring(here.file());
  here.labelling.reviews.undo({ reader: 'me', reviewId });
  expect(await there.bring(here.file())).toEqual({ added: 0, known: 1, unknownItems: 0 });
  expect(there.said()).toEqual([]);
});

test('a panel that is written as a table is read as it was', () => {
  const whole = Panel.parse({
    name: 'P',
    templates: ['{label}', 'a|b {label}'],
    labels: names.map((name) => ({
      name,
      synonyms: [`=${name}`, 'one|two', 'three'],
      codes: ['SCT|1|Cough; dry', 'SCT|2|Rash'],
    })),
  });
  expect(readPanel(writePanel(whole, 'csv'), 'P')).toEqual(whole);
});
