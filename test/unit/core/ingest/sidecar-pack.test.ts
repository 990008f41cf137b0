import { expect, test } from 'vitest';
import { packTable, unpackTable } from '../../../../main/core/ingest/sidecar-pack.ts';

test('a table comes out as it went in: empty cells, line breaks, letters of two units', async () => {
  const rows = Array.from({ length: 5_000 }, (_, row) => [
    `${row}.png`,
    row % 2 ? '' : `a,\n"😀" ${row}`,
    'ü',
  ]);
  const table = { name: 'captions', columns: ['file', 'caption', 'mark'], rows };
  expect(await unpackTable(structuredClone(packTable(table)))).toEqual(table);
});
