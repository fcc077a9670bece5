import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // One process, no isolation: fast, and proof that modules hold no state.
    isolate: false,
    testTimeout: 60_000,
  },
})
