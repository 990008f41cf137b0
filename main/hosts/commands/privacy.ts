import type { Command } from 'commander';
import { define, listedSome, wholeNumber } from './context.ts';
import { followJob } from './follow-job.ts';
import { table } from './table.ts';

const reason = '--reason <text>';
const reasonHelp = 'why; kept in the audit log';

/** `quarantine list|release|leave-out` */
export function addQuarantine(program: Command): void {
  const group = program.command('quarantine').description('files that the identity check holds back');

  const list = group
    .command('list')
    .description('what is held back, and by which rules; never what they found')
    .option('--limit <n>', 'at most this many', wholeNumber(1), 200);
  define<{ limit: number }>(list, 'open', async ({ call }, { limit }) => {
    const found = await call('quarantine.list', { limit });
    const rows = found.files.map(({ fileId, verdict, path, findings }) => [
      fileId,
      verdict,
      path,
      findings.map(({ title }) => title).join(', '),
    ]);
    return { json: found, text: table([['id', 'verdict', 'path', 'found'], ...rows]) };
  });

  const release = group
    .command('release')
    .argument('<ids...>', 'numbers from the list', listedSome)
    .description('let files in as they are; cannot be undone')
    .requiredOption(reason, reasonHelp);
  define<{ reason: string }>(release, 'open', async (context, options, ids = []) => {
    const { jobId, released } = await context.call('quarantine.release', {
      fileIds: ids.map(Number),
      reason: options.reason,
    });
    const { counts } = await followJob(context, jobId);
    return { json: { released, counts, jobId }, text: `${released} released, ${counts?.added ?? 0} added` };
  });

  const leaveOut = group
    .command('leave-out')
    .argument('<ids...>', 'numbers from the list', listedSome)
    .description('take files off the list; they stay out')
    .requiredOption(reason, reasonHelp);
  define<{ reason: string }>(leaveOut, 'open', async ({ call }, options, ids = []) => {
    const answer = await call('quarantine.leaveOut', { fileIds: ids.map(Number), reason: options.reason });
    return { json: answer, text: `${answer.leftOut} left out` };
  });
}

/** `audit list|verify` */
export function addAudit(program: Command): void {
  const group = program.command('audit').description('the log of decisions that cannot be undone');

  define(
    group.command('verify').description('compute the chain of hashes again'),
    'open',
    async ({ call }) => {
      const state = await call('audit.verify', {});
      return state.is === 'whole'
        ? { json: state, text: `The chain holds: ${state.entries} entries.` }
        : {
            json: state,
            text: `The chain breaks at entry ${state.at}. Entries before it are intact.`,
            exitCode: 1,
          };
    },
  );

  const list = group
    .command('list')
    .description('entries, newest first')
    .option('--limit <n>', 'at most this many', wholeNumber(1), 50);
  define<{ limit: number }>(list, 'open', async ({ call }, { limit }) => {
    const found = await call('audit.list', { limit });
    const rows = found.entries.map(({ id, at, action, details }) => [
      id,
      at,
      action,
      JSON.stringify(details),
    ]);
    return { json: found, text: table([['entry', 'at', 'action', 'details'], ...rows]) };
  });
}
