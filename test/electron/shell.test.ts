import type { IpcMainEvent, IpcMainInvokeEvent, WebFrameMain } from 'electron';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { createFakeElectron } from './fake-electron.ts';

const page = { url: 'vitrine://app/index.html', parent: null } as WebFrameMain;

async function startShell(firstInstance = true) {
  const fake = createFakeElectron(firstInstance);
  vi.doMock('electron', () => fake.electron);
  await import('../../main/electron/main.ts');
  await vi.waitFor(() => expect(fake.windows.length === 1 || !firstInstance).toBe(true));
  return fake;
}

beforeEach(() => {
  vi.resetModules();
});

describe('what a window may', () => {
  test('its page is sandboxed, apart from the preload, and kept in memory only', async () => {
    const { windows } = await startShell();
    expect(windows[0]?.url).toBe('vitrine://app/index.html');
    expect(windows[0]?.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    });
    // Electron keeps a partition on disk only when its name begins so.
    expect(windows[0]?.options.webPreferences?.partition).not.toMatch(/^persist:/);
  });

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    '%s is prevented',
    async (name) => {
      const { windows } = await startShell();
      const event = { preventDefault: vi.fn() };
      windows[0]?.contents.emit(name, event);
      expect(event.preventDefault).toHaveBeenCalledOnce();
    },
  );

  test('no second window opens', async () => {
    const { windows } = await startShell();
    const handler = vi.mocked(windows[0]?.contents.setWindowOpenHandler)?.mock.calls[0]?.[0];
    expect(handler?.({} as never)).toEqual({ action: 'deny' });
  });

  test.each(['vitrine', 'default'])('the %s session grants nothing', async (name) => {
    const { sessions } = await startShell();
    const session = sessions[name];
    const decide = vi.fn();
    vi.mocked(session?.setPermissionRequestHandler)?.mock.calls[0]?.[0]?.(
      null as never,
      'media',
      decide,
      {} as never,
    );
    expect(decide).toHaveBeenCalledExactlyOnceWith(false);
    expect(
      vi.mocked(session?.setPermissionCheckHandler)?.mock.calls[0]?.[0]?.(null, 'media', '', {} as never),
    ).toBe(false);
    expect(vi.mocked(session?.setDevicePermissionHandler)?.mock.calls[0]?.[0]?.({} as never)).toBe(false);
    expect(session?.setSpellCheckerEnabled).toHaveBeenCalledExactlyOnceWith(false);
  });

  test.each([
    ['vitrine://app/index.html', false],
    ['blob:vitrine://app/1', false],
    ['https://example.org/', true],
    ['http://127.0.0.1:80/', true],
    ['ws://example.org/', true],
    ['file:///etc/passwd', true],
  ])('a request for %s is cancelled: %s', async (url, cancel) => {
    const { sessions } = await startShell();
    const calls = vi.mocked(
      sessions['vitrine']?.webRequest.onBeforeRequest as never as ReturnType<typeof vi.fn>,
    ).mock.calls;
    const decide = vi.fn();
    calls[0]?.[0]({ url }, decide);
    expect(decide).toHaveBeenCalledExactlyOnceWith({ cancel });
  });
});

test('Chromium is given no way out before it is ready', async () => {
  const { switches, privileged } = await startShell();
  expect(switches).toMatchObject({
    'host-resolver-rules': 'MAP * ~NOTFOUND',
    'proxy-server': 'http://127.0.0.1:9',
    'proxy-bypass-list': '<-loopback>',
  });
  expect(privileged.map(({ scheme, privileges }) => [scheme, privileges?.bypassCSP ?? false])).toEqual([
    ['vitrine', false],
  ]);
});

test('a second program gives way to the first', async () => {
  const { electron, cores, windows } = await startShell(false);
  expect(electron.app.quit).toHaveBeenCalledOnce();
  expect([cores.length, windows.length]).toEqual([0, 0]);
});

describe('the core', () => {
  const ask = (
    fake: Awaited<ReturnType<typeof startShell>>,
    senderFrame: WebFrameMain | null,
    sender = fake.contents(),
  ) => {
    fake.electron.ipcMain.emit('core-port', { sender, senderFrame } as IpcMainEvent);
    return sender;
  };

  test('and the page get the two ends of one channel', async () => {
    const fake = await startShell();
    const sender = ask(fake, page);
    const [toCore] = vi.mocked(fake.cores[0]?.postMessage)?.mock.calls ?? [];
    const [toPage] = vi.mocked(sender.postMessage).mock.calls;
    expect(toCore?.[0]).toEqual({ kind: 'connect' });
    expect(toPage?.slice(0, 2)).toEqual(['core-port', null]);
    expect(toCore?.[1]?.[0]).toBeDefined();
    expect(toPage?.[2]?.[0]).not.toBe(toCore?.[1]?.[0]);
  });

  test.each([
    ['a page from elsewhere', { url: 'https://example.org/', parent: null }],
    ['a page that only begins like ours', { url: 'vitrine://app.example/', parent: null }],
    ['a frame in our page', { url: 'vitrine://app/index.html', parent: page }],
    ['a frame that is gone', null],
  ])('is not given to %s', async (_what, frame) => {
    const fake = await startShell();
    const sender = ask(fake, frame as WebFrameMain | null);
    expect(sender.postMessage).not.toHaveBeenCalled();
    expect(
      await fake.handlers['choose-folder']?.({ senderFrame: frame } as IpcMainInvokeEvent, 'import'),
    ).toBe(null);
    expect(fake.electron.dialog.showOpenDialog).not.toHaveBeenCalled();
  });

  test('is started again when it ends, and its windows get a new channel', async () => {
    const fake = await startShell();
    const sender = ask(fake, page);
    const closed = ask(fake, page);
    closed.emit('destroyed');
    fake.cores[0]?.emit('exit', 1);
    expect(fake.cores).toHaveLength(2);
    expect(vi.mocked(sender.postMessage)).toHaveBeenCalledTimes(2);
    expect(vi.mocked(closed.postMessage)).toHaveBeenCalledTimes(1);
    expect(vi.mocked(fake.cores[1]?.postMessage)).toHaveBeenCalledTimes(1);
  });

  test('is given up when it ends again and again, in words', async () => {
    const fake = await startShell();
    for (let ending = 0; ending < 4; ending += 1) fake.cores.at(-1)?.emit('exit', 7);
    expect(fake.cores).toHaveLength(4);
    expect(fake.electron.dialog.showErrorBox).toHaveBeenCalledOnce();
    expect(fake.electron.app.quit).toHaveBeenCalledOnce();
  });

  test('is not started again when the program quits', async () => {
    const fake = await startShell();
    fake.electron.app.emit('will-quit');
    expect(fake.cores[0]?.kill).toHaveBeenCalledOnce();
    fake.cores[0]?.emit('exit', 0);
    expect(fake.cores).toHaveLength(1);
  });

  test('names the files of pictures; a question it did not answer is answered when it ends', async () => {
    const fake = await startShell();
    const handle = vi.mocked(fake.sessions['vitrine']?.protocol.handle)?.mock.calls[0]?.[1];
    const picture = handle?.(new Request('vitrine://app/media/thumb/ab/c.webp'));
    const [question] = vi.mocked(fake.cores[0]?.postMessage)?.mock.calls.at(-1) ?? [];
    expect(question).toMatchObject({ kind: 'media', path: 'thumb/ab/c.webp' });
    fake.cores[0]?.emit('exit', 1);
    expect((await picture)?.status).toBe(404);
  });
});

test('the folder dialog answers with the folder, for the purposes it knows', async () => {
  const { handlers } = await startShell();
  const choose = handlers['choose-folder'];
  expect(await choose?.({ senderFrame: page } as IpcMainInvokeEvent, 'import')).toBe('/chosen');
  expect(await choose?.({ senderFrame: page } as IpcMainInvokeEvent, 'toString')).toBe(null);
  expect(await choose?.({ senderFrame: page } as IpcMainInvokeEvent, { toString: () => 'import' })).toBe(
    null,
  );
});
