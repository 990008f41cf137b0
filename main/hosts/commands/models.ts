import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { Input } from '../../../preload/contract/methods.ts';
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
    .argument('<folder>', 'an official checkpoint with its configuration and tokenizer, or one file of it')
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

  const bench = models
    .command('bench')
    .argument('<id>')
    .description('pictures and texts per second on this machine');
  define(bench, 'none', async ({ call }, _options, [id = ''] = []) => {
    const found = await call('model.bench', { modelId: id as Input<'model.bench'>['modelId'] });
    const rows = found.lines.map(({ what, precision, device, batch, ms, perSecond }) => [
      what,
      precision,
      device,
      batch,
      ms.toFixed(1),
      perSecond.toFixed(1),
    ]);
    const heading = ['what', 'precision', 'device', 'at a time', 'ms', 'per second'];
    return { json: found, text: table([heading, ...rows]) };
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

export function addDevices(program: Command): void {
  const devices = program.command('device').description('what models run on');

  const list = devices
    .command('list')
    .description('devices, and why one is chosen or cannot be')
    .option('--probe', 'run the model on each; takes seconds');
  define<{ probe?: boolean }>(list, 'none', async ({ call }, { probe = false }) => {
    const found = await call('device.list', { probe });
    const rows = found.devices.map(({ id, available, chosen, reason }) => [
      id,
      chosen ? 'in use' : available ? 'available' : 'not available',
      reason,
    ]);
    return { json: found, text: table([['device', 'state', 'reason'], ...rows]) };
  });

  const add = devices
    .command('add-cuda')
    .argument('<path>', 'NuGet package, release archive, or a folder with their content')
    .description('take CUDA’s provider libraries from a package on this machine');
  define(add, 'none', async ({ call }, _options, [path = ''] = []) => {
    const added = await call('device.add-cuda', { path });
    const missing = added.missing.map((library) => `  still missing on this machine: ${library}`);
    return {
      json: added,
      text: [`ONNX Runtime ${added.version}: ${added.files.join(', ')}`, ...missing].join('\n'),
    };
  });
}
