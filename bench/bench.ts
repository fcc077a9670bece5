/** One benchmark: a file `bench/<name>.bench.ts` that exports `bench`. `npm run bench [name]` runs it. */
export type Bench = {
  readonly name: string
  /** What must hold, in words: `at most 1.5 × the same SQL through DuckDB alone`. */
  readonly gate: string
  /** Measure. What it compares is measured in this one call, so that ratios mean something on any machine. */
  run(): Promise<readonly Figure[]>
}

export type Figure = {
  /** What was measured, in a few words: `10,000 steps, wide`. */
  readonly what: string
  readonly figure: number
  /** `ms`, `s`, `MB`, `ms a step` … */
  readonly unit: string
  /** This figure divided by the one it is measured against, in the same run. */
  readonly ratio?: number
  /** What it is measured against, with its own figure: `DuckDB alone, 2.10 s`. */
  readonly against?: string
  /** What must hold. undefined: the figure is only told. */
  readonly gate?: Gate
}

export type Gate = {
  readonly of: 'figure' | 'ratio'
  readonly atMost?: number
  readonly atLeast?: number
}
