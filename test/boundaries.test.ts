import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

import { faultCatalogue } from '../preload/contract/faults.ts';
import { homes, mayImport } from './support/import-table.ts';

const root = join(import.meta.dirname, '..');
/** What belongs to the repository: known to git, or new and not ignored. */
const files = listFiles()
  .filter((path) => path !== '' && existsSync(join(root, path)))
  .sort();
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const isSource = (path: string) => /\.(ts|svelte)$/.test(path);
const sources = files.filter((path) => isSource(path) && /^(main|preload|renderer|models)\//.test(path));

function listFiles(): string[] {
  const { status, stdout } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status === 0) return stdout.split('\0');
  // An unpacked archive of the sources, without git.
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !/^(node_modules|dist|release|\.git)\//.test(path));
}

/** What a file imports, static and dynamic: paths from the root of the repository, or names of packages. */
function importsOf(path: string): string[] {
  const code = read(path).replace(/\/\*[\s\S]*?\*\//g, '');
  const statements = code.matchAll(
    /^\s*(?:import\s+(?:[\w*{][^'"`;=()]*?\bfrom\s+)?|export\s+(?:type\s+)?[{*][^'"`;=()]*?\bfrom\s+)['"]([^'"]+)['"]/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  const workers = code.matchAll(/new URL\(\s*['"](\.[^'"]+\.ts)['"],\s*import\.meta\.url/g);
  return [...statements, ...calls, ...workers].map(([, target = '']) =>
    target.startsWith('.') ? normalize(join(dirname(path), target)).replaceAll('\\', '/') : target,
  );
}

/** A name allows its own paths (`zod` allows `zod/v4`), a folder what is in it, a scope its packages. */
const allows = (prefix: string, target: string) =>
  /[/:]$/.test(prefix) ? target.startsWith(prefix) : target === prefix || target.startsWith(`${prefix}/`);

test.each(sources)('%s imports only what its folder may', (path) => {
  const allowed = mayImport.find(([folder]) => path.startsWith(folder))?.[1];
  expect(allowed, 'its folder is in the table').toBeDefined();
  const feature = /^renderer\/features\/[\w-]+\//.exec(path)?.[0];
  const mine = [...(allowed ?? []), ...(feature ? [feature] : [])];
  expect(importsOf(path).filter((target) => !mine.some((prefix) => allows(prefix, target)))).toEqual([]);
});

test.each(Object.entries(homes))('%s is at home in %j and nowhere else', (library, folders) => {
  const users = sources.filter((path) => importsOf(path).some((target) => allows(library, target)));
  expect(users.filter((path) => !folders.some((folder) => path.startsWith(folder)))).toEqual([]);
});

test('every dependency has a user, and every import a dependency', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  const imported = new Set(
    sources
      .filter((path) => path.startsWith('main/') && !path.endsWith('.config.ts'))
      .flatMap(importsOf)
      .filter((target) => !target.includes('.ts') && !target.startsWith('node:') && target !== 'electron')
      .map((target) => (/^(@[^/]+\/)?[^/]+/.exec(target) ?? [target])[0]),
  );
  expect([...imported].filter((name) => !(name in dependencies))).toEqual([]);
});

test('versions are exact', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
});

test('files are short: 250 lines, or a reason in the first comment', () => {
  const long = files
    .filter((path) => isSource(path) || /^renderer\/.*\.css$/.test(path))
    .filter((path) => read(path).trimEnd().split('\n').length > 250)
    .filter((path) => !/Long because/.test(read(path).slice(0, 1500)));
  expect(long, 'split it, or say "Long because …" in its first comment').toEqual([]);
});

test('the core speaks through its log', () => {
  const speaking = sources.filter(
    (path) => /^(main\/core|main\/electron|renderer|preload)\//.test(path) && /\bconsole\./.test(read(path)),
  );
  expect(speaking).toEqual([]);
});

test('no default exports, no enums, no `any`', () => {
  const rules = [
    /^export default (?!defineConfig)/m,
    /^\s*(export )?(const )?enum /m,
    /[:<,|] ?any\b(?! ?[a-z])/m,
  ];
  const own = files.filter((path) => isSource(path) && path.startsWith('main/'));
  const code = (path: string) => read(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  expect(own.filter((path) => rules.some((rule) => rule.test(code(path))))).toEqual([]);
});

test('SQL is spoken in the store only', () => {
  const speaking = sources.filter(
    (path) =>
      path.startsWith('main/') && !path.startsWith('main/core/store/') && /\.prepare[<(]/.test(read(path)),
  );
  expect(speaking).toEqual([]);
});

test('every folder of the house says what lives in it, in at most 40 lines', () => {
  const folders = new Set(
    [
      'main/hosts',
      'main/electron',
      'main/core',
      'preload',
      'preload/contract',
      'renderer',
      'models',
      'test',
    ].concat(files.flatMap((path) => /^main\/core\/[\w-]+(?=\/)/.exec(path)?.[0] ?? [])),
  );
  const wrong = [...folders].filter((folder) => {
    const readme = `${folder}/README.md`;
    return !files.includes(readme) || read(readme).trimEnd().split('\n').length > 40;
  });
  expect(wrong).toEqual([]);
});

test("README's command table has every command", () => {
  const commands = files
    .filter((path) => path.startsWith('main/hosts/commands/'))
    .flatMap((path) => [...read(path).matchAll(/\bprogram\s*\.command\('([a-z-]+)/g)])
    .map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(10);
  const [, table = ''] = /## Command line([\s\S]*?)\n## /.exec(read('README.md')) ?? [];
  expect(commands.filter((name) => !table.includes(`\`${name}`))).toEqual([]);
});

test("README's fault table is the catalogue", () => {
  const [, table = ''] = read('README.md').split('<!-- faults -->');
  const rows = [...table.matchAll(/^\| `([a-z-]+(?:\.[a-z-]+)?)` \| (.+?) \|$/gm)];
  expect(
    Object.fromEntries(rows.map(([, code, sentence]) => [code, sentence])),
    'run `npm run format`, which writes it',
  ).toEqual(faultCatalogue);
});

test('nothing is tied to the place where it was written', () => {
  // Spelled so that this file does not find itself.
  const places = [
    /\/(?:home|Users|workspace|w[o]rk)\/[\w-]+/,
    /\bwt-[a-z]+\b/,
    /\b(?:A[n]thropic|C[l]aude|Chat[G]PT)\b/i,
  ];
  const text = files.filter(
    (path) =>
      !/\.(png|jpe?g|webp|tiff?|dcm|onnx|npy|bin|gz|zip|svs|pt|safetensors)$/.test(path) &&
      path !== 'package-lock.json',
  );
  expect(text.filter((path) => places.some((place) => place.test(read(path))))).toEqual([]);
  const registries = [
    ...read('package-lock.json').matchAll(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)([^"]+)/g),
  ];
  expect(registries.map(([, address]) => address)).toEqual([]);
});
