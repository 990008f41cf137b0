import { spawn } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Places } from './places.ts';

const root = join(import.meta.dirname, '../..');

/**
 * In a checkout the renderer is built when it is missing or older than its sources, which takes seconds; a packed
 * program brings it along.
 *
 * @throws Error when the build fails.
 */
export async function ensureRenderer({ renderer }: Places, note: (line: string) => void): Promise<void> {
  const page = join(renderer, 'index.html');
  const sources = join(root, 'renderer/vite.config.ts');
  if (!existsSync(sources)) return;
  if (existsSync(page) && statSync(page).mtimeMs > newestSource()) return;
  note('Building the window …');
  await build();
}

function newestSource(): number {
  const files = globSync(['renderer/**/*.{ts,svelte,css,html,svg}', 'preload/contract/*.ts'], { cwd: root });
  return Math.max(...files.map((file) => statSync(join(root, file)).mtimeMs));
}

function build(): Promise<void> {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`building the window failed with exit code ${code}`)),
    );
  });
}
