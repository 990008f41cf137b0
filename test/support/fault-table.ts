/** Writes README's fault table from the catalogue; part of `npm run format`. The boundaries test compares them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { faultCatalogue } from '../../preload/contract/faults.ts';
import { root } from './tool.ts';

const file = join(root, 'README.md');
const readme = readFileSync(file, 'utf8');
const rows = Object.entries(faultCatalogue).map(([code, sentence]) => `| \`${code}\` | ${sentence} |`);
const table = ['| code | what it says |', '|---|---|', ...rows].join('\n');
const written = readme.replace(
  /(<!-- faults -->\n)[\s\S]*?(\n<!-- \/faults -->)/,
  (_all, before: string, after: string) => `${before}${table}${after}`,
);
if (written !== readme) writeFileSync(file, written);
