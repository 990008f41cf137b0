import { join } from 'node:path';
import { defineConfig } from 'vite';

/** One CommonJS file: a sandboxed preload can neither import nor require anything but `electron`. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: join(import.meta.dirname, '../dist/preload'),
    emptyOutDir: true,
    target: 'chrome140',
    minify: false,
    lib: { entry: 'index.ts', formats: ['cjs'], fileName: () => 'index.cjs' },
    rolldownOptions: { external: ['electron'] },
  },
});
