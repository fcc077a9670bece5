/** Limits of a project, each with its unit in the name; `sluice.config.ts` may lower or raise them. */
export type Limits = {
  /** Steps that run at once. */
  readonly stepsMax: number
  /** One attempt of one step. */
  readonly stepTimeoutMs: number
  /** What DuckDB may hold before it spills. */
  readonly memoryBytesMax: number
  /** Between a cancel and the end of the process. */
  readonly graceMs: number
}

export const defaultLimits: Limits = {
  stepsMax: 4,
  stepTimeoutMs: 6 * 60 * 60 * 1000,
  memoryBytesMax: 4 * 1024 ** 3,
  graceMs: 10_000,
}
