import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { demoPictures, removeFolder } from '../support/core.ts';
import { runCli, spawnCli } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-kill-'));
afterAll(() => removeFolder(folder));

const KILLS = 5;

/** Pictures that take an import a few seconds, each with content of its own. */
function manyPictures(count: number): string {
  const source = join(folder, 'originals');
  mkdirSync(source);
  for (let index = 0; index < count; index += 1) {
    const name = index % 2 === 0 ? 'dermoscopy-01.jpg' : 'histology-glands-01.jpg';
    const path = join(source, `${index}.jpg`);
    writeFileSync(path, readFileSync(join(demoPictures, name)));
    appendFileSync(path, `copy ${index}`); // After the picture's end: another content, the same pixels.
  }
  return source;
}

async function contents(archive: string): Promise<string[]> {
  const { stdout } = await runCli(folder, 'items', '--archive', archive, '--limit', '100000', '--json');
  const { items } = JSON.parse(stdout) as { items: { sha256: string; path: string }[] };
  return items.map(({ sha256, path }) => `${sha256} ${path}`).sort();
}

test(
  `an import that is killed ${KILLS} times ends in the same archive as an undisturbed one`,
  { timeout: 180_000 },
  async () => {
    const source = manyPictures(160);
    const calm = join(folder, 'Calm.vitrine');
    const hit = join(folder, 'Hit.vitrine');
    expect(await runCli(folder, 'import', source, '--archive', calm)).toMatchObject({ code: 0 });

    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const child = spawnCli(folder, ['import', source, '--archive', hit]);
      const closed = once(child, 'close');
      // From "hardly started" to "well under way"; the spread is the same in every run of this test.
      await sleep(500 + 350 * round);
      if (child.exitCode === null) killed += 1;
      child.kill('SIGKILL');
      await closed;
    }
    expect(killed).toBeGreaterThan(0);

    expect(await runCli(folder, 'import', source, '--archive', hit)).toMatchObject({ code: 0 });
    const verified = await runCli(folder, 'verify', '--archive', hit, '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({
      clean: true,
      checked: { items: 160, embeddings: 160 },
    });
    expect(await contents(hit)).toEqual(await contents(calm));
  },
);
