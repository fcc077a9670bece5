import { defineConfig } from 'vitest/config'
import { skippedReporter } from './test/skipped.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'examples/*/tests/**'],
    // No isolation: fast, and proof that modules hold no state. Processes, not threads: a native engine, signals and
    // process.chdir behave in tests as they do for people.
    pool: 'forks',
    isolate: false,
    // All tests on two cores: 65 s, against 90 s with the number that vitest chooses, for the same CPU time.
    maxWorkers: 2,
    testTimeout: 60_000,
    reporters: ['default', skippedReporter({ isFailure: process.env.CI !== undefined })],
  },
})
