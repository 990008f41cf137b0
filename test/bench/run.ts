/**
 * `npm run bench -- NAME [flags] [--json]`: runs `test/bench/NAME.ts`, which exports
 * `run(args): Promise<Record<string, unknown>>`. Figures for people go to stderr; the last line on stdout is one
 * JSON object with the figures, their ratios, and what they were measured on. `--json` leaves stderr quiet.
 */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Bench {
  readonly run: (args: readonly string[]) => Promise<Record<string, unknown>>;
}

// ONNX Runtime reads it once, when it is first loaded.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const [name = '', ...rest] = process.argv.slice(2);
const quiet = rest.includes('--json');
const args = rest.filter((argument) => argument !== '--json');
const file = join(import.meta.dirname, `${basename(name)}.ts`);

if (!/^[a-z][a-z0-9-]*$/.test(name) || !existsSync(file) || !(await isBench(file))) {
  const files = readdirSync(import.meta.dirname).filter((one) => one.endsWith('.ts'));
  const there: string[] = [];
  for (const one of files)
    if (await isBench(join(import.meta.dirname, one))) there.push(basename(one, '.ts'));
  console.error(`Usage: npm run bench -- NAME [flags] [--json]\nNAME is one of: ${there.join(', ')}`);
  process.exit(2);
}

const { run } = (await import(pathToFileURL(file).href)) as Bench;
const begun = performance.now();
const figures = await run(args);
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  threads: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.version,
};
const result = {
  bench: name,
  ...figures,
  seconds: Math.round((performance.now() - begun) / 100) / 10,
  machine,
};
if (!quiet) console.error(readable(result, ''));
console.log(JSON.stringify(result));

/** Without importing it: some files here are parts of a bench, or this one. */
async function isBench(path: string): Promise<boolean> {
  return /^export (async )?function run\(/m.test(await readFile(path, 'utf8'));
}

function readable(value: unknown, indent: string): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(4);
  if (typeof value !== 'object' || value === null) return String(value);
  const lines = Object.entries(value).map(([key, one]) => {
    const text = readable(one, `${indent}  `);
    return text.includes('\n') || (typeof one === 'object' && one !== null)
      ? `${indent}${key}\n${text}`
      : `${indent}${key.padEnd(24 - indent.length)} ${text}`;
  });
  return lines.join('\n');
}
