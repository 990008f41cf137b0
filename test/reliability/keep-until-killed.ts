import { setTimeout as sleep } from 'node:timers/promises';
import type { ItemId } from '../../preload/contract/ids.ts';
import { openTestCore } from '../support/core.ts';

// Run as a process of its own: the whole program does one kind of thing again and again, says so after each answer, and
// is killed.

const [, , folder = '', archive = '', what = ''] = process.argv;
const at = openTestCore({ folder });
await at.call('archive.open', { path: archive });
const { itemIds } = await at.call('items.ids', {});
const chips = [{ type: 'text' as const, text: 'dermoscopy' }];
const say = (line: string) => process.stdout.write(`${line}\n`);

if (what === 'saved')
  for (let count = 0; ; count += 1) {
    const name = `search ${count}`;
    const kept = await at.call('saved.save', { name, rules: { chips } });
    say(JSON.stringify({ name, ...kept.result }));
  }
if (what === 'judged') {
  const { judgingId, items } = await at.call('judging.start', { chips, count: 30 });
  for (let count = 0; ; count += 1) {
    const { itemId } = (items[count % items.length] as (typeof items)[number]).item;
    const verdict = count % 3 === 0 ? 'no' : 'yes';
    await at.call('judging.judge', { judgingId, itemId, verdict, reader: 'me' });
    say(JSON.stringify({ judgingId, itemId, verdict }));
  }
}
if (what === 'tagged')
  for (let count = 0; ; count += 1) {
    const tag = `tag ${count}`;
    await at.call('tags.apply', { itemIds: itemIds as ItemId[], tag });
    say(tag);
  }
if (what === 'reports') {
  await at.call('report.embed', {});
  for (;;) {
    const { jobs } = await at.call('job.list', {});
    const done = jobs.find(({ kind }) => kind === 'report-embed')?.stages[0]?.done ?? 0;
    if (done > 0) say(String(done));
    await sleep(1);
  }
}
