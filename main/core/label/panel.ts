import { createHash } from 'node:crypto';
import { ArchiveError } from '../../../preload/contract/faults.ts';
import type { Panel, PanelLabel } from '../../../preload/contract/panels.ts';

/** Labels that compete: all but the parents of others. */
export function leavesOf({ labels }: Pick<Panel, 'labels'>): PanelLabel[] {
  const parents = new Set(labels.map(({ parent }) => parent));
  return labels.filter(({ name }) => !parents.has(name));
}

/**
 * What the types cannot say of a panel.
 *
 * @throws ArchiveError `panel.invalid` for two labels of one name, a parent that is not there or is its own ancestor,
 *   fewer than two labels that compete.
 */
export function checkPanel(panel: Panel): void {
  const refuse = (why: string, label = ''): never => {
    throw new ArchiveError('panel.invalid', { why, label });
  };
  const names = new Set<string>();
  for (const { name } of panel.labels) {
    if (names.has(name.toLowerCase())) refuse('two labels have one name', name);
    names.add(name.toLowerCase());
  }
  const parentOf = new Map(panel.labels.map(({ name, parent }) => [name, parent]));
  for (const { name } of panel.labels) {
    const seen = new Set([name]);
    for (let above = parentOf.get(name); above !== null && above !== undefined; above = parentOf.get(above)) {
      if (!parentOf.has(above)) refuse('its parent is no label of this panel', name);
      if (seen.has(above)) refuse('it is a part of itself', name);
      seen.add(above);
    }
  }
  if (leavesOf(panel).length < 2) refuse('fewer than two labels compete');
}

/** Equal for panels of the same content, whatever their name: what a version is known by. */
export function contentHash({ mode, labels, templates, topTiles }: Panel): string {
  return hashOf({ mode, labels, templates, topTiles });
}

/** Equal for panels that score alike: what calibrations and kept vectors belong to. Codes and the name do not count. */
export function wordingHash({ mode, labels, templates, topTiles }: Panel): string {
  return hashOf({
    mode,
    labels: labels.map(({ name, synonyms, negatives, parent, none }) => ({
      name,
      synonyms,
      negatives,
      parent,
      none,
    })),
    templates,
    topTiles,
  });
}

/** The keys of a parsed panel stand in the contract's order, so its JSON is canonical. */
const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Parents with what their children add up to, in the panel's order. */
export function groupsOf(
  panel: Panel,
  probabilityOf: ReadonlyMap<string, number>,
): { label: string; probability: number }[] {
  const children = new Map<string, string[]>();
  for (const { name, parent } of panel.labels)
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), name]);
  const sum = (label: string): number => {
    const parts = (children.get(label) ?? []).map((child) => probabilityOf.get(child) ?? sum(child));
    return panel.mode === 'exclusive'
      ? Math.min(
          1,
          parts.reduce((a, b) => a + b, 0),
        )
      : Math.max(...parts);
  };
  return panel.labels
    .filter(({ name }) => children.has(name))
    .map(({ name }) => ({ label: name, probability: sum(name) }));
}
