import type { AbbreviationEntry, AbbreviationList } from '../../../preload/contract/abbreviations.ts';
import { AbbreviationEntry as Entry } from '../../../preload/contract/abbreviations.ts';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { LIST_VERSION, startingAbbreviations } from '../domain/abbreviation-list.ts';
import { type Dictionary, dictionaryOf } from '../domain/abbreviations.ts';
import { parseTable, toCsv } from '../domain/csv.ts';
import type { AbbreviationChange } from '../store/abbreviations.ts';
import type { Archive } from '../store/archive.ts';

const collator = new Intl.Collator('en');
const listed = new Map(startingAbbreviations.map((one) => [one.short, one]));

/** The dictionary of an archive: the program's list with the changes that people made. */
export function createAbbreviations(archive: Archive) {
  const { abbreviations: store } = archive;
  let kept: { readonly revision: number; readonly dictionary: Dictionary } | undefined;

  /** @param revision - as it was after so many changes. */
  function list(revision = store.revision()): AbbreviationList {
    const entries = new Map<string, AbbreviationList['abbreviations'][number]>();
    for (const one of startingAbbreviations) entries.set(one.short, copyOf(one, 'list'));
    for (const { short, to } of store.changes(revision)) {
      if (to === 'removed') entries.delete(short);
      else if (to !== 'restored') entries.set(short, copyOf(to, listed.has(short) ? 'changed' : 'own'));
    }
    const abbreviations = [...entries.values()].sort((a, b) => collator.compare(a.short, b.short));
    return { version: `${LIST_VERSION}+${revision}`, revision, abbreviations };
  }

  function change(changes: readonly AbbreviationChange[]): { version: string; revision: number } {
    const at = new Date().toISOString();
    const revision = archive.transaction(() => store.change(changes, at));
    return { version: `${LIST_VERSION}+${revision}`, revision };
  }

  /** @throws ArchiveError `abbreviation.unknown` */
  function known(short: string): string {
    if (list().abbreviations.some((one) => one.short === short) || listed.has(short)) return short;
    throw new ArchiveError('abbreviation.unknown', { short });
  }

  const set = (entries: readonly AbbreviationEntry[]) =>
    change([...new Map(entries.map((to) => [to.short, { short: to.short, to }])).values()]);

  return {
    list,
    set,
    remove: (short: string) => change([{ short: known(short), to: 'removed' }]),
    /** One that only somebody's own changes made is gone then. */
    restore: (short: string) =>
      change([{ short: known(short), to: listed.has(short) ? 'restored' : 'removed' }]),

    exported(): { name: string; text: string } {
      const { version, abbreviations } = list();
      const rows = abbreviations.flatMap(({ short, exact, meanings }) =>
        meanings.map(({ text, modalities }) => [short, text, modalities.join('|'), exact ? 'yes' : '']),
      );
      const name = `abbreviations-${version}.csv`;
      return { name, text: toCsv([['short', 'meaning', 'modalities', 'exact'], ...rows]) };
    },

    /** @throws ArchiveError `abbreviation.unreadable`, with the row */
    importTable(text: string) {
      const entries = entriesOf(text);
      return { ...set(entries), imported: entries.length };
    },

    /** As it is now, with its version. */
    current(): { readonly version: string; readonly dictionary: Dictionary } {
      const revision = store.revision();
      if (kept?.revision !== revision)
        kept = { revision, dictionary: dictionaryOf(list(revision).abbreviations) };
      return { version: `${LIST_VERSION}+${revision}`, dictionary: kept.dictionary };
    },
  };
}
export type Abbreviations = ReturnType<typeof createAbbreviations>;

function copyOf(
  { short, exact, meanings }: (typeof startingAbbreviations)[number],
  origin: 'list' | 'own' | 'changed',
): AbbreviationList['abbreviations'][number] {
  const copied = meanings.map(({ text, modalities }) => ({ text, modalities: [...modalities] }));
  return { short, exact, meanings: copied, origin };
}

function entriesOf(text: string): AbbreviationEntry[] {
  const rows = new Map<string, { short: string; exact: boolean; meanings: unknown[]; row: number }>();
  for (const [index, { short = '', meaning, modalities = '', exact = '' }] of parseTable(text).entries()) {
    const entry = rows.get(short) ?? { short, exact: false, meanings: [], row: index + 2 };
    const named = modalities.split('|').flatMap((one) => one.trim() || []);
    entry.meanings.push({ text: meaning, modalities: named });
    rows.set(short, { ...entry, exact: entry.exact || /^(yes|true|1)$/i.test(exact) });
  }
  if (rows.size === 0)
    throw new ArchiveError('abbreviation.unreadable', { row: 1, expected: 'short, meaning' });
  return [...rows.values()].map(({ row, ...entry }) => {
    const parsed = Entry.safeParse(entry);
    if (parsed.success) return parsed.data;
    const expected = parsed.error.issues[0]?.path.join('.') ?? 'short, meaning';
    throw new ArchiveError('abbreviation.unreadable', { row, expected });
  });
}
