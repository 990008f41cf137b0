import { createHmac } from 'node:crypto';
import type { IdentityFinding } from '../domain/identity.ts';
import type { WriteDb } from './database.ts';

export type Decision = 'released' | 'left-out';

export interface QuarantinedFile {
  readonly fileId: number;
  /** Relative to the source; may itself identify a person, so it is shown and never logged or exported. */
  readonly path: string;
  readonly source: string;
  readonly sizeBytes: number;
  readonly verdict: 'review' | 'block';
  readonly findings: readonly IdentityFinding[];
  readonly foundAt: string;
}

export interface QuarantineFilter {
  /** Of a rule that found something. */
  readonly code: string | null;
  readonly verdict: string | null;
}

export interface QuarantinePage {
  readonly offset: number;
  readonly limit: number;
}

type Row = Omit<QuarantinedFile, 'findings'> & { readonly findings: string };

/** Files held back by the identity check, and what people decided about their content. */
export function quarantineStore(db: WriteDb) {
  const upsert = db.prepare<[number, string, string, number, string]>(
    `insert into quarantine (file_id, verdict, findings, left_out, found_at) values (?, ?, ?, ?, ?)
     on conflict (file_id) do update set verdict = excluded.verdict, findings = excluded.findings,
       left_out = excluded.left_out, found_at = excluded.found_at`,
  );
  const clear = db.prepare<[number]>('delete from quarantine where file_id = ?');
  const setLeftOut = db.prepare<[number]>('update quarantine set left_out = 1 where file_id = ?');
  const columns = `q.file_id as fileId, f.path, s.root as source, f.size_bytes as sizeBytes, q.verdict, q.findings,
    q.found_at as foundAt`;
  const from = `from quarantine q join file f on f.id = q.file_id join source s on s.id = f.source_id
    where f.state = 'quarantined' and q.left_out = 0`;
  const one = db.prepare<[number], Row>(`select ${columns} ${from} and q.file_id = ?`);
  const matches = `(:verdict is null or q.verdict = :verdict) and (:code is null or exists
    (select 1 from json_each(q.findings) where json_extract(value, '$.code') = :code))`;
  const list = db.prepare<[QuarantineFilter & QuarantinePage], Row>(
    `select ${columns} ${from} and ${matches}
     order by q.verdict, s.root, f.path limit :limit offset :offset`,
  );
  const count = db.prepare<[QuarantineFilter], { n: number }>(`select count(*) as n ${from} and ${matches}`);
  const byVerdict = db.prepare<[], { verdict: 'review' | 'block'; count: number }>(
    `select q.verdict, count(*) as count ${from} group by q.verdict order by q.verdict`,
  );
  const byCode = db.prepare<[], { code: string; count: number }>(
    `select json_extract(j.value, '$.code') as code, count(*) as count
     from quarantine q join file f on f.id = q.file_id, json_each(q.findings) j
     where f.state = 'quarantined' and q.left_out = 0 group by 1 order by 2 desc, 1`,
  );
  const secret = db.prepare<[], { value: string }>("select value from setting where name = 'secret'");
  const decide = db.prepare<[string, string, string, string]>(
    `insert into identity_decision (content_key, decision, reason, at) values (?, ?, ?, ?)
     on conflict (content_key) do update set decision = excluded.decision, reason = excluded.reason, at = excluded.at`,
  );
  const decided = db.prepare<[string], { decision: Decision }>(
    'select decision from identity_decision where content_key = ?',
  );

  /** Not the content's own hash, by which a known file could be looked for in the list of those held back. */
  const keyOf = (sha256: string): string =>
    createHmac('sha256', Buffer.from(secret.get()?.value ?? '', 'hex'))
      .update(sha256)
      .digest('hex');
  const fileOf = (row: Row): QuarantinedFile => ({
    ...row,
    findings: JSON.parse(row.findings) as IdentityFinding[],
  });

  return {
    hold(
      fileId: number,
      verdict: 'review' | 'block',
      findings: readonly IdentityFinding[],
      leftOut: boolean,
      at: string,
    ): void {
      upsert.run(fileId, verdict, JSON.stringify(findings), leftOut ? 1 : 0, at);
    },
    /** The file was let in after all. */
    clear: (fileId: number): void => void clear.run(fileId),
    leaveOut: (fileId: number): void => void setLeftOut.run(fileId),
    get(fileId: number): QuarantinedFile | undefined {
      const row = one.get(fileId);
      return row && fileOf(row);
    },
    list: (filter: QuarantineFilter & QuarantinePage) => list.all(filter).map(fileOf),
    count: ({ code, verdict }: QuarantineFilter): number => count.get({ code, verdict })?.n ?? 0,
    counts: () => ({ byVerdict: byVerdict.all(), byCode: byCode.all() }),
    /** Remembers a decision about a content, for all its copies. */
    decide: (sha256: string, decision: Decision, reason: string, at: string): void =>
      void decide.run(keyOf(sha256), decision, reason, at),
    decisionOn: (sha256: string): Decision | null => decided.get(keyOf(sha256))?.decision ?? null,
  };
}
export type QuarantineStore = ReturnType<typeof quarantineStore>;
