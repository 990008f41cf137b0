import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLog } from '../../../../main/core/log.ts';
import { userSettings } from '../../../../main/core/session/user-settings.ts';
import { removeFolder } from '../../../support/core.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-settings-'));
afterAll(() => removeFolder(folder));
const fails = (thrown: unknown) => {
  throw thrown;
};

test('choices are there at the next start; the archive opened last comes first, each once', () => {
  const file = join(folder, 'a/settings.json');
  const settings = userSettings(file, fails);
  settings.set({ device: 'cpu' });
  for (const path of ['/one', '/two', '/one']) settings.opened(path);
  expect(userSettings(file, fails).get()).toMatchObject({ device: 'cpu', recentArchives: ['/one', '/two'] });
  expect(readdirSync(join(folder, 'a'))).toEqual(['settings.json']);
});

test.each(['', '{', '{"device": 7}'])('a file of %j is as none', (content) => {
  const file = join(folder, 'broken.json');
  writeFileSync(file, content);
  expect(userSettings(file, fails).get()).toEqual({
    recentArchives: [],
    device: null,
    openSlide: null,
    plans: {},
  });
});

test('a choice that cannot be written down counts all the same', () => {
  writeFileSync(join(folder, 'file'), '');
  const told: unknown[] = [];
  const settings = userSettings(join(folder, 'file/settings.json'), (thrown) => told.push(thrown));
  settings.set({ device: 'cpu' });
  expect(settings.get().device).toBe('cpu');
  expect(told).toHaveLength(1);
});

test('the log drops names and the words of errors, and keeps codes, counts and places in the program', () => {
  const file = join(folder, 'logs/vitrine.log');
  const log = createLog(file);
  log.info('import', { path: '/patients/Doe^Jane.dcm', added: 3 });
  log.error('job', new Error('cannot open /patients/Doe^Jane.dcm', { cause: new TypeError('Doe^Jane') }));
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('Doe');
  expect(text).toContain('"added":3');
  expect(text).toContain('settings.test.ts');
  expect(text).toContain('TypeError');
});

test('a log that cannot be written does not keep the program from starting', () => {
  writeFileSync(join(folder, 'taken'), '');
  expect(() => createLog(join(folder, 'taken/vitrine.log'))).not.toThrow();
});
