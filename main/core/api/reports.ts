import { JobId } from '../../../preload/contract/ids.ts';
import type { reportMethods } from '../../../preload/contract/reports.ts';
import type { Program } from '../session/program.ts';
import { startReportVectors } from '../session/report-vectors.ts';
import { picturesOfReport, similarReports } from '../session/similar-reports.ts';
import type { HandlersOf } from './handlers.ts';

export function reportHandlers(program: Program): HandlersOf<typeof reportMethods> {
  return {
    'report.similar': (request, signal) => similarReports(program.session(), request, signal),
    'report.pictures': (request, signal) => picturesOfReport(program.session(), request, signal),
    'report.embed': async () => {
      const jobId = await startReportVectors(program.session());
      return { jobId: jobId === null ? null : JobId.parse(jobId) };
    },
  };
}
