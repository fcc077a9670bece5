import { createHash } from 'node:crypto'
import { Dict, HOST, type Host, iterate, raise, repr, str, type Value } from '../../jinja/index.ts'
import { hostType } from '../context/host.ts'

/** An index that a model's configuration asks for. */
class IndexValue implements Host {
  readonly columns: readonly string[]
  readonly unique: boolean
  readonly [HOST] = indexHost
  constructor(columns: readonly string[], unique: boolean) {
    this.columns = columns
    this.unique = unique
  }
}

const indexHost = hostType<IndexValue>('DuckDBIndexConfig', {
  fields: { columns: ({ columns }) => [...columns], unique: ({ unique }) => unique },
  methods: {
    // The name tells the index from all others of the table, and stays the same for the same index.
    render: [
      'relation',
      ({ columns, unique }, [of]) => {
        return createHash('md5')
          .update([...columns, str(of), String(unique)].join('_'))
          .digest('hex')
      },
    ],
  },
})

/** `{columns: [...], unique: true}`; fails for what is no index. */
export function indexOf(raw: Value): Value {
  if (raw === null) return null
  const columns = raw instanceof Dict ? raw.get('columns') : undefined
  if (!(raw instanceof Dict) || columns === undefined || columns === null)
    return raise(
      'IndexConfigError',
      `Invalid index config: ${repr(raw)}. Expected a mapping with \`columns\`.`,
    )
  return new IndexValue(
    [...iterate(columns)].map(each => str(each)),
    raw.get('unique') === true,
  )
}
