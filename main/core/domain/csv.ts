/** The sign that parts the cells of the first line, outside of quotes: a comma, a semicolon or a tab. */
export function separatorOf(text: string): string {
  const line = text.slice(0, Math.max(0, text.search(/[\r\n]|$/))).replaceAll(/"(?:[^"]|"")*"/g, '');
  const times = (sign: string) => line.split(sign).length - 1;
  const [most = ','] = [',', ';', '\t'].toSorted((a, b) => times(b) - times(a));
  return most;
}

/**
 * Rows of delimited text, one by one: cells in quotes may hold separators, line breaks and doubled quotes. Lines end with
 * LF, CRLF or CR; a byte order mark is left out.
 *
 * @see RFC 4180.
 */
export function* csvRows(text: string, separator = separatorOf(text)): Generator<string[]> {
  let row: string[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at += 1; at < text.length;) {
        const quote = text.indexOf('"', at);
        const end = quote < 0 ? text.length : quote;
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    }
    const from = at;
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1;
    row.push(cell + text.slice(from, at));
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) row.push('');
      continue;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    yield row;
    row = [];
  }
  if (row.length > 0) yield row;
}

/** All rows but empty lines. */
export const parseCsv = (text: string): string[][] => [...csvRows(text)].filter(isFilled);

const isFilled = (row: readonly string[]): boolean => row.length > 1 || row[0] !== '';

/** What {@link toCsv} made of a value, taken back. */
const valueOf = (cell: string): string => cell.trim().replace(/^'(?='*[=+\-@\t\r])/, '');

/** Rows below a header, one by one, each as an object by the header's names, trimmed and in lower case. */
export function* tableRows(text: string): Generator<Record<string, string>> {
  let names: readonly string[] | undefined;
  for (const row of csvRows(text)) {
    if (!isFilled(row)) continue;
    if (names) yield Object.fromEntries(names.map((name, index) => [name, valueOf(row[index] ?? '')]));
    else names = row.map((name) => name.trim().toLowerCase());
  }
}

/** As {@link tableRows}, all at once: a short table, or one on a thread of its own. */
export const parseTable = (text: string): Record<string, string>[] => [...tableRows(text)];

type ListSign = '|' | ';';

/** Several values in one cell; the sign between them has a backslash in front where it is a part of one. */
export const listCell = (values: readonly string[], sign: ListSign = '|'): string =>
  values.map((value) => value.replaceAll(sign, `\\${sign}`)).join(sign);

/** The values of a {@link listCell}, trimmed, without empty ones. */
export const valuesIn = (cell: string | undefined, sign: ListSign = '|'): string[] =>
  (cell ?? '')
    .split(sign === '|' ? /(?<!\\)\|/ : /(?<!\\);/)
    .flatMap((value) => value.trim().replaceAll(`\\${sign}`, sign) || []);

/**
 * Comma-separated values, lines ending with CRLF.
 *
 * A field that a spreadsheet would take for a formula gets an apostrophe in front, so that opening a file runs nothing.
 */
export function toCsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(toField).join(',')}\r\n`).join('');
}

function toField(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^'*[=+\-@\t\r]/.test(value) && !Number.isFinite(Number(value)) ? `'${value}` : value;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
