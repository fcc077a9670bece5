import { readFileSync } from 'node:fs'

/** Version of this package: `src/cli` and `dist/cli` both lie two folders below its package.json. */
export function versionOf(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}
