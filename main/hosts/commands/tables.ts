import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { TablePreview } from '../../../preload/contract/tables.ts';
import { define, type Answer } from './context.ts';
import { table } from './table.ts';

interface TableOptions {
  readonly column?: string;
}

const words: Readonly<Record<string, string>> = {
  path: 'path',
  name: 'file name',
  stem: 'file name without ending',
  instance: 'SOP Instance UID',
  sha256: 'SHA-256',
};

/** `table preview|join FILE` */
export function addTables(program: Command): void {
  const group = program
    .command('table')
    .description('captions, labels, report texts and numbers in a table beside the pictures');
  for (const [name, method, description] of [
    ['preview', 'table.preview', 'what would be joined, and by what; writes nothing'],
    ['join', 'table.join', 'store the columns with the items that the rows name'],
  ] as const) {
    const command = group
      .command(name)
      .argument('<file>', 'CSV, TSV, JSON or JSON lines')
      .description(description)
      .option('--column <name>', 'the column that names the files (default: the one that matches most)');
    define<TableOptions>(command, 'open', async ({ call }, { column }, [file = ''] = []) => {
      const path = resolve(file);
      return answer(await call(method, { path, ...(column === undefined ? {} : { column }) }));
    });
  }
}

function answer(found: TablePreview): Answer {
  const { joinedBy, matched, rows, ambiguous, unmatched, values, texts, withheld, columns } = found;
  const lines = [
    joinedBy
      ? `${matched} of ${rows} rows match, by ${joinedBy.column} (${words[joinedBy.as]}); ${unmatched} match nothing, ${ambiguous} several`
      : 'No column names a file of this archive.',
    table([['column', 'kept as', ''], ...columns.map(({ name, as, why }) => [name, as, why ?? ''])]),
    `${values} values and ${texts} texts stored, ${withheld} texts that may name somebody left out`,
  ];
  return { json: found, text: lines.join('\n') };
}
