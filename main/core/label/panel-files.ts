import { ArchiveError } from '../../../preload/contract/faults.ts';
import { Panel } from '../../../preload/contract/panels.ts';
import { listCell, parseTable, toCsv, valuesIn } from '../domain/csv.ts';

const columns = [
  'label',
  'synonyms',
  'negatives',
  'parent',
  'none',
  'codes',
  'templates',
  'mode',
  'topTiles',
] as const;

/** JSON as the contract has it, or CSV: one row per label, wordings apart by `|`, codes by `;`. */
export function writePanel(panel: Panel, as: 'json' | 'csv'): string {
  if (as === 'json') return `${JSON.stringify(panel, null, 2)}\n`;
  const rows = panel.labels.map(({ name, synonyms, negatives, parent, none, codes }, index) => [
    name,
    listCell(synonyms),
    listCell(negatives),
    parent,
    none ? 'yes' : '',
    listCell(codes, ';'),
    // What the whole panel has stands in its first row.
    ...(index === 0 ? [listCell(panel.templates), panel.mode, panel.topTiles] : ['', '', '']),
  ]);
  return toCsv([columns, ...rows]);
}

/**
 * Reads what {@link writePanel} writes, or any CSV with at least a column `label`.
 *
 * @param name - for a CSV, which holds none.
 * @throws ArchiveError `panel.unreadable`.
 */
export function readPanel(text: string, name = 'Panel'): Panel {
  const read = Panel.safeParse(/^\s*[{[]/.test(text) ? parseJson(text) : fromTable(text, name));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const at = issue?.path.join('.') ?? '';
  throw new ArchiveError('panel.unreadable', { at, why: issue?.message ?? '' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : '';
    throw new ArchiveError('panel.unreadable', { why }, { cause });
  }
}

function fromTable(text: string, name: string): unknown {
  const rows = parseTable(text);
  const column = rows[0] && ('label' in rows[0] ? 'label' : 'name' in rows[0] ? 'name' : null);
  if (!column) throw new ArchiveError('panel.unreadable', { why: 'no column "label"' });
  const wide = (field: string) => rows.find((row) => row[field])?.[field];
  const templates = valuesIn(wide('templates'));
  const topTiles = wide('toptiles');
  return {
    name,
    mode: wide('mode') ?? 'exclusive',
    ...(templates.length > 0 && { templates }),
    ...(topTiles !== undefined && { topTiles: Number(topTiles) }),
    labels: rows.map((row) => ({
      name: row[column],
      synonyms: valuesIn(row['synonyms']),
      negatives: valuesIn(row['negatives']),
      parent: row['parent'] ? row['parent'] : null,
      none: /^(yes|true|1)$/i.test(row['none'] ?? ''),
      codes: valuesIn(row['codes'], ';'),
    })),
  };
}

/** A file name of the panel's name, safe on every system. */
export const fileNameOf = (name: string, ending: string): string =>
  `${
    name
      .normalize('NFKD')
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[-.]+|-+$/g, '')
      .slice(0, 60) || 'panel'
  }.${ending}`;
