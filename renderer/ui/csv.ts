/** As a spreadsheet reads a name, and never as a formula. */
export const quoted = (text: string): string =>
  `"${text.replace(/^([=+\-@])/, "'$1").replaceAll('"', '""')}"`;

/** Rows as a file; words have to be quoted before. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.join(',')}\r\n`).join('');
