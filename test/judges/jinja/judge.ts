import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pythonWith } from '../../servers/install.ts'
import { type Case, context } from './cases/index.ts'

/** What a template comes to: its text, or an exception of Python's. */
export type Told =
  | { readonly text: string }
  | { readonly kind: string; readonly words: string; readonly line?: number }

/** Python's jinja2, at the version whose behaviour is ours. */
export function theirs(cases: readonly Case[]): readonly Told[] {
  const python = pythonWith(['jinja2==3.1.6', 'markupsafe==3.0.4'])
  const script = fileURLToPath(new URL('judge.py', import.meta.url))
  const lines = cases.map(each => JSON.stringify({ ...each, context }))
  const done = spawnSync(python, [script], {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, PYTHONHASHSEED: '0', PYTHONIOENCODING: 'utf-8' },
  })
  if (done.status !== 0) throw new TypeError(`${done.error?.message ?? ''}${done.stderr.slice(-2_000)}`)
  const told = done.stdout.trimEnd().split('\n')
  return told.map(line => JSON.parse(line) as Told)
}
