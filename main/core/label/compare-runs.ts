import { setImmediate } from 'node:timers/promises';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import { cohensKappa } from '../domain/statistics/agreement.ts';
import { confusionOf } from '../domain/statistics/confusion.ts';
import type { Archive } from '../store/archive.ts';
import { openRun } from './run-reader.ts';

type Changed = Output<'label.compare'>['changed'][number];

/** Rows per step: a step takes a few milliseconds. */
const ROWS_PER_STEP = 5_000;

/**
 * What two runs say of the items that both labelled. Labels are compared by name, so runs of two versions of a panel, of
 * words and a probe, or of two models can be compared.
 *
 * @throws ArchiveError `run.unknown`.
 */
export async function compareRuns(
  archive: Archive,
  { from, to, offset, limit }: Request<'label.compare'>,
): Promise<Output<'label.compare'>> {
  const before = openRun(archive, from);
  const after = openRun(archive, to);
  const names = [...new Set([...before.map.labels, ...after.map.labels])];
  const said: [number, number][] = [];
  const changed: { itemId: number; from: Said; to: Said; certainty: number }[] = [];
  let last = 0;
  for (;;) {
    const rows = archive.runs.pairs(from, to, last, ROWS_PER_STEP);
    for (const row of rows) {
      const one = { label: before.map.labels[row.fromLabel] as string, probability: row.fromProbability };
      const two = { label: after.map.labels[row.toLabel] as string, probability: row.toProbability };
      said.push([names.indexOf(one.label), names.indexOf(two.label)]);
      const certainty = Math.min(one.probability, two.probability);
      if (one.label !== two.label) changed.push({ itemId: row.itemId, from: one, to: two, certainty });
    }
    last = rows.at(-1)?.itemId ?? last;
    if (rows.length < ROWS_PER_STEP) break;
    await setImmediate();
  }
  const counts = confusionOf(
    said.map(([one]) => one),
    said.map(([, two]) => two),
    names.length,
  );
  const page = changed
    .sort((a, b) => b.certainty - a.certainty || a.itemId - b.itemId)
    .slice(offset, offset + limit);
  return {
    both: said.length,
    agree: said.length - changed.length,
    kappa: names.length < 2 ? null : cohensKappa(counts),
    changed: page.map(({ itemId, from: one, to: two }): Changed => {
      const item = archive.items.get(itemId);
      return {
        itemId: itemId as Changed['itemId'],
        path: item?.path ?? '',
        thumb: item?.thumb ?? null,
        from: one,
        to: two,
      };
    }),
    total: changed.length,
  };
}

interface Said {
  readonly label: string;
  readonly probability: number;
}
