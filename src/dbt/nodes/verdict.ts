import { truth, raise, str, type Value } from '../../jinja/index.ts'
import { responseOf, type Results } from '../context/results.ts'
import type { Node } from '../face.ts'
import type { Ending } from './carry.ts'

/** `--warn-error` */
type Strictness = { readonly warningsAreErrors?: boolean | undefined }

/** What the one row of a data test says: how many failures, and whether that is a warning or an error. */
export function verdictOf(node: Node, results: Results, { warningsAreErrors = false }: Strictness): Ending {
  const main = results.get('main')
  const [row, ...more] = main?.table.table.rows ?? []
  const names = main?.table.table.names.map(name => name.toLowerCase()) ?? []
  if (!main || !row || more.length > 0 || names.length !== 3)
    return raise('DbtInternalError', `the test ${node.unique_id} gave no single row of three columns`)
  const of = (name: string): Value => row[names.indexOf(name)] ?? null
  const failures = Number(str(of('failures')))
  const told = `Got ${failures} ${failures === 1 ? 'result' : 'results'}`
  const response = { adapter_response: responseOf(main.response) }
  const severity = String(node.config.severity ?? 'ERROR').toUpperCase()
  if (severity === 'ERROR' && isSet(of('should_error')))
    return {
      status: 'fail',
      failures,
      message: `${told}, configured to fail if ${String(node.config.error_if)}`,
      ...response,
    }
  if (isSet(of('should_warn')))
    return {
      status: warningsAreErrors ? 'fail' : 'warn',
      failures,
      message:
        `${told}, configured to ${warningsAreErrors ? 'fail' : 'warn'} ` +
        `if ${String(node.config.warn_if)}`,
      ...response,
    }
  return { status: 'pass', failures: 0, message: null, ...response }
}

/** A database may say it with a text or a number. */
function isSet(value: Value): boolean {
  if (typeof value === 'string') return ['true', 't', 'yes', 'y', 'on', '1'].includes(value.toLowerCase())
  return truth(value)
}
