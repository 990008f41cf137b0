import { tick } from 'svelte';
import BookA from '@lucide/svelte/icons/book-a';
import BookmarkPlus from '@lucide/svelte/icons/bookmark-plus';
import ImagePlus from '@lucide/svelte/icons/image-plus';
import ListChecks from '@lucide/svelte/icons/list-checks';
import SearchIcon from '@lucide/svelte/icons/search';
import Tag from '@lucide/svelte/icons/tag';
import X from '@lucide/svelte/icons/x';
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
