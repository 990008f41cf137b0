import type { Abbreviation } from '../domain/abbreviations.ts';
import type { WriteDb } from './database.ts';

/** What somebody made of a short form: an entry, none (`removed`), or the one of the program's list (`restored`). */
export interface AbbreviationChange {
  readonly short: string;
  readonly to: Abbreviation | 'removed' | 'restored';
}

/** Changes to the list of abbreviations; none is ever forgotten. */
export function abbreviationStore(db: WriteDb) {
  const last = db.prepare<[], number>('select coalesce(max(revision), 0) from abbreviation_change').pluck();
  const insert = db.prepare<[number, string, string | null, string]>(
    'insert into abbreviation_change (revision, short, entry, at) values (?, ?, ?, ?)',
  );
  const latest = db.prepare<[number], { short: string; entry: string | null }>(
    `select short, entry from abbreviation_change c where revision =
       (select max(revision) from abbreviation_change where short = c.short and revision <= ?)`,
  );
  return {
    revision: (): number => last.get() ?? 0,

    /** The last change of each short form, up to that revision. */
    changes: (revision: number): AbbreviationChange[] =>
      latest.all(revision).map(({ short, entry }) => ({
        short,
        // Written below.
        to: entry === null ? 'restored' : (JSON.parse(entry) as Abbreviation | 'removed'),
      })),

    /** @returns the revision that they make together. */
    change(changes: readonly AbbreviationChange[], at: string): number {
      const revision = (last.get() ?? 0) + 1;
      for (const { short, to } of changes)
        insert.run(revision, short, to === 'restored' ? null : JSON.stringify(to), at);
      return revision;
    },
  };
}
