import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { readGiven, readText } from '../../../main/hosts/commands/given-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'vitrine-given-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** The code of what it throws. */
function codeOf(path: string, most?: number): string {
  try {
    readGiven(path, most);
    return 'read';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test('a file is read as it is', () => {
  expect(readText(file('a.csv', 'label\nMüller'))).toBe('label\nMüller');
});

test('what is not there is told from what cannot be read', () => {
  expect(codeOf(join(folder, 'none.csv'))).toBe('file.missing');
  expect(codeOf(join(file('b.csv', 'x'), 'inside.csv'))).toBe('file.missing');
  expect(codeOf(folder)).toBe('file.unreadable');
});

test('a larger one than allowed is refused', () => {
  const path = file('c.csv', '12345');
  expect(codeOf(path, 5)).toBe('read');
  expect(codeOf(path, 4)).toBe('request.too-large');
});

test.skipIf(process.platform === 'win32')('a pipe is read to its end, within the same limit', () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const fill = () => execFileSync('sh', ['-c', `(printf 12345 > '${pipe}') >/dev/null 2>&1 &`]);
  fill();
  expect(codeOf(pipe, 5)).toBe('read');
  fill();
  expect(codeOf(pipe, 4)).toBe('request.too-large');
});
