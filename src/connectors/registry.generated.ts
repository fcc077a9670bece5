// Made by `npm run generate` from the folders beside it: the one place that names connectors.

/** Loads a connector by its name. */
export const connectors = {
  duckdb: () => import('./duckdb/index.ts'),
  files: () => import('./files/index.ts'),
  http: () => import('./http/index.ts'),
  lake: () => import('./lake/index.ts'),
} as const
