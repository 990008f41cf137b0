import type { Component } from 'svelte';

/** In the order of the key map. */
export const commandGroups = [
  'Everywhere',
  'Search',
  'Grid',
  'Viewer',
  'DICOM',
  'Slide',
  'Review',
  'Quarantine',
] as const;
type CommandGroup = (typeof commandGroups)[number];

/** Something the window can do, by name and perhaps by key. One list feeds the palette, the keys and the key map. */
export interface Command {
  readonly id: string;
  readonly group: CommandGroup;
  readonly text: string;
  /** As `keyName` tells it, such as `Ctrl+K`, `/`, `F3`. */
  readonly key?: string;
  readonly icon?: Component<{ class?: string }>;
  /** Also while someone types; only for keys with Ctrl, Alt or of the F row. */
  readonly whileTyping?: boolean;
  /** Absent for keys that a pane handles itself and that stand here only to be found. */
  readonly run?: () => void;
}

/** Keys that panes handle themselves. */
export const paneKeys: readonly Command[] = [
  { id: 'query.run', group: 'Search', text: 'Run', key: 'Enter' },
  { id: 'query.paste', group: 'Search', text: 'Paste an image', key: 'Ctrl+V' },
  { id: 'query.weight', group: 'Search', text: 'Weight of a part', key: 'Alt+↑ Alt+↓' },
  { id: 'query.minus', group: 'Search', text: 'Turn a part into a must-not', key: '−' },
  { id: 'query.remove', group: 'Search', text: 'Remove a part', key: 'Del' },
  { id: 'grid.move', group: 'Grid', text: 'Move', key: '← ↑ → ↓' },
  { id: 'grid.ends', group: 'Grid', text: 'First, last, by page', key: 'Home End PgUp PgDn' },
  { id: 'grid.open', group: 'Grid', text: 'Open', key: 'Enter' },
  { id: 'grid.toggle', group: 'Grid', text: 'Select or not', key: 'Space' },
  { id: 'grid.range', group: 'Grid', text: 'Select a range, one more', key: 'Shift Ctrl' },
  { id: 'grid.all', group: 'Grid', text: 'Select everything in the result', key: 'Ctrl+A' },
  { id: 'viewer.step', group: 'Viewer', text: 'Previous, next item', key: '← →' },
  { id: 'viewer.frame', group: 'Viewer', text: 'Previous, next frame', key: '↑ ↓' },
  { id: 'viewer.zoom', group: 'Viewer', text: 'Zoom, fit', key: '+ − 0' },
  { id: 'viewer.similar', group: 'Viewer', text: 'Search this image', key: 'S' },
  { id: 'viewer.back', group: 'Viewer', text: 'Back to the same place', key: 'Esc' },
  { id: 'dicom.window', group: 'DICOM', text: 'Window of a CT', key: '1 2 3 4 5' },
  { id: 'dicom.frame', group: 'DICOM', text: 'Previous, next slice or frame', key: '↑ ↓' },
  { id: 'dicom.ends', group: 'DICOM', text: 'First, last slice', key: 'Home End' },
  { id: 'dicom.series', group: 'DICOM', text: 'Previous, next series', key: 'PgUp PgDn' },
  { id: 'dicom.invert', group: 'DICOM', text: 'Invert; play as a film', key: 'I C' },
  { id: 'slide.step', group: 'Slide', text: 'Previous, next item', key: 'PgUp PgDn' },
  { id: 'slide.pan', group: 'Slide', text: 'Move over the slide', key: '← ↑ → ↓' },
  { id: 'slide.heat', group: 'Slide', text: 'Words that light up; heat on or off', key: '/ H' },
  { id: 'slide.places', group: 'Slide', text: 'Next, previous place', key: 'N P' },
  { id: 'slide.layers', group: 'Slide', text: 'Tissue, grid', key: 'M G' },
  { id: 'slide.region', group: 'Slide', text: 'Draw a region, search it', key: 'R S' },
  { id: 'slide.staining', group: 'Slide', text: 'How much staining matters to the words', key: 'J' },
  { id: 'slide.power', group: 'Slide', text: 'Objective 1.25× to 80×', key: '1 2 3 4 5 6 7' },
  { id: 'slide.turn', group: 'Slide', text: 'Turn left, right', key: '< >' },
  { id: 'slide.pair', group: 'Slide', text: 'A second slide beside it; swap', key: 'C X' },
  { id: 'slide.link', group: 'Slide', text: 'Synchronise two slides or let go', key: 'Ctrl+Alt+S' },
  { id: 'review.correct', group: 'Review', text: 'It is that label', key: '1–9' },
  { id: 'review.answer', group: 'Review', text: 'Accept, reject, not sure', key: 'A X U' },
  { id: 'review.skip', group: 'Review', text: 'Skip; take the last answer back', key: '→ Ctrl+Z' },
  { id: 'judging', group: 'Review', text: 'Judging hits: yes, no, skip, undo', key: 'Y N S U' },
  { id: 'quarantine.choice', group: 'Quarantine', text: 'Leave out, release', key: '1 2' },
  { id: 'quarantine.step', group: 'Quarantine', text: 'Previous, next file', key: '↑ ↓' },
];

const names: Readonly<Record<string, string>> = { Escape: 'Esc', '-': '−' };

/** A key as it stands on a keyboard, and in buttons: `T`, `Ctrl K`, `Esc`. */
export const printed = (key: string): string =>
  names[key] ?? (key.length === 1 ? key.toUpperCase() : key.replaceAll('+', ' '));

/** Commands that fit typed letters, in order: as the start of a word first, then letters in order anywhere. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [...commands];
  return commands
    .map((command) => ({ command, rank: rankOf(command.text.toLowerCase(), wanted) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ command }) => command);
}

function rankOf(text: string, wanted: string): number | null {
  const at = text.indexOf(wanted);
  if (at === 0) return 0;
  if (at > 0) return text[at - 1] === ' ' ? 1 : 2;
  let from = 0;
  for (const letter of wanted) {
    const found = text.indexOf(letter, from);
    if (found < 0) return null;
    from = found + 1;
  }
  return 3;
}
