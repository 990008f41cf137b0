import { tick } from 'svelte';
import BookA from '@lucide/svelte/icons/book-a';
import BookmarkPlus from '@lucide/svelte/icons/bookmark-plus';
import Check from '@lucide/svelte/icons/check';
import ImagePlus from '@lucide/svelte/icons/image-plus';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import SearchIcon from '@lucide/svelte/icons/search';
import Tag from '@lucide/svelte/icons/tag';
import Undo from '@lucide/svelte/icons/undo-2';
import X from '@lucide/svelte/icons/x';
import { findMore } from '../features/search/find-more.ts';
import { MOST_EXAMPLES, type Mark } from '../features/search/examples.svelte.ts';
import type { Command } from '../features/shell/commands.ts';
import type { AppState } from './state.svelte.ts';

/** What only mounted components can do. */
export interface Handles {
  readonly focusQuery: () => void;
  readonly choosePicture: () => void;
  readonly startTagging: () => void;
}

const LINE_STEP = 0.2;
const TILE_STEP_PX = 16;

/** Commands of the search screen: the query, the line, and what acts on the grid's items. */
export function searchCommands(app: AppState, handles: () => Handles | undefined): Command[] {
  const { router, search, preferences } = app;
  const look = () => preferences.look;
  const onSearch = (run: () => void) => () => {
    if (router.route.section !== 'search') router.go('search');
    app.viewer.close();
    // The screen has to be there before it can take the focus; a timer would lose the next key.
    void tick().then(run);
  };
  return [
    {
      id: 'query',
      group: 'Search',
      text: 'Edit the query',
      key: '/',
      icon: SearchIcon,
      run: onSearch(() => handles()?.focusQuery()),
    },
    {
      id: 'query.picture',
      group: 'Search',
      text: 'Search with an image…',
      icon: ImagePlus,
      run: onSearch(() => handles()?.choosePicture()),
    },
    {
      id: 'query.save',
      group: 'Search',
      text: 'Save this search…',
      key: 'Ctrl+S',
      icon: BookmarkPlus,
      whileTyping: true,
      run: () => {
        if (router.route.section === 'search') app.nameSearch();
      },
    },
    {
      id: 'query.clear',
      group: 'Search',
      text: 'Clear the query',
      icon: X,
      run: onSearch(() => void search.clear()),
    },
    {
      id: 'query.abbreviations',
      group: 'Search',
      text: 'Edit abbreviations…',
      icon: BookA,
      run: onSearch(() => search.dictionary.open()),
    },
    {
      id: 'line.down',
      group: 'Search',
      text: 'Lower the line',
      key: '[',
      run: () => search.setLine(search.line.at - LINE_STEP),
    },
    {
      id: 'line.up',
      group: 'Search',
      text: 'Raise the line',
      key: ']',
      run: () => search.setLine(search.line.at + LINE_STEP),
    },
    {
      id: 'tag',
      group: 'Grid',
      text: 'Tag the selection',
      key: 't',
      icon: Tag,
      run: () => handles()?.startTagging(),
    },
    {
      id: 'label',
      group: 'Grid',
      text: 'Label the selection',
      key: 'l',
      icon: ListChecks,
      run: () => labelSelection(app),
    },
    {
      id: 'examples.wanted',
      group: 'Grid',
      text: 'Mark as wanted',
      key: 'y',
      icon: Check,
      run: () => void markExamples(app, 'wanted'),
    },
    {
      id: 'examples.unwanted',
      group: 'Grid',
      text: 'Mark as not wanted',
      key: 'n',
      icon: X,
      run: () => void markExamples(app, 'unwanted'),
    },
    {
      id: 'examples.undo',
      group: 'Grid',
      text: 'Take the last mark back',
      key: 'u',
      icon: Undo,
      run: () => search.examples.undo(),
    },
    {
      id: 'examples.more',
      group: 'Grid',
      text: 'Find more like the marked and selected',
      key: 'm',
      icon: ScanSearch,
      run: () => void findMoreLikeMarked(app),
    },
    { id: 'similar', group: 'Grid', text: 'Find similar', key: 's', run: () => findSimilar(app) },
    {
      id: 'tiles.smaller',
      group: 'Grid',
      text: 'Smaller thumbnails',
      key: '-',
      run: () => preferences.set({ tilePx: look().tilePx - TILE_STEP_PX }),
    },
    {
      id: 'tiles.larger',
      group: 'Grid',
      text: 'Larger thumbnails',
      key: '=',
      run: () => preferences.set({ tilePx: look().tilePx + TILE_STEP_PX }),
    },
  ];
}

export function labelSelection(app: AppState): void {
  if (app.search.selection.count(app.search.total) > 0) app.labels.scope = 'selection';
  app.router.go('labels', 'panel');
}

function findSimilar(app: AppState): void {
  const row = app.viewer.item ?? app.search.list.at(app.search.selection.active);
  if (app.router.route.section !== 'search' || !row) return;
  app.viewer.close();
  void app.search.similarTo(row);
}

/** The open item, else the selected ones, else the one that keys act on. */
async function markExamples(app: AppState, mark: Mark): Promise<void> {
  const { search, toasts } = app;
  if (app.router.route.section !== 'search' || app.slide.item) return;
  const open = app.viewer.item ?? app.dicom.item;
  await toasts.attempt(async () => {
    const row = search.list.at(search.selection.active);
    const isSelected = search.selection.count(search.total) > 0;
    const itemIds = open ? [open.itemId] : isSelected ? await search.selectedIds() : row ? [row.itemId] : [];
    if (itemIds.length > MOST_EXAMPLES) toasts.problem(tooMany);
    else search.examples.mark(itemIds, mark);
  });
}

const tooMany = `No more than ${MOST_EXAMPLES} items can be examples. Select fewer.`;

/** Selected items become wanted ones; a single one without any mark is searched for as it is. */
export async function findMoreLikeMarked(app: AppState): Promise<void> {
  const { search, toasts } = app;
  // On a slide the same key shows its tissue.
  if (app.router.route.section !== 'search' || app.slide.item || search.examples.learning) return;
  await toasts.attempt(async () => {
    const { examples } = search;
    const selected = search.selection.count(search.total) > 0 ? await search.selectedIds() : [];
    const isUnmarked = examples.wanted.length + examples.unwanted.length === 0;
    const [only] = selected;
    if (isUnmarked && only !== undefined && selected.length === 1)
      return search.similarTo(await app.itemOf(only));
    const added = selected.filter((itemId) => examples.of(itemId) === null);
    if (examples.wanted.length + added.length > MOST_EXAMPLES) return toasts.problem(tooMany);
    examples.mark(added, 'wanted');
    if (examples.wanted.length === 0)
      return toasts.problem('Mark at least one item as wanted first, with Y.');
    app.closeViewers();
    const { answer, putBack } = await findMore(search);
    const how = answer.method === 'separator' ? 'a separator' : 'a difference of means';
    toasts.done(`Learned ${how} from ${answer.name}`, {
      text: 'Undo',
      run: () => void toasts.attempt(putBack),
    });
  });
}
