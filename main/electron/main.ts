import { join } from 'node:path';
import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, type WebFrameMain } from 'electron';

import { APP_ORIGIN, createAppScheme } from './app-scheme.ts';
import { startCoreProcess } from './core-process.ts';
import { lockDownContents, lockDownNetwork, lockDownSession } from './lockdown.ts';

/** This file is built to `dist/electron`; the preload and the renderer lie beside that. */
const built = join(import.meta.dirname, '..');

const dialogTitles = {
  import: 'Choose a folder to import',
  model: 'Choose the folder of a model',
  archive: 'Choose a place for the archive',
  vocabulary: 'Choose the folder of a vocabulary',
} as const;

lockDownNetwork();
lockDownContents();
protocol.registerSchemesAsPrivileged([
  { scheme: 'vitrine', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);

if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(run);
} else {
  app.quit();
}

function run(): void {
  const core = startCoreProcess((exitCode) => {
    dialog.showErrorBox('Vitrine cannot go on', `Its core ended again and again (exit code ${exitCode}).`);
    app.quit();
  });
  // Not persistent: nothing of a session stays on disk.
  const ours = session.fromPartition('vitrine');
  lockDownSession(ours);
  lockDownSession(session.defaultSession);
  ours.protocol.handle('vitrine', createAppScheme(join(built, 'renderer'), core.mediaFile));

  ipcMain.on('core-port', ({ sender, senderFrame }) => {
    if (isOurs(senderFrame)) core.connect(sender);
  });
  ipcMain.handle('choose-folder', async ({ senderFrame }, purpose: unknown) => {
    if (!isOurs(senderFrame) || !isPurpose(purpose)) return null;
    const createOrOpen = purpose === 'archive' ? (['createDirectory'] as const) : [];
    const properties = ['openDirectory' as const, ...createOrOpen];
    const { filePaths } = await dialog.showOpenDialog({ title: dialogTitles[purpose], properties });
    return filePaths[0] ?? null;
  });

  // Only what the platform's keyboard needs: copy and paste, zoom, full screen, quit.
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
        ],
      },
      { role: 'windowMenu' },
    ]),
  );

  openWindow();
  app.on('activate', () => BrowserWindow.getAllWindows().length === 0 && openWindow());
  app.on('second-instance', () => BrowserWindow.getAllWindows()[0]?.focus());
  app.on('window-all-closed', () => process.platform !== 'darwin' && app.quit());
  app.on('will-quit', () => core.stop());
}

function openWindow(): void {
  const window = new BrowserWindow({
    title: 'Vitrine',
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    show: false,
    webPreferences: {
      preload: join(built, 'preload/index.cjs'),
      partition: 'vitrine',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${APP_ORIGIN}/index.html`);
}

/** Only the page itself may ask: not a frame in it, nor a page that came from elsewhere. */
function isOurs(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && frame.url.startsWith(`${APP_ORIGIN}/`);
}

function isPurpose(purpose: unknown): purpose is keyof typeof dialogTitles {
  return typeof purpose === 'string' && Object.hasOwn(dialogTitles, purpose);
}
