import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { Vocabulary } from '../../../preload/contract/vocabularies.ts';
import { define, wholeNumber } from './context.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

/** `vocabulary import|list|find|remove` */
export function addVocabulary(program: Command): void {
  const group = program
    .command('vocabulary')
    .description('vocabularies of your own, to look codes for labels up; none is shipped');

  const importing = group
    .command('import')
    .argument('<file>', 'CSV or TSV (system, code, display, synonyms), or sct2_Description_….txt')
    .description('read a release; it replaces the one of the same system')
    .option('--system <name>', 'its name, where the file does not say');
  define<{ system?: string }>(importing, 'open', async (context, { system }, [file = ''] = []) => {
    const { call } = context;
    const path = resolve(file);
    const { jobId } = await call('vocabulary.start', { path, ...(system !== undefined && { system }) });
    const { startedAt } = await followJob(context, jobId);
    const { vocabularies } = await call('vocabulary.list', {});
    const done = { vocabularies: vocabularies.filter(({ at }) => at >= startedAt) };
    return { json: done, text: listed(done.vocabularies) };
  });

  const listing = group.command('list').description('what was imported');
  define(listing, 'open', async ({ call }) => {
    const found = await call('vocabulary.list', {});
    return { json: found, text: listed(found.vocabularies) };
  });

  const finding = group
    .command('find')
    .argument('<text...>', 'words of a term, or how they begin')
    .description('concepts by display and synonyms, as system|code|display')
    .option('--limit <number>', 'at most so many', wholeNumber(1));
  define<{ limit?: number }>(finding, 'open', async ({ call }, { limit }, words = []) => {
    const text = words.join(' ');
    const found = await call('vocabulary.find', { text, ...(limit !== undefined && { limit }) });
    const lines = found.concepts.map(({ system, code, display, matched }) =>
      [`${system}|${code}|${display}`, ...(matched === display ? [] : [`(${matched})`])].join('  '),
    );
    return { json: found, text: lines.join('\n') };
  });

  const removing = group
    .command('remove')
    .argument('<id>', 'its number in the list', wholeNumber(1))
    .description('take a vocabulary away; codes on labels stay, and `undo` takes it back')
    .option('--free', 'delete its rows at once, for good');
  define<{ free?: boolean }>(removing, 'open', async ({ call }, { free = false }, [id = ''] = []) => {
    await call('vocabulary.remove', { vocabularyId: Number(id), free });
    return { json: { vocabularyId: Number(id) }, text: `vocabulary ${id} removed` };
  });
}

const listed = (vocabularies: readonly Vocabulary[]): string =>
  table([
    ['id', 'system', 'concepts', 'terms', 'file', 'imported'],
    ...vocabularies.map(({ vocabularyId, system, concepts, terms, file, at }) => [
      vocabularyId,
      system,
      concepts,
      terms,
      file,
      at,
    ]),
  ]);
