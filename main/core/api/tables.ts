import { resolve } from 'node:path';
import type { tableMethods } from '../../../preload/contract/tables.ts';
import { findTables } from '../ingest/sidecar-folder.ts';
import { joinTable, previewTable } from '../ingest/sidecar-join.ts';
import { startReportVectors } from '../session/report-vectors.ts';
import type { Program } from '../session/program.ts';
import type { HandlersOf } from './handlers.ts';

export function tableHandlers(program: Program): HandlersOf<typeof tableMethods> {
  return {
    'table.find': ({ folders }, signal) =>
      findTables(
        program.pool,
        folders.map((folder) => resolve(folder)),
        signal,
      ),
    'table.preview': async ({ path, column }, signal) => {
      const { archive, pool } = program.session();
      return previewTable(archive, await pool.table({ path: resolve(path) }, signal), column, signal);
    },
    'table.join': async ({ path, column }, signal) => {
      const { archive, pool } = program.session();
      const place = resolve(path);
      const joined = await joinTable(
        archive,
        await pool.table({ path: place }, signal),
        column,
        signal,
        place,
      );
      await startReportVectors(program.session());
      program.changed();
      return joined;
    },
  };
}
