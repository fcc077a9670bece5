// Made by `npm run generate` from the folders beside it. The one place that names connectors, none before it is asked for.

/** Loads a connector by its name. */
export const connectors = {
  duckdb: () => import('./duckdb/index.ts'),
  files: () => import('./files/index.ts'),
  http: () => import('./http/index.ts'),
} as const

export type ConnectorName = keyof typeof connectors
