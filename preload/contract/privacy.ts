import { z } from 'zod';
import { JobId } from './ids.ts';

/** What an import does with files that may identify a person. */
export const IdentityPolicy = z.enum(['strict', 'review', 'off']);
export type IdentityPolicy = z.infer<typeof IdentityPolicy>;

/** Why; kept for good in the audit log. Names of persons do not belong into it. */
export const Reason = z.string().trim().min(3).max(500);

const Verdict = z.enum(['review', 'block']);
const CodeCount = z.object({ code: z.string(), title: z.string(), count: z.int() });

export const QuarantinedFile = z.object({
  fileId: z.int().positive(),
  /** Relative to the source. May itself identify a person: shown, never exported. */
  path: z.string(),
  source: z.string(),
  sizeBytes: z.number(),
  verdict: Verdict,
  /** Rules that found something, with their titles; never what they found. */
  findings: z.array(z.object({ code: z.string(), title: z.string(), verdict: Verdict })),
  foundAt: z.string(),
});
export type QuarantinedFile = z.infer<typeof QuarantinedFile>;

export const AuditEntry = z.object({
  id: z.int().positive(),
  at: z.string(),
  action: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const ChainState = z.discriminatedUnion('is', [
  z.object({ is: z.literal('whole'), entries: z.int(), head: z.string() }),
  /** Entries before `at` are intact. */
  z.object({ is: z.literal('broken'), entries: z.int(), at: z.int() }),
]);
export type ChainState = z.infer<typeof ChainState>;

export const PrivacyStatus = z.object({
  policy: IdentityPolicy.exclude(['off']),
  /** Imports for which the check was off; shown for good. */
  offImports: z.array(z.object({ at: z.string(), reason: z.string() })),
  held: z.object({ block: z.int(), review: z.int() }),
  byCode: z.array(CodeCount),
});
export type PrivacyStatus = z.infer<typeof PrivacyStatus>;

const Decided = z.object({ fileIds: z.array(z.int().positive()).min(1).max(10_000), reason: Reason });

export const privacyMethods = {
  'privacy.status': { input: z.object({}), output: PrivacyStatus },
  /** The archive's policy from now on. Turning the check off is possible for one import alone. */
  'privacy.setPolicy': {
    input: z.object({ policy: PrivacyStatus.shape.policy }),
    output: PrivacyStatus,
  },
  'quarantine.list': {
    input: z.object({
      verdict: Verdict.optional(),
      code: z.string().max(60).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({ files: z.array(QuarantinedFile), total: z.int() }),
  },
  /** Lets files in as they are, in a job; cannot be undone. The decision holds for the content wherever it lies. */
  'quarantine.release': { input: Decided, output: z.object({ jobId: JobId, released: z.int() }) },
  /** Takes files off the list; they stay out, also under another name. */
  'quarantine.leaveOut': { input: Decided, output: z.object({ leftOut: z.int() }) },
  'audit.list': {
    input: z.object({
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({ entries: z.array(AuditEntry), total: z.int() }),
  },
  /** Computes every hash of the log again. */
  'audit.verify': { input: z.object({}), output: ChainState },
} as const;
