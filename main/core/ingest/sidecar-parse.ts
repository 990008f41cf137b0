import { basename, extname } from 'node:path';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { csvRows, separatorOf } from '../domain/csv.ts';
import { decodeText } from '../domain/decode-text.ts';

/** A table beside the pictures: captions, labels, report texts, measurements, one row per file. */
export interface Table {
  /** Its file's name without extension; where joined values say they come from. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Cells as text, in the order of the columns; empty for what is absent. */
  readonly rows: readonly (readonly string[])[];
}

/** Above it a table is no companion of pictures. */
export const LARGEST_TABLE = 256 * 1024 * 1024;

const MOST_COLUMNS = 500;

/** What columns of a table without headings are called, and their number. */
export const UNNAMED = 'unnamed';

export const isTableName = (path: string): boolean => /\.(csv|tsv|tab|jsonl|ndjson|json)$/i.test(path);

/** ROCO's and other data sets' `captions.txt`: one file and one text per line, a tab between, no heading. */
const isCaptionList = (path: string): boolean => /caption[^/\\]*\.txt$/i.test(path);

export const mayBeTable = (path: string): boolean => isTableName(path) || isCaptionList(path);

/**
 * Reads CSV (RFC 4180; comma, semicolon or tab), JSON (a list of objects, or an object by file name) and JSON lines.
 *
 * @throws ArchiveError `table.unreadable` for what is none of them.
 */
export function parseTable(bytes: Uint8Array, path: string): Table {
  const text = decodeText(bytes);
  const name = basename(path, extname(path));
  const table = /\.(jsonl|ndjson)$/i.test(path)
    ? fromRecords(jsonLines(text))
    : /\.json$/i.test(path)
      ? fromRecords(records(parseJson(text)))
      : fromLines(text, path);
  if (table.rows.length === 0 || table.columns.length === 0 || table.columns.length > MOST_COLUMNS)
    throw new ArchiveError('table.unreadable', { rows: table.rows.length, columns: table.columns.length });
  return { name, ...withFigureKey(table) };
}

type Cells = Pick<Table, 'columns' | 'rows'>;

/** No heading is the name of a picture, an instance or a checksum: then the first row is a row like the others. */
const NAMES_A_FILE =
  /^(.+\.(png|jpe?g|jp2|tiff?|webp|gif|bmp|dcm|dicom|svs|ndpi|mrxs|scn|bif|vsi)|\d+(\.\d+){4,}|[0-9a-f]{64})$/i;

function headless(lines: readonly (readonly string[])[]): Cells {
  const columns = Array.from({ length: lines[0]?.length ?? 0 }, (_, index) => `${UNNAMED} ${index + 1}`);
  return { columns, rows: lines.map((cells) => columns.map((_, index) => cells[index]?.trim() ?? '')) };
}

/** Spreadsheets may say in a line of its own what parts the cells. */
const SEPARATOR_LINE = /^sep=([,;\t])\r?\n/i;

function fromLines(text: string, path: string): Cells {
  const said = SEPARATOR_LINE.exec(text);
  const separator = said?.[1] ?? (/\.(tsv|tab|txt)$/i.test(path) ? '\t' : separatorOf(text));
  const lines = [...csvRows(text.slice(said?.[0].length ?? 0), separator)].filter((cells) =>
    cells.some((cell) => cell.trim() !== ''),
  );
  const [head = [], ...rest] = lines;
  if (isCaptionList(path))
    return {
      columns: ['file', 'caption'],
      rows: lines.map(([file = '', ...words]) => [file, words.join(' ')]),
    };
  if (head.some((cell) => NAMES_A_FILE.test(cell.trim()))) return headless(lines);
  const columns = head.map((column, index) => column.trim() || `column ${index + 1}`);
  return { columns, rows: rest.map((cells) => columns.map((_, index) => cells[index]?.trim() ?? '')) };
}

function jsonLines(text: string): unknown[] {
  return text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [parseJson(line)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ArchiveError('table.unreadable', { what: 'JSON' }, { cause: error });
  }
}

/** A list; the list inside an object; or an object whose keys are file names. */
function records(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const inner = entries.find(([, one]) => Array.isArray(one) && one.some((row) => typeof row === 'object'));
  if (inner) return inner[1] as unknown[];
  return entries.map(([file, one]) =>
    typeof one === 'object' && one !== null ? { file, ...one } : { file, caption: one },
  );
}

function fromRecords(list: readonly unknown[]): Cells {
  const objects = list.filter(
    (row): row is Record<string, unknown> => typeof row === 'object' && row !== null,
  );
  const columns = [...new Set(objects.slice(0, 10_000).flatMap((row) => Object.keys(row)))].slice(
    0,
    MOST_COLUMNS,
  );
  return { columns, rows: objects.map((row) => columns.map((column) => cellOf(row[column]))) };
}

/** Lists of words are joined; deeper structures are not for a table. */
function cellOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number'))
    return value.join('; ');
  return '';
}

/** MedICaT names its pictures by two columns together. */
function withFigureKey(table: Cells): Cells {
  const [paper, figure] = [table.columns.indexOf('pdf_hash'), table.columns.indexOf('fig_uri')];
  if (paper < 0 || figure < 0) return table;
  return {
    columns: [...table.columns, 'pdf_hash_fig_uri'],
    rows: table.rows.map((cells) => [...cells, `${cells[paper] ?? ''}_${cells[figure] ?? ''}`]),
  };
}
