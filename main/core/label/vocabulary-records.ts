import { ArchiveError } from '../../../preload/contract/faults.ts';

/** Cells of one row, and the line of the file on which it begins, from 1. */
export interface VocabularyRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Takes a file's text piece by piece; gives the rows that are complete. */
export interface RecordReader {
  push(text: string): VocabularyRecord[];
  /** The last row, where no line break follows it. */
  end(): VocabularyRecord[];
}

/** Characters of a row. What is longer is no row but a quote that nobody closed. */
const LONGEST_ROW = 1_000_000;

/** The refusal of a line. */
export const brokenLine = (line: number, why: string): ArchiveError =>
  new ArchiveError('vocabulary.unreadable', { line, why });

/** Rows of cells between tabs, a quote being a character like any other, as RF2 has them. */
export function plainRecords(): RecordReader {
  let rest = '';
  let line = 0;
  const record = (text: string): VocabularyRecord[] => {
    line += 1;
    const row = text.endsWith('\r') ? text.slice(0, -1) : text;
    return row === '' ? [] : [{ line, cells: row.split('\t') }];
  };
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_ROW) throw brokenLine(line + lines.length + 1, 'the line does not end');
      return lines.flatMap(record);
    },
    end: () => record(rest),
  };
}

/**
 * Rows of cells between separators; a cell in quotes may hold separators, line breaks and doubled quotes. A quote inside
 * a cell that does not begin with one is a character like any other.
 *
 * @throws ArchiveError `vocabulary.unreadable` with the line: text after a closing quote, a quote that is never closed.
 * @see RFC 4180.
 */
export function quotedRecords(separator: string): RecordReader {
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let begin = 1;
  let length = 0;

  const endCell = () => {
    cells.push(state === 'plain' ? cell.replace(/\r$/, '') : cell);
    cell = '';
    state = 'start';
  };
  const endRow = (): VocabularyRecord[] => {
    endCell();
    const row = { line: begin, cells };
    cells = [];
    begin = line;
    length = 0;
    return row.cells.every((one) => one.trim() === '') ? [] : [row];
  };

  function push(text: string): VocabularyRecord[] {
    const rows: VocabularyRecord[] = [];
    for (const character of text) {
      length += 1;
      if (length > LONGEST_ROW) throw brokenLine(begin, 'the row does not end: a quote may be left open');
      if (character === '\n') line += 1;
      if (state === 'quoted') {
        if (character === '"') state = 'closed';
        else cell += character;
      } else if (state === 'closed' && character === '"') {
        cell += character;
        state = 'quoted';
      } else if (character === separator) endCell();
      else if (character === '\n') rows.push(...endRow());
      else if (state === 'closed') {
        if (character !== '\r') throw brokenLine(line, 'text after a closing quote');
      } else if (state === 'start' && character === '"') state = 'quoted';
      else {
        cell += character;
        state = 'plain';
      }
    }
    return rows;
  }

  return {
    push,
    end() {
      if (state === 'quoted') throw brokenLine(begin, 'a quote is never closed');
      return cell === '' && cells.length === 0 ? [] : endRow();
    },
  };
}
