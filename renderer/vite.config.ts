import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that the same build is served by the loopback door and by the shell's own scheme.
  base: './',
  plugins: [svelte()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'renderer'),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows neither inline scripts nor data URLs for styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // On a slow machine it would tell newcomers about plugins.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
