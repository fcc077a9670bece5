import { CALL, type Callable, Dict, HOST, type Host, raise, str, type Value } from '../../jinja/index.ts'
import { hostType, type Method } from '../context/host.ts'
import type { UniqueId } from '../face.ts'

/** `config` while a node is carried out: what was found while parsing, to be asked. */
export class ConfigValue implements Host {
  readonly id: UniqueId
  readonly entries: Dict
  readonly [HOST] = configHost
  constructor(id: UniqueId, entries: Dict) {
    this.id = id
    this.entries = entries
  }
}

type Ask = Method<ConfigValue>

const asked = 'name, default=None, validator=None'
const demanded = 'name, validator=None'

const get: Ask = [
  asked,
  ({ entries }, [name, otherwise, validator]) => {
    const value = entryOf(entries, str(name))
    if (value !== undefined && validator !== null && otherwise !== null) validate(validator, value)
    return value ?? otherwise
  },
]

const require: Ask = [
  demanded,
  ({ id, entries }, [name, validator]) => {
    const value = entryOf(entries, str(name)) ?? missing(id, str(name))
    if (validator !== null) validate(validator, value)
    return value
  },
]

const metaGet: Ask = [asked, ({ entries }, [name, otherwise]) => metaOf(entries).get(name) ?? otherwise]
const metaRequire: Ask = [
  demanded,
  ({ id, entries }, [name]) => metaOf(entries).get(name) ?? missing(id, str(name)),
]

const configHost = hostType<ConfigValue>(
  'RuntimeConfigObject',
  {
    fields: { model: ({ entries }) => entries },
    methods: {
      get,
      require,
      meta_get: metaGet,
      meta_require: metaRequire,
      set: ['name, value', () => ''],
      persist_relation_docs: ['', ({ entries }) => persists(entries, 'relation')],
      persist_column_docs: ['', ({ entries }) => persists(entries, 'columns')],
    },
  },
  // A node that is carried out configures nothing any more.
  { call: () => '' },
)

/** Hooks are also asked for by the names that Python can write. */
function entryOf(entries: Dict, name: string): Value | undefined {
  const alias = name === 'pre_hook' || name === 'post_hook' ? name.replace('_', '-') : name
  return entries.get(name) ?? entries.get(alias)
}

function missing(id: UniqueId, name: string): never {
  return raise('CompilationError', `Model '${id}' does not define a required config parameter '${name}'.`)
}

function metaOf(entries: Dict): Dict {
  const meta = entries.get('meta')
  return meta instanceof Dict ? meta : new Dict()
}

function validate(validator: Value, value: Value): void {
  if (typeof validator === 'object' && validator !== null && CALL in validator)
    (validator as Callable)[CALL]([value])
}

function persists(entries: Dict, what: 'relation' | 'columns'): Value {
  const docs = entries.get('persist_docs') ?? new Dict()
  if (!(docs instanceof Dict))
    return raise(
      'CompilationError',
      `Invalid value provided for 'persist_docs'. Expected dict but received ${str(docs)}`,
    )
  return docs.get(what) ?? false
}
