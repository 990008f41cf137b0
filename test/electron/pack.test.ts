import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { root } from '../support/tool.ts';

interface Entry {
  readonly size?: number;
  /** Decimal, from the end of the header. */
  readonly offset?: string;
  readonly unpacked?: boolean;
  readonly files?: Readonly<Record<string, Entry>>;
}

const scratch = mkdtempSync(join(tmpdir(), 'vitrine-pack-'));
const packed = join(scratch, 'release/linux-unpacked');
const resources = join(packed, 'resources');
/** Names of Electron's fuses in the order of its wire, and how they have to stand: 0 off, 1 on. */
const fuses = [
  ['RunAsNode', '0'],
  ['EnableCookieEncryption', '1'],
  ['EnableNodeOptionsEnvironmentVariable', '0'],
  ['EnableNodeCliInspectArguments', '0'],
  ['EnableEmbeddedAsarIntegrityValidation', '1'],
  ['OnlyLoadAppFromAsar', '1'],
  ['LoadBrowserProcessSpecificV8Snapshot', '0'],
  ['GrantFileProtocolExtraPrivileges', '0'],
] as const;
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** What electron-builder takes for Electron: its binary has nothing but the wire of fuses, all the other way round. */
function standInElectron(): string {
  const folder = join(scratch, 'electron');
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  const wire = fuses.map(([, wanted]) => (wanted === '1' ? '0' : '1')).join('');
  writeFileSync(join(folder, 'electron'), `${SENTINEL}\u0001${String.fromCharCode(fuses.length)}${wire}`);
  chmodSync(join(folder, 'electron'), 0o755);
  const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };
  writeFileSync(join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), '');
  return folder;
}

/** Header of an asar archive, and where its files begin. */
function headerOf(asar: Buffer): { files: Readonly<Record<string, Entry>>; begin: number } {
  const header = JSON.parse(asar.toString('utf8', 16, 16 + asar.readUInt32LE(12))) as Required<Entry>;
  return { files: header.files, begin: 8 + asar.readUInt32LE(4) };
}

function* walk(files: Readonly<Record<string, Entry>>, folder = ''): Generator<[path: string, entry: Entry]> {
  for (const [name, entry] of Object.entries(files)) {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (entry.files) yield* walk(entry.files, path);
    else yield [path, entry];
  }
}

/** The packed program, as electron-builder.yml makes it, on a stand-in for Electron's binary. */
describe.skipIf(process.platform !== 'linux')('the packed program', () => {
  let entries: Map<string, Entry>;
  let asar: Buffer;
  let begin: number;

  beforeAll(() => {
    const builder = join(root, 'node_modules/electron-builder/cli.js');
    const settings = [
      `-c.electronDist=${standInElectron()}`,
      `-c.directories.output=${join(scratch, 'release')}`,
    ];
    const args = [builder, '--linux', '--dir', ...settings];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`electron-builder failed: ${stdout.slice(-2000)}${stderr.slice(-2000)}`);
    asar = readFileSync(join(resources, 'app.asar'));
    const header = headerOf(asar);
    begin = header.begin;
    entries = new Map(walk(header.files));
  }, 180_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('has its fuses as they must stand', () => {
    const binary = readFileSync(join(packed, 'vitrine'), 'latin1');
    const wire = binary.slice(binary.indexOf(SENTINEL) + SENTINEL.length + 2);
    expect(fuses.map(([name], at) => [name, wire[at]])).toEqual(fuses);
  });

  test('holds what was built and what it runs on, and nothing of the sources, tests or tools', () => {
    const tops = new Set([...entries.keys()].map((path) => path.split('/')[0]));
    expect([...tops].sort()).toEqual(['dist', 'node_modules', 'package.json']);
    for (const path of [
      'dist/electron/main.js',
      'dist/core/utility.js',
      'dist/preload/index.cjs',
      'dist/renderer/index.html',
    ])
      expect(entries.has(path), path).toBe(true);
    const tools = /^node_modules\/(electron|node|vite|vitest|typescript|svelte|eslint|playwright-core)\//;
    expect([...entries.keys()].filter((path) => tools.test(path))).toEqual([]);
  });

  test('has native code outside of the archive, for this system only', () => {
    const native = [...entries].filter(([path]) => /\.(node|so|dylib|dll)$|\.so\.\d/.test(path));
    expect(native.filter(([, { unpacked }]) => !unpacked).map(([path]) => path)).toEqual([]);
    const other = native.filter(([path]) => /darwin|win32|arm64/.test(path) !== (process.arch === 'arm64'));
    if (process.arch === 'x64') expect(other.map(([path]) => path)).toEqual([]);
    for (const library of [
      'better_sqlite3|better-sqlite3',
      'vec0',
      'onnxruntime_binding',
      'libonnxruntime',
      'libvips',
      'usearch',
    ])
      expect(
        native.some(([path]) => new RegExp(library).test(path)),
        library,
      ).toBe(true);
  });

  // Electron's own reading inside the archive cannot be had here: the archive becomes a folder of the same name, with
  // the native files where Electron would look for them.
  test(
    'runs: an archive is made of its demo pictures and searched with its model',
    { timeout: 120_000 },
    () => {
      const folder = join(resources, 'app.asar');
      renameSync(folder, join(scratch, 'app.asar.file'));
      for (const [path, { offset, size = 0, unpacked }] of entries) {
        if (unpacked) continue;
        const at = begin + Number(offset);
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), asar.subarray(at, at + size));
      }
      cpSync(join(resources, 'app.asar.unpacked'), folder, { recursive: true });
      const env = { ...process.env, VITRINE_DATA: join(scratch, 'data') };
      const vitrine = (...args: string[]) => {
        const cli = join(folder, 'dist/core/cli.js');
        const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args, '--json'], {
          env,
          encoding: 'utf8',
        });
        expect(status, stdout + stderr).toBe(0);
        return JSON.parse(stdout) as Record<string, unknown>;
      };
      const archive = join(scratch, 'Packed.vitrine');
      expect(vitrine('demo', '--archive', archive)).toMatchObject({ counts: { added: 36, failed: 0 } });
      const { hits } = vitrine('search', 'fundus of the eye', '--archive', archive, '--limit', '1');
      expect(hits).toMatchObject([{ path: expect.stringContaining('fundus') as string }]);
      expect(existsSync(join(resources, 'demo/captions.csv'))).toBe(true);
    },
  );
});
