import Bookmark from '@lucide/svelte/icons/bookmark';
import ChartNoAxesColumn from '@lucide/svelte/icons/chart-no-axes-column';
import Download from '@lucide/svelte/icons/download';
import ListChecks from '@lucide/svelte/icons/list-checks';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import Shield from '@lucide/svelte/icons/shield';

/** The rail from top to bottom; `title` where the palette has more room than the rail. */
const rail = [
  { id: 'search', text: 'Search', icon: Search, isBelow: false },
  { id: 'saved', text: 'Saved', title: 'Saved searches', icon: Bookmark, isBelow: false },
  { id: 'labels', text: 'Labels', icon: ListChecks, isBelow: false },
  { id: 'evaluation', text: 'Evaluation', icon: ChartNoAxesColumn, isBelow: false },
  { id: 'import', text: 'Import', icon: Download, isBelow: true },
  { id: 'quarantine', text: 'Quarantine', icon: Shield, isBelow: true },
  { id: 'settings', text: 'Settings', icon: Settings, isBelow: true },
] as const;

/** Alt and a number go to a section: its place on the rail, so that nobody has to learn it. */
export const railSections = rail.map((section, place) => ({
  title: section.text,
  ...section,
  key: `Alt+${place + 1}`,
}));
export type RailSection = (typeof railSections)[number];
