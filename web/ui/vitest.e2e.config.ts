import { defineConfig } from 'vitest/config'

// The stories in a real browser, against the real server. Two files run at a time: each starts a server and a browser of its own.
export default defineConfig({
  test: {
    environment: 'node',
    include: ['e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
})
