/** The nearest folder at or above `start` that is a project: it has `sluice.config.ts` (or `.js`) or a folder `assets`. */
export declare function findRoot(start: string): string | undefined
