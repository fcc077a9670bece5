/** One thing that a connector promises, as a test that any runner can run. */
export type Case = {
  readonly name: string
  readonly run: () => Promise<void>
}
