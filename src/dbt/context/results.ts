import { callable, Dict, HOST, type Host, str, Undefined, type Value } from '../../jinja/index.ts'
import type { Json } from '../../model/index.ts'
import { hostType } from './host.ts'
import { emptyTable, TableValue } from './table.ts'

/** What a database says about a statement: it prints as its message. */
export class ResponseValue implements Host {
  readonly message: string
  readonly code: string | undefined
  readonly rowsAffected: number | undefined
  readonly [HOST] = responseHost
  constructor({
    message,
    code,
    rowsAffected,
  }: { message: string; code?: string | undefined; rowsAffected?: number | undefined }) {
    this.message = message
    this.code = code
    this.rowsAffected = rowsAffected
  }
}

const responseHost = hostType<ResponseValue>(
  'AdapterResponse',
  {
    fields: {
      _message: ({ message }) => message,
      code: ({ code }) => code ?? null,
      rows_affected: ({ rowsAffected }) => rowsAffected ?? null,
      query_id: () => null,
    },
  },
  { str: ({ message }) => message },
)

/** `adapter_response` of `run_results.json`. */
export function responseOf(value: Value): { readonly [key: string]: Json } {
  if (!(value instanceof ResponseValue)) return value === null ? {} : { _message: str(value) }
  const { message, code } = value
  return { _message: message, ...(code !== undefined && { code }) }
}

/** Results of statements by name, for one node: `statement` puts them there, `load_result` takes them. */
export type Results = {
  readonly get: (name: string) => Stored | undefined
  readonly functions: readonly (readonly [string, Value])[]
}

export type Stored = { readonly response: Value; readonly table: TableValue; readonly failures?: Value }

export function results(): Results {
  const stored = new Map<string, Stored>()
  const store = (name: string, response: Value, table: Value): string => {
    stored.set(name, { response, table: table instanceof TableValue ? table : new TableValue(emptyTable) })
    return ''
  }
  return {
    get: name => stored.get(name),
    functions: [
      ['load_result', callable('load_result', 'name', ([name]) => valueOf(stored.get(str(name))))],
      [
        'store_result',
        callable('store_result', 'name, response, agate_table=None', ([name, response, table]) =>
          store(str(name), response, table),
        ),
      ],
      [
        'store_raw_result',
        callable(
          'store_raw_result',
          'name, message=None, code=None, rows_affected=None, agate_table=None',
          ([name, message, code, , table]) => {
            const response = new ResponseValue({
              message: message === null || message instanceof Undefined ? '' : str(message),
              code: code === null || code instanceof Undefined ? undefined : str(code),
            })
            return store(str(name), response, table)
          },
        ),
      ],
    ],
  }
}

function valueOf(found: Stored | undefined): Value {
  if (found === undefined) return null
  const { response, table } = found
  return new ResultValue(
    Dict.of([
      ['response', response],
      ['data', table.table.rows.map(row => [...row])],
      ['table', table],
    ]),
  )
}

/** A mapping whose entries are attributes, too. */
class ResultValue implements Host {
  readonly entries: Dict
  readonly [HOST] = resultHost
  constructor(entries: Dict) {
    this.entries = entries
  }
}

const resultHost = hostType<ResultValue>(
  'AttrDict',
  {
    fields: {
      response: ({ entries }) => entries.get('response') ?? null,
      data: ({ entries }) => entries.get('data') ?? null,
      table: ({ entries }) => entries.get('table') ?? null,
    },
    methods: {
      get: ['key, default=None', ({ entries }, [key, otherwise]) => entries.get(key) ?? otherwise],
      keys: ['', ({ entries }) => [...entries.keys()]],
    },
  },
  {
    item: ({ entries }, key) => entries.get(key),
    iterate: ({ entries }) => entries.keys(),
    length: ({ entries }) => entries.size,
    is: ['mapping'],
  },
)
