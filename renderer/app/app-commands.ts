import Box from '@lucide/svelte/icons/box';
import Cpu from '@lucide/svelte/icons/cpu';
import Download from '@lucide/svelte/icons/download';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import HistoryIcon from '@lucide/svelte/icons/history';
import Keyboard from '@lucide/svelte/icons/keyboard';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Redo from '@lucide/svelte/icons/redo-2';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Undo from '@lucide/svelte/icons/undo-2';
import { paneKeys, type Command } from '../features/shell/commands.ts';
import { railSections } from '../features/shell/sections.ts';
import { stepPane } from './pane-steps.ts';
import { searchCommands, type Handles } from './search-commands.ts';
import type { AppState } from './state.svelte.ts';

/** Every command of the window. Keys that panes handle themselves are listed so that the key map is whole. */
export function appCommands(app: AppState, handles: () => Handles | undefined): Command[] {
  const { router, search, preferences } = app;
  const look = () => preferences.look;
  const togglePause = () => {
    const [job] = app.jobs.active;
    if (router.route.section !== 'import' || !job) return;
    void app.toasts.attempt(() =>
      job.state === 'running' ? app.jobs.pause(job.jobId) : app.jobs.resume(job.jobId),
    );
  };
  const back = () => {
    if (app.search.patience.wait !== 'none') search.patience.stop();
    else search.selection.clear();
  };
  return [
    {
      id: 'palette',
      group: 'Everywhere',
      text: 'Commands',
      key: 'Ctrl+K',
      whileTyping: true,
      run: () => (app.overlay = 'palette'),
    },
    {
      id: 'keys',
      group: 'Everywhere',
      text: 'Keyboard map',
      key: '?',
      icon: Keyboard,
      run: () => (app.overlay = 'keys'),
    },
    ...railSections.map(({ id, title, key, icon }): Command => ({
      id: `go.${id}`,
      group: 'Everywhere',
      text: `Go to ${title}`,
      key,
      icon,
      whileTyping: true,
      run: () => router.go(id),
    })),
    {
      id: 'go.history',
      group: 'Everywhere',
      text: 'History of queries',
      icon: HistoryIcon,
      run: () => router.go('saved', 'history'),
    },
    {
      id: 'go.models',
      group: 'Everywhere',
      text: 'Models',
      icon: Box,
      run: () => router.go('settings', 'models'),
    },
    {
      id: 'go.device',
      group: 'Everywhere',
      text: 'Device and speed',
      icon: Cpu,
      run: () => router.go('settings', 'device'),
    },
    {
      id: 'import',
      group: 'Everywhere',
      text: 'Import a folder…',
      key: 'Ctrl+I',
      icon: Download,
      whileTyping: true,
      run: () => void app.chooseImport(),
    },
    {
      id: 'archive.open',
      group: 'Everywhere',
      text: 'Open an archive…',
      icon: FolderOpen,
      run: () => void app.chooseArchive(),
    },
    {
      id: 'model.import',
      group: 'Everywhere',
      text: 'Import a checkpoint…',
      icon: Box,
      run: () => void app.chooseModel(),
    },
    {
      id: 'theme',
      group: 'Everywhere',
      text: 'Light or dark theme',
      icon: SunMoon,
      run: () => preferences.set({ theme: preferences.shownTheme === 'dark' ? 'light' : 'dark' }),
    },
    {
      id: 'density',
      group: 'Everywhere',
      text: 'Comfortable or compact',
      run: () => preferences.set({ density: look().density === 'compact' ? 'comfortable' : 'compact' }),
    },
    {
      id: 'undo',
      group: 'Everywhere',
      text: app.history.last ? `Undo: ${app.history.last}` : 'Undo',
      key: 'Ctrl+Z',
      icon: Undo,
      run: () => void app.undo(),
    },
    {
      id: 'redo',
      group: 'Everywhere',
      text: app.history.next ? `Redo: ${app.history.next}` : 'Redo',
      key: 'Ctrl+Y',
      icon: Redo,
      run: () => void app.redo(),
    },
    {
      id: 'pane.next',
      group: 'Everywhere',
      text: 'Next pane',
      key: 'F6',
      whileTyping: true,
      run: () => stepPane(1),
    },
    {
      id: 'pane.previous',
      group: 'Everywhere',
      text: 'Previous pane',
      key: 'Shift+F6',
      whileTyping: true,
      run: () => stepPane(-1),
    },
    {
      id: 'filters',
      group: 'Everywhere',
      text: 'Show or hide filters',
      key: 'F3',
      icon: PanelLeft,
      whileTyping: true,
      run: () => preferences.set({ filters: !look().filters }),
    },
    {
      id: 'inspector',
      group: 'Everywhere',
      text: 'Show or hide the inspector',
      key: 'F4',
      icon: PanelRight,
      whileTyping: true,
      run: () => preferences.set({ inspector: !look().inspector }),
    },
    {
      id: 'job.pause',
      group: 'Everywhere',
      text: 'Pause or resume the job (Import)',
      key: 'p',
      run: togglePause,
    },
    { id: 'back', group: 'Everywhere', text: 'Back one level', key: 'Escape', run: back },
    ...searchCommands(app, handles),
    ...paneKeys,
  ];
}
