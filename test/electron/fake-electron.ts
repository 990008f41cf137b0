import { EventEmitter } from 'node:events';
import type * as ElectronModule from 'electron';
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  CommandLine,
  IpcMain,
  Menu,
  MessageChannelMain,
  MessagePortMain,
  Protocol,
  Session,
  UtilityProcess,
  WebContents,
  WebRequest,
} from 'electron';
import { vi } from 'vitest';

type Electron = typeof ElectronModule;
type Used =
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'protocol'
  | 'session'
  | 'utilityProcess';

/** A part of Electron with only the members that the shell uses, each held to the type of the real one. */
function part<T extends object>(members: Partial<T>): T {
  return Object.assign(new EventEmitter(), members) as unknown as T;
}

/** A stand-in for Electron, and what the shell did with it. */
export function createFakeElectron(firstInstance = true) {
  const switches: Record<string, string> = {};
  const sessions: Record<string, Session> = {};
  const windows: { options: BrowserWindowConstructorOptions; url: string; contents: WebContents }[] = [];
  const cores: UtilityProcess[] = [];
  const handlers: Record<string, Parameters<IpcMain['handle']>[1]> = {};
  const privileged: Parameters<Protocol['registerSchemesAsPrivileged']>[0] = [];

  const createSession = (): Session =>
    part<Session>({
      setSpellCheckerEnabled: vi.fn<Session['setSpellCheckerEnabled']>(),
      setPermissionRequestHandler: vi.fn<Session['setPermissionRequestHandler']>(),
      setPermissionCheckHandler: vi.fn<Session['setPermissionCheckHandler']>(),
      setDevicePermissionHandler: vi.fn<Session['setDevicePermissionHandler']>(),
      webRequest: part<WebRequest>({ onBeforeRequest: vi.fn() }),
      protocol: part<Protocol>({ handle: vi.fn<Protocol['handle']>() }),
    });
  const contents = (): WebContents =>
    part<WebContents>({
      postMessage: vi.fn<WebContents['postMessage']>(),
      setWindowOpenHandler: vi.fn<WebContents['setWindowOpenHandler']>(),
      setWebRTCIPHandlingPolicy: vi.fn<WebContents['setWebRTCIPHandlingPolicy']>(),
    });

  const app = part<App>({
    requestSingleInstanceLock: () => firstInstance,
    whenReady: () => Promise.resolve(),
    quit: vi.fn<App['quit']>(),
    commandLine: part<CommandLine>({ appendSwitch: (name, value = '') => void (switches[name] = value) }),
  });

  class FakeWindow extends EventEmitter {
    static getAllWindows = () => windows;
    readonly show = vi.fn<BrowserWindow['show']>();
    readonly #record;
    constructor(options: BrowserWindowConstructorOptions) {
      super();
      this.#record = { options, url: '', contents: contents() };
      windows.push(this.#record);
      app.emit('web-contents-created', {}, this.#record.contents);
    }
    loadURL(url: string): Promise<void> {
      this.#record.url = url;
      return Promise.resolve();
    }
  }

  class FakeChannel {
    readonly port1 = part<MessagePortMain>({});
    readonly port2 = part<MessagePortMain>({});
  }

  const electron = {
    app,
    BrowserWindow: FakeWindow as unknown as Electron['BrowserWindow'],
    dialog: part<Electron['dialog']>({
      showErrorBox: vi.fn<Electron['dialog']['showErrorBox']>(),
      showOpenDialog: vi.fn(() => Promise.resolve({ canceled: false, filePaths: ['/chosen'] })),
    }),
    ipcMain: part<IpcMain>({ handle: (channel, listener) => void (handlers[channel] = listener) }),
    Menu: part<Electron['Menu']>({
      setApplicationMenu: vi.fn<Electron['Menu']['setApplicationMenu']>(),
      buildFromTemplate: vi.fn(() => part<Menu>({})),
    }),
    MessageChannelMain: FakeChannel as unknown as new () => MessageChannelMain,
    protocol: part<Protocol>({ registerSchemesAsPrivileged: (schemes) => void privileged.push(...schemes) }),
    session: part<Electron['session']>({
      fromPartition: (partition) => (sessions[partition] ??= createSession()),
      defaultSession: (sessions['default'] = createSession()),
    }),
    utilityProcess: part<Electron['utilityProcess']>({
      fork: () => {
        const core = part<UtilityProcess>({
          postMessage: vi.fn<UtilityProcess['postMessage']>(),
          kill: vi.fn<UtilityProcess['kill']>(() => true),
        });
        cores.push(core);
        return core;
      },
    }),
  } satisfies Pick<Electron, Used>;

  return { electron, switches, sessions, windows, cores, handlers, privileged, contents };
}
