import { app, type Session } from 'electron';

/** Schemes a page of ours may load: its own, and what it made itself. */
const ownSchemes = ['vitrine:', 'blob:', 'data:'];

/**
 * Chromium, without a way out: no name resolves, every request that would leave goes to a port where nobody
 * listens, and what the browser does of its own accord is off. Call it before the program is ready.
 */
export function lockDownNetwork(): void {
  const switches: Readonly<Record<string, string>> = {
    'host-resolver-rules': 'MAP * ~NOTFOUND',
    'proxy-server': 'http://127.0.0.1:9',
    'proxy-bypass-list': '<-loopback>',
    'force-webrtc-ip-handling-policy': 'disable_non_proxied_udp',
    'disable-background-networking': '',
    'disable-breakpad': '',
    'disable-component-update': '',
    'disable-domain-reliability': '',
    'disable-quic': '',
    'disable-sync': '',
    'dns-prefetch-disable': '',
    'no-pings': '',
  };
  for (const [name, value] of Object.entries(switches)) app.commandLine.appendSwitch(name, value);
}

/** A session grants nothing, loads nothing from elsewhere and fetches no dictionaries. */
export function lockDownSession(session: Session): void {
  session.setSpellCheckerEnabled(false);
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    decide({ cancel: !ownSchemes.includes(new URL(url).protocol) });
  });
}

/** Whatever page there is stays where it is: no second window, no other address, no page inside a page. */
export function lockDownContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}
