import { openArchive } from '../../../../main/core/store/archive.ts';
import { reviewStore } from '../../../../main/core/store/reviews.ts';

// Run as a process of its own: decides item after item and says so after each, until it is killed.

const [, , folder = ''] = process.argv;
const archive = openArchive(folder, { create: false, now: new Date().toISOString() });
const reviews = reviewStore(archive.db);
for (let n = 0; ; n += 1) {
  const id = reviews.add({
    itemId: 1,
    panel: 'P',
    version: null,
    runId: null,
    verdict: 'confirm',
    labels: '["a"]',
    shown: '{}',
    reader: 'me',
    tookMs: n,
    at: new Date().toISOString(),
    undoneAt: null,
  });
  process.stdout.write(`${id}\n`);
}
