#!/usr/bin/env node
import './environment.ts';
import { Command, CommanderError } from 'commander';
import { addAbbreviations } from './commands/abbreviations.ts';
import { addDemo, addImport } from './commands/import.ts';
import { addEvaluations } from './commands/evaluations.ts';
import { addFiles } from './commands/files.ts';
import { addItems } from './commands/items.ts';
import { addJudgings } from './commands/judgings.ts';
import { addMore } from './commands/more.ts';
import { addLabels } from './commands/labels.ts';
import { addDevices, addModels } from './commands/models.ts';
import { addOpenSlide } from './commands/openslide.ts';
import { addAudit, addQuarantine } from './commands/privacy.ts';
import { addReports } from './commands/reports.ts';
import { addReview } from './commands/reviews.ts';
import { addHistory, addUndo } from './commands/history.ts';
import { addSaved } from './commands/saved.ts';
import { addSearch } from './commands/search.ts';
import { addTables } from './commands/tables.ts';
import { addServe } from './commands/serve.ts';
import { addSlidePreparations } from './commands/slide-preparations.ts';
import { addSlides } from './commands/slides.ts';
import { addVocabulary } from './commands/vocabulary.ts';
import { addWordings } from './commands/wordings.ts';
import { version } from './version.ts';

const program = new Command('vitrine')
  .description('Search, label and curate research archives of medical images. Not a medical device.')
  .version(version)
  .showHelpAfterError('(vitrine <command> --help tells more)')
  .exitOverride();

for (const add of [
  addImport,
  addFiles,
  addSearch,
  addSaved,
  addHistory,
  addUndo,
  addWordings,
  addAbbreviations,
  addSlides,
  addSlidePreparations,
  addItems,
  addLabels,
  addMore,
  addEvaluations,
  addJudgings,
  addReports,
  addReview,
  addModels,
  addDevices,
  addOpenSlide,
  addDemo,
  addQuarantine,
  addAudit,
  addTables,
  addVocabulary,
  addServe,
])
  add(program);
for (const command of program.commands) overrideExit(command);

try {
  await program.parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  // Help and version end the same way, with 0; everything else is wrong usage.
  process.exitCode = thrown.exitCode === 0 ? 0 : 2;
}

function overrideExit(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help tells more)');
  for (const inner of command.commands) overrideExit(inner);
}
