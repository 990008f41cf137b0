import { openTestCore } from '../../../support/core.ts';

// Run as a process of its own: labels an archive, says when it is under way, and is killed.

const [, , folder = '', archive = ''] = process.argv;
const at = openTestCore({ folder });
await at.call('archive.open', { path: archive });
at.core.on((event, payload) => {
  const job = payload as { readonly kind: string; readonly stages: readonly { readonly done: number }[] };
  if (event === 'job.changed' && job.kind === 'label-run' && (job.stages[0]?.done ?? 0) > 0)
    process.stdout.write('under way\n');
});
await at.call('label.start', { panel: { name: 'Kinds', labels: [{ name: 'CT' }, { name: 'histology' }] } });
