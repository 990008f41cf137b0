import type { Command } from 'commander';
import { resolve } from 'node:path';
import { define } from './context.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

export function addModels(program: Command): void {
  const models = program.command('models').description('model bundles');

  define(models.command('list').description('every bundle'), 'optional', async ({ call }) => {
    const found = await call('model.list', {});
    const rows = found.models.map(({ id, title, dimensions, precisions, fault }) => [
      id,
      fault ? fault.message : title,
      dimensions,
      precisions.map(({ precision }) => precision).join(' '),
    ]);
    return { json: found, text: table([['id', 'title', 'dimensions', 'precisions'], ...rows]) };
  });

  const add = models
    .command('import')
    .argument('<folder>', 'an official checkpoint with its configuration and tokenizer')
    .description('convert a checkpoint into a bundle and check it')
    .option('--id <name>', 'the bundle’s name; left out, made of the folder’s');
  define<{ id?: string }>(add, 'optional', async (context, { id }, [folder = ''] = []) => {
    const request = { folder: resolve(folder), ...(id === undefined ? {} : { id }) };
    const { jobId } = await context.call('model.import', request);
    const { result, notices } = await followJob(context, jobId);
    const rows = Object.entries(result?.parity ?? {}).map(([precision, { imageCosine, textCosine }]) => [
      precision,
      imageCosine.toFixed(6),
      textCosine.toFixed(6),
    ]);
    const heading = ['precision', 'image cosine', 'text cosine'];
    return {
      json: result,
      text: [`${result?.id} in ${result?.seconds.toFixed(1)} s`, table([heading, ...rows]), ...notices].join(
        '\n',
      ),
    };
  });

  const verify = models
    .command('verify')
    .argument('<id>')
    .description('compare every file with its checksum');
  define(verify, 'none', async ({ call }, _options, [id = ''] = []) => {
    const found = await call('model.verify', { id });
    return { json: found, text: `${found.id}: ${found.files} files as they should be` };
  });
}
