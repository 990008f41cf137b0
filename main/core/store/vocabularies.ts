import type { FoundConcept, Vocabulary } from '../../../preload/contract/vocabularies.ts';
import type { WriteDb } from './database.ts';
import { wordsQuery } from './words-query.ts';

/** One term as a release has it. */
export interface StoredTerm {
  readonly code: string;
  /** Which of the concept's terms it is; a later row of the same key replaces it. */
  readonly key: string;
  /** Since when; empty in files without a history. */
  readonly effective: string;
  /** Lower is the better display. */
  readonly rank: number;
  /** Null: the release withdraws the term. */
  readonly text: string | null;
}

/** What became of a portion of concepts; `last` is where the next begins. */
export interface Settled {
  readonly last: number;
  readonly concepts: number;
  readonly terms: number;
}

/** Terms that are ranked at most, of those that begin with the text and of all: the rest is not worth the wait. */
const CANDIDATES = 500;
/** Terms that are looked at for that many, where some may be out of sight. */
const LOOKED_AT = 20_000;

const columns = 'id as vocabularyId, system, file, concepts, terms, at';

/**
 * Vocabularies of an archive. Whatever may touch millions of rows comes in portions, so that the caller can let others
 * have their turn between them, and puts each portion into a transaction.
 */
export function vocabularyStore(db: WriteDb) {
  const insert = db.prepare<[string, string, string], { id: number }>(
    `insert into vocabulary (system, file, state, at) values (?, ?, 'reading', ?) returning id`,
  );
  const list = db.prepare<[], Vocabulary>(
    `select ${columns} from vocabulary where state = 'ready' and removed_at is null order by system collate nocase`,
  );
  const leave = db.prepare<[number]>(
    `update vocabulary set state = 'leaving' where id = ? and state = 'ready'`,
  );
  const hide = db
    .prepare<[string, number], string>(
      `update vocabulary set removed_at = ? where id = ? and state = 'ready' and removed_at is null returning system`,
    )
    .pluck();
  const unhide = db.prepare<[number]>(
    `update vocabulary set removed_at = null where id = ? and state = 'ready' and removed_at is not null`,
  );
  const hidden = db
    .prepare<[], number>('select exists (select 1 from vocabulary where removed_at is not null)')
    .pluck();
  const leaveHidden = db.prepare<[number]>(
    `update vocabulary set state = 'leaving' where id = ? and state = 'ready' and removed_at is not null`,
  );
  const leaveSystem = db.prepare<[string]>(
    `update vocabulary set state = 'leaving' where system = ? collate nocase and state = 'ready'`,
  );
  const ready = db.prepare<[number, number, number]>(
    `update vocabulary set state = 'ready', concepts = ?, terms = ? where id = ?`,
  );
  const unseen = db.prepare<[], number>(`select id from vocabulary where state <> 'ready' limit 1`).pluck();
  const anyReady = db
    .prepare<[], number>(`select exists (select 1 from vocabulary where state = 'ready')`)
    .pluck();
  const unindexAll = db.prepare(`insert into concept_words (concept_words) values ('delete-all')`);
  const forget = db.prepare<[number]>('delete from vocabulary where id = ?');

  const conceptId = db
    .prepare<[number, string], number>('select id from concept where vocabulary_id = ? and code = ?')
    .pluck();
  const addConcept = db
    .prepare<[number, string], number>('insert into concept (vocabulary_id, code) values (?, ?) returning id')
    .pluck();
  const addTerm = db.prepare<[number, string, string, number, string | null]>(
    `insert into concept_term (concept_id, key, effective, rank, text) values (?, ?, ?, ?, ?)
     on conflict (concept_id, key) do update
       set effective = excluded.effective, rank = excluded.rank, text = excluded.text
       where excluded.effective > effective`,
  );

  const portion = db
    .prepare<[number, number, number], number>(
      `select id from concept indexed by concept_vocabulary where vocabulary_id = ? and id > ? order by id limit ?`,
    )
    .pluck();
  const these = '(select value from json_each(?))';
  const dropWithdrawn = db.prepare<[string]>(
    `delete from concept_term where text is null and concept_id in ${these}`,
  );
  const dropEmpty = db.prepare<[string]>(
    `delete from concept where id in ${these}
       and not exists (select 1 from concept_term t where t.concept_id = concept.id)`,
  );
  const setDisplay = db.prepare<[string]>(
    `update concept set display =
       (select t.text from concept_term t where t.concept_id = concept.id order by t.rank, t.id limit 1)
     where id in ${these}`,
  );
  const index = db.prepare<[string]>(
    `insert into concept_words (rowid, text) select id, text from concept_term where concept_id in ${these}`,
  );
  const unindex = db.prepare<[string]>(
    `delete from concept_words where rowid in (select id from concept_term where concept_id in ${these})`,
  );
  const dropTerms = db.prepare<[string]>(`delete from concept_term where concept_id in ${these}`);
  const dropConcepts = db.prepare<[string]>(`delete from concept where id in ${these}`);

  const termColumns = 't.concept_id as conceptId, v.system, c.code, c.display, t.text as matched';
  const joined = `cross join concept c on c.id = t.concept_id
     join vocabulary v on v.id = c.vocabulary_id and v.state = 'ready' and v.removed_at is null`;
  const withWords = db.prepare<[string, number, number], FoundConcept & { conceptId: number }>(
    `select ${termColumns} from (select rowid as id from concept_words where concept_words match ? limit ?) w
     cross join concept_term t on t.id = w.id ${joined} limit ?`,
  );

  return {
    /** A vocabulary that nobody sees before {@link complete}. */
    begin: (system: string, file: string, at: string): number => insert.get(system, file, at)?.id ?? 0,

    addTerms(vocabularyId: number, terms: readonly StoredTerm[]): void {
      for (const { code, key, effective, rank, text } of terms) {
        const concept = conceptId.get(vocabularyId, code) ?? addConcept.get(vocabularyId, code) ?? 0;
        addTerm.run(concept, key, effective, rank, text);
      }
    },

    /**
     * Settles the next concepts: withdrawn terms go, the best one becomes the display, all can be found.
     *
     * @returns null when there are none after `after`.
     */
    settle(vocabularyId: number, after: number, limit: number): Settled | null {
      const ids = portion.all(vocabularyId, after, limit);
      const last = ids.at(-1);
      if (last === undefined) return null;
      const given = JSON.stringify(ids);
      dropWithdrawn.run(given);
      const empty = dropEmpty.run(given).changes;
      setDisplay.run(given);
      return { last, concepts: ids.length - empty, terms: index.run(given).changes };
    },

    /** From now on seen, in place of the vocabulary of that system. */
    complete(vocabularyId: number, system: string, { concepts, terms }: Omit<Settled, 'last'>): void {
      leaveSystem.run(system);
      ready.run(concepts, terms, vocabularyId);
    },

    list: (): Vocabulary[] => list.all(),
    /** Out of sight, until it is shown again or leaves. @returns the name of its system, null where it was not there. */
    hide: (vocabularyId: number, at: string): string | null => hide.get(at, vocabularyId) ?? null,
    /** @returns false where it has left meanwhile: another of its system took its place. */
    unhide: (vocabularyId: number): boolean => unhide.run(vocabularyId).changes === 1,
    /** Leaves, if it is out of sight. */
    leaveHidden: (vocabularyId: number): boolean => leaveHidden.run(vocabularyId).changes === 1,
    /** No longer seen; {@link sweep} frees its rows. Answers whether it was there. */
    leave: (vocabularyId: number): boolean => leave.run(vocabularyId).changes === 1,

    /** Frees a portion of what is not seen. @returns whether there may be more. */
    sweep(limit: number): boolean {
      const vocabularyId = unseen.get();
      if (vocabularyId === undefined) return false;
      const ids = portion.all(vocabularyId, 0, limit);
      if (ids.length === 0) forget.run(vocabularyId);
      const given = JSON.stringify(ids);
      if (anyReady.get() === 1) unindex.run(given);
      else unindexAll.run();
      for (const drop of [dropTerms, dropConcepts]) drop.run(given);
      return true;
    },

    /** Equal terms first, then those that begin so, then the shorter ones; each concept once, by its best term. */
    find(text: string, limit: number): FoundConcept[] {
      // A letter by itself begins a part of all terms: it counts as a word.
      const query = wordsQuery(text).map((word) => word.replace(/^(".") \*$/u, '$1'));
      if (query.length === 0) return [];
      const sought = text.toLowerCase();
      const place = (matched: string) => {
        const term = matched.toLowerCase();
        return term === sought ? 0 : term.startsWith(sought) ? 1 : 2;
      };
      // As one phrase at the start of a term; only its last word may go on.
      const beginning = `^ ${query.join(' + ').replaceAll('" * +', '" +')}`;
      // What is out of sight is still indexed, and must not push out what is seen.
      const looked = hidden.get() === 1 ? LOOKED_AT : CANDIDATES;
      const rows = [
        ...withWords.all(beginning, looked, CANDIDATES),
        ...withWords.all(query.join(' '), looked, CANDIDATES),
      ].sort((a, b) => place(a.matched) - place(b.matched) || a.matched.length - b.matched.length);
      const found = new Map<number, FoundConcept>();
      for (const { conceptId: id, ...concept } of rows) if (!found.has(id)) found.set(id, concept);
      return [...found.values()].slice(0, limit);
    },
  };
}
export type VocabularyStore = ReturnType<typeof vocabularyStore>;
