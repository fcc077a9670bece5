import { join, relative } from 'node:path'
import type { DbtReport, NodeFacts, NodeResult } from '../../door/index.ts'
import { marked } from './marks.ts'
import { count, duration } from './numbers.ts'
import type { Palette } from './palette.ts'
import { pad, visible } from './table.ts'

export type EndedNode = { readonly node: NodeFacts; readonly result: NodeResult }

const markOf: { readonly [status in NodeResult['status']]: Parameters<typeof marked>[0] } = {
  success: 'success',
  pass: 'success',
  warn: 'warn',
  error: 'failed',
  fail: 'failed',
  'runtime error': 'failed',
  'partial success': 'warn',
  skipped: 'skipped',
  'no-op': 'unchanged',
}

/** `snapshot` is the longest kind that is common. */
const kindWidth = 'snapshot'.length
const timeWidth = '0.00s'.length

/**
 * `✓ 0.02s  model     main.customers  table`. Names of tests may be long: they stand last, so that all else
 * is in line.
 */
export function endLine({ node, result }: EndedNode, palette: Palette): string {
  const mark = marked(markOf[result.status], palette)
  const name = visible(node.relation ?? node.name)
  const time = palette.dim(pad(duration(result.execution_time * 1000), timeWidth, 'right'))
  const what = whatOf(node, result)
  const more = what === '' ? '' : `  ${palette.dim(what)}`
  return `  ${mark} ${time}  ${pad(kindOf(node), kindWidth)}  ${name}${more}`
}

function kindOf({ resource_type: type }: NodeFacts): string {
  if (type === 'operation') return 'hook'
  return type === 'unit_test' ? 'unit' : type.replaceAll('_', ' ')
}

function whatOf({ materialized, resource_type: type }: NodeFacts, result: NodeResult): string {
  if (result.status === 'skipped') return 'skipped'
  if (result.status === 'error' || result.status === 'runtime error') return 'error'
  if (result.status === 'fail' || result.status === 'warn') {
    const rows = result.failures ?? 0
    return type === 'unit_test' ? 'differs' : `${count(rows)} ${rows === 1 ? 'result' : 'results'}`
  }
  if (result.status === 'partial success') return (result.message ?? '').toLowerCase()
  if (result.status === 'no-op') return 'nothing to do'
  const rows = result.adapter_response.rows_affected
  if (type === 'seed' && /^INSERT \d+$/.test(result.message ?? ''))
    return `${count((result.message ?? '').slice('INSERT '.length))} rows`
  if (type === 'model') return materialized ?? ''
  return typeof rows === 'number' && rows >= 0 && type === 'snapshot' ? `${count(rows)} rows` : ''
}

export type Places = { readonly palette: Palette; readonly targetDir: string; readonly root: string }

/**
 * What failed and what warned, each with its words and the place of its code. Nodes that were skipped say
 * nothing new.
 */
export function problemLines(nodes: readonly EndedNode[], places: Places): string[] {
  const { palette } = places
  return nodes
    .filter(({ result }) => ['warn', 'failed'].includes(markOf[result.status]))
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap(({ node, result }) => {
      const said = (result.message ?? '').split('\n').map(line => line.trimEnd())
      // Words on an error name the node and its file themselves.
      const isNamed = said[0]?.includes(node.path) ?? false
      const [head, ...words] = isNamed ? said : [headOf(node, places), ...said]
      const compiled = node.compiledPath && join(places.targetDir, 'compiled', node.compiledPath)
      return [
        '',
        `  ${marked(markOf[result.status], palette)} ${head}`,
        ...words.map(line => (line === '' ? '' : `    ${line}`)),
        ...(node.failuresIn ? [palette.dim(`    rows: select * from ${node.failuresIn}`)] : []),
        ...(compiled ? [palette.dim(`    compiled: ${relative(places.root, compiled)}`)] : []),
      ]
    })
}

function headOf({ resource_type: type, name, path }: NodeFacts, { palette }: Places): string {
  return `${type.replaceAll('_', ' ')} ${name}  ${palette.place(path)}`
}

/** Warnings first: what matters most stands nearest to the end. */
function rank({ result }: EndedNode): number {
  return result.status === 'warn' ? 0 : 1
}

/** In dbt's own words, since programs look for them. */
export function summaryLine({ counts, elapsedMs }: DbtReport, palette: Palette): string {
  const { pass, warn, error, skip, noOp, total } = counts
  const figures = `PASS=${pass} WARN=${warn} ERROR=${error} SKIP=${skip} NO-OP=${noOp} TOTAL=${total}`
  return `Done. ${figures}  ${palette.dim(duration(elapsedMs))}`
}
