import { defineConfig } from 'vitest/config'

// The stories in a real browser, against the real server. They run one after the other: each starts a server of its own.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
})
