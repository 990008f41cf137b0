/**
 * `npm run check`: format, lint, types, Svelte, and the import table, side by side; the output of those that fail.
 * Exit code 0 only when all hold.
 */
import { availableParallelism } from 'node:os';

import { startTool, type Tool } from './tool.ts';

/** The slowest first, so that the short ones fill the gaps. */
const checks: readonly (readonly [name: string, tool: Tool, args: readonly string[]])[] = [
  ['types', 'tsc', ['-b']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['svelte', 'svelte-check', ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings']],
  ['boundaries', 'vitest', ['run', 'test/boundaries.test.ts', '--reporter=dot']],
];

const begun = performance.now();
const waiting = [...checks];
const failed: string[] = [];

async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, tool, args] = next;
    const before = performance.now();
    const { status, output } = await startTool(tool, args);
    console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds(before)}`);
    if (status === 0) continue;
    failed.push(name);
    console.log(output.trimEnd());
  }
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

await Promise.all(Array.from({ length: Math.min(3, Math.max(2, availableParallelism())) }, work));
const verdict = failed.length === 0 ? 'All checks hold' : `Failed: ${failed.join(', ')}`;
console.log(`${verdict} (${seconds(begun)}).`);
process.exit(failed.length === 0 ? 0 : 1);
