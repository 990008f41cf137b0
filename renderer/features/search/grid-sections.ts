import type { GridSection } from '../../ui/grid-layout.ts';
import type { Outcome } from './outcome.ts';

/** Parts of the grid: what lies above the line and what below, or all in one. @param total - of a list without a query. */
export function sectionsOf(outcome: Outcome, total: number): GridSection[] {
  if (outcome.is !== 'found') return [{ id: 'all', label: 'Items', count: total, scale: 1, headPx: 0 }];
  const { standOut, total: found, match } = outcome.answer;
  // The line is one of meaning: in another order it does not part the list.
  if (match !== 'meaning') return [{ id: 'all', label: 'Results', count: found, scale: 1, headPx: 0 }];
  const above = Math.min(standOut, found);
  return [
    { id: 'above', label: 'Above the line', count: above, scale: 1, headPx: 0 },
    {
      id: 'below',
      label: above > 0 ? 'Below the line' : 'Nearest anyway',
      count: found - above,
      scale: 0.8,
      headPx: found > above ? 40 : 0,
    },
  ];
}
