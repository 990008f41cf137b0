import { halve, type Passage, passagesOf } from '../domain/passages.ts';
import type { ReportPart, StoredReport } from '../store/report-vectors.ts';
import type { ModelInUse, Session } from './session.ts';

const STAGE = 'Read reports';
const REPORTS_AT_ONCE = 16;

/**
 * Starts the job that gives captions and reports vectors of the model in use. What has been read stays; running it again
 * goes on from there.
 *
 * @returns null where there is nothing to do, or a job is at it already.
 */
export async function startReportVectors(session: Session): Promise<number | null> {
  const { archive, jobs } = session;
  const model = await session.activeModel();
  const missing = archive.reportVectors.countWithout(model.row.id);
  if (missing === 0 || jobs.isRunning('report-embed')) return null;
  return jobs.start('report-embed', `${missing} captions and reports`, {}, async (control) => {
    control.stage(STAGE, { done: 0, total: missing });
    let done = 0;
    let truncated = 0;
    for await (const batch of control.through(batches(session, model))) {
      const read: (readonly ReportPart[])[] = [];
      for (const report of batch) read.push(await readReport(model, report, control.signal));
      if (control.signal.aborted || !archive.db.open) return;
      archive.transaction(() =>
        batch.forEach((report, index) => archive.reportVectors.add(model.row, report, read[index] ?? [])),
      );
      truncated += read.flat().filter((part) => part.truncated > 0).length;
      done += batch.length;
      control.stage(STAGE, { done });
      control.progress(done, missing);
    }
    if (truncated > 0) control.notice(`${truncated} passages have a word that does not fit the model.`);
  });
}

async function* batches({ archive }: Session, { row }: ModelInUse): AsyncGenerator<StoredReport[]> {
  let after = 0;
  for (;;) {
    const batch = archive.reportVectors.without(row.id, after, REPORTS_AT_ONCE);
    const last = batch.at(-1);
    if (!last) return;
    yield batch;
    after = last.reportId;
  }
}

/** Passages that do not fit the model are halved until they do. */
async function readReport(
  { encoder, row }: ModelInUse,
  { text }: StoredReport,
  signal: AbortSignal,
): Promise<ReportPart[]> {
  const parts: ReportPart[] = [];
  let open: Passage[] = passagesOf(text);
  while (open.length > 0) {
    const words = open.map(({ start, length }) => text.slice(start, start + length));
    const { vectors, truncatedWords } = await encoder.encodeTexts(words, signal);
    const next: Passage[] = [];
    open.forEach((passage, index) => {
      const truncated = truncatedWords[index] ?? 0;
      const halves = truncated > 0 ? halve(text, passage) : [passage];
      if (halves.length > 1) next.push(...halves);
      else {
        const vector = vectors.slice(index * row.dimensions, (index + 1) * row.dimensions);
        parts.push({ ...passage, truncated, vector });
      }
    });
    open = next;
  }
  return parts.sort((a, b) => a.start - b.start);
}
