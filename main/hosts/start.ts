import './environment.ts';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from './serve.ts';

// `npm start`: the desktop program where Electron's binary and a display are present, else the same in a browser.

const root = join(import.meta.dirname, '../..');
const port = Number(process.env['VITRINE_PORT'] ?? 0);

const electron = electronBinary();
if (electron !== null && hasDisplay()) {
  console.log('Vitrine opens as a desktop program.');
  await runElectron(electron);
} else {
  const why = electron === null ? 'Electron’s binary is not installed' : 'there is no display';
  console.log(`Vitrine opens in a browser on this machine, as ${why}.`);
  const { url, closed } = await serve({ port, note: (line) => console.log(line) });
  console.log(`\n  ${url}\n\nOnly this machine can open it. Ctrl+C ends Vitrine.`);
  if (hasDisplay() && process.env['CI'] === undefined) openBrowser(url);
  await closed;
}

/** Where npm's package keeps it. Asking the package itself would make it download what is not there. */
function electronBinary(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules/electron/dist');
  const named = join(root, 'node_modules/electron/path.txt');
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron';
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

async function runElectron(binary: string): Promise<void> {
  const built = spawnSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit', shell: true });
  if (built.status !== 0) throw new Error('building the program failed');
  const child = spawn(binary, [root], { stdio: 'inherit' });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Best effort: the address is printed in any case. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url.replaceAll('&', '^&')]
        : ['xdg-open', url];
  const child = spawn(command as string, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
