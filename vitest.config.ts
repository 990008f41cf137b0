import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/temporary.ts'],
    // Native libraries and worker threads of our own: one process per file keeps them apart.
    pool: 'forks',
    maxWorkers: 2,
    // Generous, for slow and busy machines: what takes too long is measured by benches, not by these limits.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000, interval: 50 } },
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
