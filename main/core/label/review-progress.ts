import type { Output } from '../../../preload/contract/methods.ts';
import { cohensKappa } from '../domain/statistics/agreement.ts';
import { confusionOf } from '../domain/statistics/confusion.ts';
import type { Archive } from '../store/archive.ts';
import type { DecidedRow } from '../store/reviews.ts';
import { namesLabels, settle } from './truth.ts';

/** How the review of a panel stands: labels, readers, and how far readers agree. */
export function reviewProgress(archive: Archive, panel: string): Output<'review.progress'> {
  const decisions = archive.reviews.inForce(panel);
  const { settled, disputed } = settle(decisions);
  const counts = new Map<string, number>();
  for (const { labels } of settled)
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const byReader = Map.groupBy(decisions, ({ reader }) => reader);
  const readers = [...byReader.keys()].sort();
  return {
    reviewed: settled.length,
    disputed: disputed.length,
    labels: [...counts].map(([label, items]) => ({ label, items })).sort((a, b) => b.items - a.items),
    readers: readers.map((reader) => {
      const own = byReader.get(reader) ?? [];
      const confirmed = own.filter(({ verdict }) => verdict === 'confirm').length;
      return { reader, items: own.length, confirmed, medianMs: medianOf(own) };
    }),
    agreement: readers.flatMap((a, index) =>
      readers.slice(index + 1).map((b) => agreementOf(a, b, byReader.get(a) ?? [], byReader.get(b) ?? [])),
    ),
  };
}

/** Classes are the sets of labels that either reader gave; one label of an exclusive panel is a set of one. */
function agreementOf(
  a: string,
  b: string,
  first: readonly DecidedRow[],
  second: readonly DecidedRow[],
): Output<'review.progress'>['agreement'][number] {
  const key = ({ labels }: DecidedRow) => (JSON.parse(labels) as string[]).sort().join('\n');
  const other = new Map(second.filter(namesLabels).map((row) => [row.itemId, key(row)]));
  const pairs = first.filter(namesLabels).flatMap((row): [string, string][] => {
    const said = other.get(row.itemId);
    return said === undefined ? [] : [[key(row), said]];
  });
  const classes = [...new Set(pairs.flat())].sort();
  const place = (name: string) => classes.indexOf(name);
  const kappa =
    classes.length < 2
      ? null
      : cohensKappa(
          confusionOf(
            pairs.map(([one]) => place(one)),
            pairs.map(([, two]) => place(two)),
            classes.length,
          ),
        );
  return { a, b, items: pairs.length, kappa };
}

function medianOf(rows: readonly DecidedRow[]): number | null {
  const times = rows.flatMap(({ tookMs }) => (tookMs === null ? [] : [tookMs])).sort((a, b) => a - b);
  return times.length === 0 ? null : (times[times.length >> 1] as number);
}
