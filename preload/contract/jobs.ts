import { z } from 'zod';
import { EvaluationId, FaultShape, JobId, ModelId, RunId } from './ids.ts';
import { IdentityPolicy, Reason } from './privacy.ts';

export const JobState = z.enum([
  'running',
  'paused',
  'stopping',
  'done',
  'failed',
  'cancelled',
  'interrupted',
]);
export type JobState = z.infer<typeof JobState>;

export const ImportCounts = z.object({
  seen: z.int(),
  added: z.int(),
  known: z.int(),
  failed: z.int(),
  quarantined: z.int(),
  skipped: z.int(),
});
export type ImportCounts = z.infer<typeof ImportCounts>;

export const ConvertedModel = z.object({
  id: z.string(),
  precisions: z.array(z.string()),
  parity: z.record(
    z.string(),
    z.object({
      imageCosine: z.number(),
      textCosine: z.number(),
      maxAbsDiff: z.number(),
      passed: z.boolean(),
    }),
  ),
  seconds: z.number(),
});

export const Job = z.object({
  jobId: JobId,
  kind: z.enum([
    'import',
    'reembed',
    'model-import',
    'verify',
    'slide-embed',
    'report-embed',
    'label-run',
    'vocabulary-import',
    'stress',
  ]),
  /** What it works on: a folder's name, a model's title. */
  title: z.string(),
  state: JobState,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** In order of the work; `total` is null while it is not known. */
  stages: z.array(z.object({ name: z.string(), done: z.int(), total: z.int().nullable() })),
  /** Only of imports. */
  counts: ImportCounts.nullable(),
  /** Files (or regions) per second over the last seconds; null before there is a rate. */
  ratePerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  fault: FaultShape.nullable(),
  /** Things worth knowing that stopped nothing, newest last: 'Graphics memory ran short: batch 128 → 96'. */
  notices: z.array(z.string()),
  /** Of a model's import: what `models import` prints. Null for other jobs and until it is done. */
  result: ConvertedModel.nullable(),
  /** Of a panel's run: what it made, once it is done. Null for other jobs. */
  runId: RunId.nullable(),
  /** Of a stress set: what it was stored as, once it is done. Null for other jobs. */
  evaluationId: EvaluationId.nullable(),
});
export type Job = z.infer<typeof Job>;

export const Problem = z.object({
  path: z.string(),
  source: z.string(),
  state: z.enum(['failed', 'skipped', 'quarantined', 'missing', 'stale']),
  code: z.string(),
  message: z.string(),
  /** What was found, in a few words; never a value that may identify a person. */
  detail: z.string(),
});
export type Problem = z.infer<typeof Problem>;

const OneJob = z.object({ jobId: JobId });

export const jobMethods = {
  /** Counts what an import of these folders would meet, without reading pixels. */
  'import.preview': {
    input: z.object({ folders: z.array(z.string().min(1).max(4096)).min(1).max(100) }),
    output: z.object({
      files: z.int(),
      bytes: z.number(),
      known: z.int(),
      kinds: z.array(z.object({ kind: z.string(), files: z.int() })),
    }),
  },
  'import.start': {
    input: z.object({
      folders: z.array(z.string().min(1).max(4096)).min(1).max(100),
      modelId: ModelId.optional(),
      /** For this import; left out, the archive's policy. `off` needs a reason, which is shown for good. */
      identity: IdentityPolicy.optional(),
      reason: Reason.optional(),
      /** Tables of the folders that are not joined, by their whole paths; what they brought before stays. */
      withoutTables: z.array(z.string().min(1).max(4096)).max(10_000).optional(),
    }),
    output: z.object({ jobId: JobId }),
  },
  'job.list': { input: z.object({}), output: z.object({ jobs: z.array(Job) }) },
  'job.get': { input: OneJob, output: Job },
  'job.pause': { input: OneJob, output: Job },
  'job.resume': { input: OneJob, output: Job },
  'job.cancel': { input: OneJob, output: Job },
  /** Files not imported as they are: of one job, or of the archive as it stands. */
  'job.problems': {
    input: z.object({
      jobId: JobId.optional(),
      state: Problem.shape.state.optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({
      problems: z.array(Problem),
      total: z.int(),
      byState: z.array(z.object({ state: Problem.shape.state, count: z.int() })),
    }),
  },
} as const;
