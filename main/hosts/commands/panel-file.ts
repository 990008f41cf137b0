import { basename, extname } from 'node:path';
import type { Panel } from '../../../preload/contract/panels.ts';
import type { CommandContext } from './context.ts';
import { readText } from './read-text.ts';

/** @throws ArchiveError `file.unreadable`, `panel.unreadable`. */
export async function readPanel(call: CommandContext['call'], path: string): Promise<Panel> {
  const name = basename(path, extname(path)).slice(0, 120);
  return (await call('panel.import', { text: readText(path), name })).panel;
}
