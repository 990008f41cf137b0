import { basename, extname } from 'node:path';
import type { Panel } from '../../../preload/contract/panels.ts';
import type { CommandContext } from './context.ts';
import { readText } from './given-file.ts';

/** @throws ArchiveError `panel.unreadable`; as `readText`. */
export async function readPanel(call: CommandContext['call'], path: string): Promise<Panel> {
  const name = basename(path, extname(path)).slice(0, 120);
  return (await call('panel.import', { text: readText(path), name })).panel;
}
