import { createHash } from 'node:crypto';
import type { WriteDb } from './database.ts';

export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface AuditEntry {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `noun.verb`: quarantine.release, identity.off, export.write, … */
  readonly action: string;
  readonly details: AuditDetails;
  readonly hash: string;
}

interface Row extends Omit<AuditEntry, 'details'> {
  readonly details: string;
  readonly previous: string;
}

export type ChainState =
  | { readonly is: 'whole'; readonly entries: number; readonly head: string }
  /** Entries before `at` are intact. */
  | { readonly is: 'broken'; readonly entries: number; readonly at: number };

/** What the first entry follows. */
const START = '0'.repeat(64);

const hashOf = ({ id, at, action, details, previous }: Omit<Row, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([previous, id, at, action, details]))
    .digest('hex');

/**
 * The log of decisions that cannot be undone. Entries are chained: each carries the hash of the one before it, and
 * the last one's place and hash are kept beside the log, so that neither a change nor a missing end goes unnoticed.
 *
 * It shows tampering with the log alone. Who can rewrite the whole database can rewrite the chain with it.
 */
export function auditStore(db: WriteDb) {
  const columns = 'id, at, action, details, previous, hash';
  const last = db.prepare<[], Row>(`select ${columns} from audit order by id desc limit 1`);
  const insert = db.prepare<[Row]>(
    `insert into audit (${columns}) values (:id, :at, :action, :details, :previous, :hash)`,
  );
  const all = db.prepare<[], Row>(`select ${columns} from audit order by id`);
  const page = db.prepare<[number, number], Row>(
    `select ${columns} from audit order by id desc limit ? offset ?`,
  );
  const byAction = db.prepare<[string], Row>(`select ${columns} from audit where action = ? order by id`);
  const count = db.prepare<[], { n: number }>('select count(*) as n from audit');
  const setHead = db.prepare<[string]>(
    `insert into setting (name, value) values ('auditHead', ?)
     on conflict (name) do update set value = excluded.value`,
  );
  const getHead = db.prepare<[], { value: string }>("select value from setting where name = 'auditHead'");

  const entryOf = ({ id, at, action, details, hash }: Row): AuditEntry => ({
    id,
    at,
    action,
    details: JSON.parse(details) as AuditDetails,
    hash,
  });

  return {
    /** Adds an entry; inside the transaction of what it tells of. Details hold codes and counts, no file names. */
    append(action: string, details: AuditDetails, at: string): void {
      db.transaction(() => {
        const before = last.get();
        const body = {
          id: (before?.id ?? 0) + 1,
          at,
          action,
          details: JSON.stringify(details),
          previous: before?.hash ?? START,
        };
        const hash = hashOf(body);
        insert.run({ ...body, hash });
        setHead.run(`${body.id}:${hash}`);
      })();
    },

    /** Newest first. */
    list: (offset: number, limit: number): { entries: AuditEntry[]; total: number } => ({
      entries: page.all(limit, offset).map(entryOf),
      total: count.get()?.n ?? 0,
    }),

    ofAction: (action: string): AuditEntry[] => byAction.all(action).map(entryOf),

    /** Computes every hash again. */
    verify(): ChainState {
      let previous = START;
      let entries = 0;
      for (const row of all.iterate()) {
        if (row.id !== entries + 1 || row.previous !== previous || row.hash !== hashOf(row))
          return { is: 'broken', entries, at: entries + 1 };
        previous = row.hash;
        entries += 1;
      }
      const head = getHead.get()?.value ?? `0:${START}`;
      return head === `${entries}:${previous}`
        ? { is: 'whole', entries, head: previous }
        : { is: 'broken', entries, at: entries + 1 };
    },
  };
}
export type AuditStore = ReturnType<typeof auditStore>;
