import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const root = join(import.meta.dirname, '..');
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};

/** Doors and the shell by their path; every worker is an entry of its own, found by the end of its name. */
const entries: Record<string, string> = {
  'electron/main': join(import.meta.dirname, 'electron/main.ts'),
  'core/utility': join(import.meta.dirname, 'hosts/utility.ts'),
  'core/cli': join(import.meta.dirname, 'hosts/cli.ts'),
};
for (const worker of globSync('{core,hosts}/**/*-worker.ts', { cwd: import.meta.dirname })) {
  const name = `core/${basename(worker, '.ts')}`;
  if (name in entries) throw new Error(`two workers are called ${name}`);
  entries[name] = join(import.meta.dirname, worker);
}

/**
 * Unbuilt, a worker is started as `new URL('./x-worker.ts', import.meta.url)`. All built code of the core lies in
 * one flat folder, shared chunks included, so there the same worker is `./x-worker.js` wherever the line ended up.
 */
const workerUrls: Plugin = {
  name: 'vitrine-worker-urls',
  enforce: 'pre',
  transform: (code) =>
    code.replaceAll(
      /new URL\(\s*'[./]+(?:[\w-]+\/)*([\w-]+-worker)\.ts',\s*import\.meta\.url,?\s*\)/g,
      "new URL('./$1.js', import.meta.url)",
    ),
};

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [workerUrls],
  build: {
    ssr: true,
    outDir: join(root, 'dist'),
    // The renderer and the preload are built into the same folder.
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: entries,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'core/[name]-[hash].js' },
      // Libraries stay in node_modules: several bring native code, and all are loaded as they were tested.
      external: [
        /^node:/,
        'electron',
        ...Object.keys(dependencies).flatMap((name) => [name, new RegExp(`^${name}/`)]),
      ],
    },
  },
});
