import type { Parsed, Problem } from '../../dbt/index.ts'
import { type Failure, Failures, failure } from '../../errors/index.ts'
import type { Voices } from './voices.ts'

/** A project that can be worked with: what is wrong with it is thrown, all at once; what is odd is told. */
export function judge(parsed: Parsed, voices: Voices): Parsed {
  const wrong = parsed.problems.filter(({ severity }) => severity === 'error')
  if (wrong.length > 0) throw new Failures(wrong.map(failureOf))
  for (const words of [...voices.odd, ...parsed.problems.map(placed)]) voices.warn(words)
  return parsed
}

function failureOf(problem: Problem): Failure {
  const { words, path: file, line, column = 1 } = problem
  const isPlaced = file !== undefined && line !== undefined
  const [title = '', ...notes] = (isPlaced ? words : placed(problem)).split('\n')
  const at = isPlaced ? { at: { file, line, column, length: 1 } } : {}
  return failure('SLUICE_DBT_PROBLEM', { title, notes: notes.join('\n').trim() }, at)
}

/** `words (models/orders.sql:3)` */
function placed({ words, path, line }: Problem): string {
  if (path === undefined || words.includes(path)) return words
  return `${words} (${path}${line === undefined ? '' : `:${line}`})`
}
