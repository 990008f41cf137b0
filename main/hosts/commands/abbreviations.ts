import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import { define, repeated, wholeNumber } from './context.ts';
import { readText } from './given-file.ts';
import { table } from './table.ts';

/** `abbreviations list|set|remove|restore|export|import` */
export function addAbbreviations(program: Command): void {
  const group = program
    .command('abbreviations')
    .description('the dictionary with which queries are written out; changes are kept with their version');

  const listing = group
    .command('list')
    .description('all of them, with their meanings')
    .option('--revision <n>', 'as it was after so many changes', wholeNumber(0));
  define<{ revision?: number }>(listing, 'open', async ({ call }, { revision }) => {
    const found = await call('abbreviations.list', revision === undefined ? {} : { revision });
    const rows = found.abbreviations.map(({ short, origin, meanings }) => [
      short,
      origin,
      meanings.map(({ text }) => text).join(' | '),
    ]);
    return {
      json: found,
      text: `version ${found.version}\n${table([['short', 'whose', 'meanings'], ...rows])}`,
    };
  });

  const setting = group
    .command('set')
    .argument('<short>', 'the abbreviation')
    .description('add one, or put it in place of the one that is there')
    .requiredOption(
      '--meaning <text>',
      'what it stands for, perhaps @MODALITY,MODALITY; several make it ambiguous',
      repeated,
    )
    .option('--exact', 'only as written: capitals count');
  define<{ meaning: string[]; exact?: boolean }>(
    setting,
    'open',
    async ({ call }, { meaning, exact = false }, [short = ''] = []) => {
      const meanings = meaning.map((one) => {
        const [text = '', modalities = ''] = one.split(/\s*@(?=[A-Z,]+$)/);
        return { text, modalities: modalities.split(',').filter((name) => name !== '') };
      });
      const done = await call('abbreviations.set', { abbreviations: [{ short, exact, meanings }] });
      return { json: done, text: `version ${done.version}` };
    },
  );

  for (const [name, what] of [
    ['remove', 'take one out'],
    ['restore', 'make one what the program brings'],
  ] as const) {
    const command = group.command(name).argument('<short>', 'the abbreviation').description(what);
    define(command, 'open', async ({ call }, _options, [short = ''] = []) => {
      const done = await call(`abbreviations.${name}`, { short });
      return { json: done, text: `version ${done.version}` };
    });
  }

  const exporting = group
    .command('export')
    .argument('<file>', 'CSV to write: short, meaning, modalities, exact')
    .description('write the dictionary as a table');
  define(exporting, 'open', async ({ call }, _options, [path = ''] = []) => {
    const { text } = await call('abbreviations.export', {});
    await writeFile(path, text).catch((cause: unknown) => {
      throw new ArchiveError('file.unwritable', { path }, { cause });
    });
    return { json: { path }, text: path };
  });

  const importing = group
    .command('import')
    .argument('<file>', 'CSV with short, meaning and perhaps modalities (apart by |) and exact')
    .description('set the entries of a table; others stay');
  define(importing, 'open', async ({ call }, _options, [path = ''] = []) => {
    const done = await call('abbreviations.import', { text: readText(path) });
    return { json: done, text: `${done.imported} set; version ${done.version}` };
  });
}
