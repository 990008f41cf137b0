import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

const scripts = {
  eslint: 'eslint/bin/eslint.js',
  prettier: 'prettier/bin/prettier.cjs',
  'svelte-check': 'svelte-check/bin/svelte-check',
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
} as const;

export type Tool = keyof typeof scripts;

const commandOf = (tool: Tool, args: readonly string[]) => [
  join(root, 'node_modules', scripts[tool]),
  ...args,
];

/** Runs an installed tool under the Node that runs this, its output among ours. */
export function runTool(tool: Tool, args: readonly string[]): SpawnSyncReturns<Buffer> {
  return spawnSync(process.execPath, commandOf(tool, args), {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** The same beside other work: resolves with the exit code and all that was written. */
export function startTool(tool: Tool, args: readonly string[]): Promise<{ status: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, commandOf(tool, args), {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status: status ?? 1, output }));
  });
}
