import type { Panel, PanelChange, PanelLabel } from '../../../preload/contract/panels.ts';

type Field = { readonly what: string; readonly of: (label: PanelLabel) => readonly string[] };

const lists: readonly Field[] = [
  { what: 'synonym', of: ({ synonyms }) => synonyms },
  { what: 'negative', of: ({ negatives }) => negatives },
  { what: 'code', of: ({ codes }) => codes },
];

/** What changed from one panel to another, label by label in the order of the first, then what is new. */
export function panelChanges(from: Panel, to: Panel): PanelChange[] {
  const changes: PanelChange[] = [];
  const changed = (what: string, before: string, after: string, label: string | null = null) => {
    if (before !== after) changes.push({ is: 'changed', what, label, from: before, to: after });
  };
  changed('name', from.name, to.name);
  changed('mode', from.mode, to.mode);
  changed('topTiles', String(from.topTiles), String(to.topTiles));
  changes.push(...listChanges('template', null, from.templates, to.templates));
  const after = new Map(to.labels.map((label) => [label.name, label]));
  for (const label of from.labels) {
    const { name, parent, none } = label;
    const next = after.get(name);
    if (!next) {
      changes.push({ is: 'removed', what: 'label', label: name, from: name, to: null });
      continue;
    }
    changed('parent', parent ?? '', next.parent ?? '', name);
    changed('none', String(none), String(next.none), name);
    for (const { what, of } of lists) changes.push(...listChanges(what, name, of(label), of(next)));
  }
  const before = new Set(from.labels.map(({ name }) => name));
  for (const { name } of to.labels)
    if (!before.has(name)) changes.push({ is: 'added', what: 'label', label: name, from: null, to: name });
  return changes;
}

function listChanges(
  what: string,
  label: string | null,
  from: readonly string[],
  to: readonly string[],
): PanelChange[] {
  return [
    ...from
      .filter((one) => !to.includes(one))
      .map((one) => ({ is: 'removed', what, label, from: one, to: null }) as const),
    ...to
      .filter((one) => !from.includes(one))
      .map((one) => ({ is: 'added', what, label, from: null, to: one }) as const),
  ];
}
