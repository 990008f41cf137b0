/** Writes `scan-module.ts` from `scan.wat`; part of `npm run format`. A test compares the two. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import { root } from './tool.ts';

const folder = join(root, 'main/core/vectors/kernel');
export const scanModuleFile = join(folder, 'scan-module.ts');

/** What the file has to say. */
export async function scanModuleText(): Promise<string> {
  const { parseWat } = await wabt();
  const source = readFileSync(join(folder, 'scan.wat'), 'utf8');
  const parsed = parseWat('scan.wat', source, { threads: true, simd: true, relaxed_simd: true });
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,100}/g) ?? [];
  return `// Written from scan.wat by \`npm run format\`; do not edit.
const BASE64 =
  ${lines.map((line) => `'${line}'`).join(' +\n  ')};

/** The bytes of the WebAssembly module. */
export const scanModule = (): Uint8Array => Buffer.from(BASE64, 'base64');
`;
}

if (import.meta.main) writeFileSync(scanModuleFile, await scanModuleText());
