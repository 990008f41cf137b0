import { basename, resolve } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Output, Request } from '../../../preload/contract/methods.ts';
import type { Archive } from '../store/archive.ts';
import { createTurns } from '../store/turns.ts';
import { readVocabulary } from './vocabulary-file.ts';

/** Systems that one file may name: more is a wrong column. */
const MOST_SYSTEMS = 50;

/** Who waits for an import: what it is told, and the pause button that reading stands behind. */
export interface VocabularyWatch {
  /** Bytes of the file so far. */
  read(bytes: number): void;
  /** Concepts that were put in order, more of them. */
  settled(concepts: number): void;
  through<T>(source: AsyncIterable<T>): AsyncIterable<T>;
}

const nobody: VocabularyWatch = {
  read: () => undefined,
  settled: () => undefined,
  through: (source) => source,
};

/** Vocabularies that a user brings: read, listed, looked up, taken away. One is read or taken away at a time. */
export function createVocabularies(archive: Archive, now: () => Date = () => new Date()) {
  const store = archive.vocabularies;
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  /** Frees what nobody sees: replaced, removed, or left behind by an import that ended early. */
  async function sweep(): Promise<void> {
    const turn = createTurns();
    const some = (rows: number) => archive.transaction(() => store.sweep(rows));
    while (!closing.signal.aborted && (await turn(some)));
  }

  async function read(
    path: string,
    system: string | undefined,
    signal: AbortSignal,
    watch: VocabularyWatch,
  ): Promise<string[]> {
    const begun = new Map<string, { readonly id: number; readonly system: string }>();
    const idOf = (named: string): number => {
      const known = begun.get(named.toLowerCase());
      if (known) return known.id;
      if (begun.size === MOST_SYSTEMS)
        throw new ArchiveError('vocabulary.unreadable', { why: `more than ${MOST_SYSTEMS} systems` });
      const id = store.begin(named, basename(path), now().toISOString());
      begun.set(named.toLowerCase(), { id, system: named });
      return id;
    };
    const turn = createTurns();
    for await (const terms of watch.through(readVocabulary(path, system, signal, watch.read))) {
      for (let from = 0; from < terms.length;) {
        from += await turn((rows) => {
          const some = terms.slice(from, from + rows);
          archive.transaction(() => {
            for (const [id, own] of Map.groupBy(some, (term) => idOf(term.system))) store.addTerms(id, own);
          });
          return some.length;
        });
        signal.throwIfAborted();
      }
    }
    // Cancelled while it was paused, the file ends early without a word.
    signal.throwIfAborted();
    const settled: { id: number; named: string; concepts: number; terms: number }[] = [];
    for (const { id, system: named } of begun.values()) {
      const { concepts, terms } = await settle(id, signal, watch);
      if (concepts > 0) settled.push({ id, named, concepts, terms });
    }
    if (settled.length === 0)
      throw new ArchiveError('vocabulary.unreadable', { why: 'no concept in the file' });
    // All or none: nobody sees half of a release.
    archive.transaction(() => {
      for (const { id, named, ...counts } of settled) store.complete(id, named, counts);
    });
    return settled.map(({ named }) => named);
  }

  async function settle(id: number, signal: AbortSignal, watch: VocabularyWatch) {
    const sum = { concepts: 0, terms: 0 };
    const turn = createTurns();
    let after = 0;
    for (;;) {
      const from = after;
      const portion = await turn((rows) => archive.transaction(() => store.settle(id, from, rows)));
      if (!portion) return sum;
      after = portion.last;
      sum.concepts += portion.concepts;
      sum.terms += portion.terms;
      watch.settled(portion.concepts);
      signal.throwIfAborted();
    }
  }

  return {
    /** @throws ArchiveError `vocabulary.unreadable`, `file.missing`, `file.unreadable`; what was there before stays then. */
    importFile: (
      { path, system }: Request<'vocabulary.import'>,
      signal: AbortSignal,
      watch: VocabularyWatch = nobody,
    ): Promise<Output<'vocabulary.import'>> =>
      inTurn(async () => {
        const both = AbortSignal.any([signal, closing.signal]);
        both.throwIfAborted();
        await sweep();
        try {
          const systems = await read(resolve(path), system, both, watch);
          return { vocabularies: store.list().filter((one) => systems.includes(one.system)) };
        } finally {
          await sweep();
        }
      }),
    list: (): Output<'vocabulary.list'> => ({ vocabularies: store.list() }),
    find: ({ text, limit }: Request<'vocabulary.find'>): Output<'vocabulary.find'> => ({
      concepts: store.find(text, limit),
    }),
    /** For good. @throws ArchiveError `vocabulary.unknown`. */
    free: (vocabularyId: number): Promise<void> =>
      inTurn(async () => {
        if (!store.leave(vocabularyId)) throw new ArchiveError('vocabulary.unknown', { vocabularyId });
        await sweep();
      }),
    /** Frees what has left. */
    sweep: (): Promise<void> => inTurn(sweep),
    /** Ends what is under way; the next import frees what it leaves. */
    async close(): Promise<void> {
      closing.abort(new ArchiveError('request.cancelled'));
      await last;
    },
  };
}
export type Vocabularies = ReturnType<typeof createVocabularies>;
