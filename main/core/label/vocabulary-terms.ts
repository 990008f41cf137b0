import type { StoredTerm } from '../store/vocabularies.ts';
import { brokenLine, type VocabularyRecord } from './vocabulary-records.ts';

/** A term and the vocabulary it belongs to. */
export interface VocabularyTerm extends StoredTerm {
  readonly system: string;
}

/** Turns a row into its terms. @throws ArchiveError `vocabulary.unreadable` with the line. */
export type ReadRow = (record: VocabularyRecord) => VocabularyTerm[];

/** SNOMED CT's columns of a description, in the order that the format fixes. */
const rf2Columns = [
  'id',
  'effectivetime',
  'active',
  'moduleid',
  'conceptid',
  'languagecode',
  'typeid',
  'term',
];
const FULLY_SPECIFIED = '900000000000003001';
const SYNONYM = '900000000000013009';

const namesOf = (header: readonly string[]) => header.map((name) => name.trim().toLowerCase());

export const isRf2 = (header: readonly string[]): boolean =>
  rf2Columns.every((name, at) => namesOf(header)[at] === name);

/**
 * Descriptions of RF2, snapshot or full. The display is the fully specified name, an English one before others. The file
 * does not say which concepts are withdrawn: those that keep an active description stay.
 *
 * @see SNOMED CT Release File Specifications, 4.2.2 Description file.
 */
export function rf2Terms(system: string): ReadRow {
  return ({ line, cells }) => {
    const [id = '', effective = '', active = '', , code = '', language = '', type = '', term = ''] = cells;
    if (cells.length < rf2Columns.length) throw brokenLine(line, `${cells.length} columns in place of 9`);
    if (!/^\d{1,18}$/.test(id) || !/^\d{1,18}$/.test(code)) throw brokenLine(line, 'an id is no number');
    if (!/^\d{8}$/.test(effective)) throw brokenLine(line, 'effectiveTime is no date');
    if (active !== '0' && active !== '1') throw brokenLine(line, 'active is neither 0 nor 1');
    if (type !== FULLY_SPECIFIED && type !== SYNONYM) return [];
    const text = active === '1' ? tidy(term) : null;
    if (text === '') throw brokenLine(line, 'the term is empty');
    const rank = type === SYNONYM ? 2 : language === 'en' ? 0 : 1;
    return [{ system, code, key: id, effective, rank, text }];
  };
}

/**
 * Tables with columns `code` and `display`, perhaps `system` and `synonyms` (apart by `|`). Rows of the same code add up.
 *
 * @param system - for rows that do not say.
 * @throws ArchiveError `vocabulary.unreadable` where a column is missing.
 */
export function tableTerms(header: readonly string[], system: string | undefined): ReadRow {
  const names = namesOf(header);
  const at = (name: string) => names.indexOf(name);
  const [systemAt, codeAt, displayAt, synonymsAt] = [at('system'), at('code'), at('display'), at('synonyms')];
  if (codeAt < 0 || displayAt < 0) throw brokenLine(1, 'a column "code" and a column "display" are needed');
  if (systemAt < 0 && system === undefined)
    throw brokenLine(1, 'a column "system" is needed, or the name of the vocabulary');

  return ({ line, cells }) => {
    if (cells.length > names.length)
      throw brokenLine(line, `${cells.length} cells under ${names.length} columns`);
    const cell = (index: number) => (index < 0 ? '' : (cells[index] ?? '').trim());
    const [code, display, named] = [cell(codeAt), tidy(cell(displayAt)), cell(systemAt) || (system ?? '')];
    if (code === '' || display === '' || named === '')
      throw brokenLine(line, `no ${code === '' ? 'code' : display === '' ? 'display' : 'system'}`);
    if (/[|\n]/.test(code + named) || code.length > 60 || named.length > 60)
      throw brokenLine(line, 'system and code have at most 60 characters each, and no |');
    const synonyms = cell(synonymsAt).split('|').map(tidy);
    return [display, ...synonyms]
      .filter((text) => text !== '')
      .map((text, place) => ({
        system: named,
        code,
        key: text.toLowerCase(),
        effective: '',
        rank: place === 0 ? 0 : 2,
        text,
      }));
  };
}

/** As it can stand in `system|code|display`: one line, no `|`, at most 300 characters. */
const tidy = (text: string): string =>
  text
    .replace(/[\s|]+/g, ' ')
    .trim()
    .slice(0, 300);
