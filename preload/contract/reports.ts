import { z } from 'zod';
import { ItemId, JobId } from './ids.ts';
import { Item } from './items.ts';

export const ReportId = z.int().positive();

export const ReportHit = z.object({
  reportId: ReportId,
  kind: z.enum(['caption', 'report']),
  origin: z.string(),
  item: Item,
  /** The part of the text that fits best, and where it begins, in UTF-16 units. */
  passage: z.string(),
  start: z.int().min(0),
  /** Cosine of that passage to the query. Only to be compared with other reports of the same answer. */
  similarity: z.number(),
  /** In spreads above all reports for the same query: the figure that can be set beside that of a picture. */
  lift: z.number(),
});
export type ReportHit = z.infer<typeof ReportHit>;

const limit = z.int().min(1).max(1000).default(20);

export const reportMethods = {
  /** Captions and reports that fit a picture, words, or another report, without those of the same item. */
  'report.similar': {
    input: z.object({
      to: z.discriminatedUnion('is', [
        z.object({ is: z.literal('item'), itemId: ItemId }),
        z.object({ is: z.literal('text'), text: z.string().trim().min(1).max(10_000) }),
        z.object({ is: z.literal('report'), reportId: ReportId }),
      ]),
      limit,
    }),
    output: z.object({
      hits: z.array(ReportHit),
      /** Reports that were compared, and those that have no vector of the model yet. */
      reports: z.int(),
      waiting: z.int(),
    }),
  },
  /** Pictures that fit a report: each by the passage that fits it best. */
  'report.pictures': {
    input: z.object({ reportId: ReportId, limit }),
    output: z.object({
      report: z.object({
        kind: z.enum(['caption', 'report']),
        origin: z.string(),
        text: z.string(),
        itemId: ItemId,
      }),
      hits: z.array(
        z.object({
          item: Item,
          passage: z.string(),
          start: z.int().min(0),
          /** Cosine; on another scale than between texts. */
          similarity: z.number(),
          lift: z.number(),
          /** Whether it is the picture that the report came with. */
          own: z.boolean(),
        }),
      ),
      passages: z.int(),
      /** Words of the report that did not fit the model even alone. */
      truncatedWords: z.int(),
    }),
  },
  /** Reads captions and reports with the model in use; null where all have been read. */
  'report.embed': { input: z.object({}), output: z.object({ jobId: JobId.nullable() }) },
} as const;
