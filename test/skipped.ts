import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node'

/** Says at the end what was skipped, and why. In CI a test that was skipped is a test that failed. */
export function skippedReporter({ isFailure }: { readonly isFailure: boolean }): Reporter {
  let filtered = false
  return {
    onInit(vitest: Vitest) {
      filtered = vitest.config.testNamePattern !== undefined
    },
    onTestRunEnd(modules: readonly TestModule[]) {
      const skipped = modules.flatMap(({ children }) => [...children.allTests('skipped')])
      // A name given on the command line leaves out the others on purpose.
      if (skipped.length === 0 || filtered) return
      process.stdout.write(`\nskipped\n${skipped.map(line).join('')}`)
      if (isFailure) process.exitCode = 1
    },
  }
}

function line(test: TestCase): string {
  const result = test.result()
  const why = result.state === 'skipped' && result.note ? `: ${result.note}` : ''
  return `  ${test.module.relativeModuleId}  ${test.fullName}${why}\n`
}
