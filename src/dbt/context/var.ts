import { HOST, type Host, raise, str, type Value } from '../../jinja/index.ts'
import type { Vars } from '../project/vars.ts'
import { hostType } from './host.ts'
import { valueOf } from './json.ts'

export type VarReach = {
  readonly vars: Vars
  /** A text is a template once more. */
  readonly render: (text: string) => Value | Promise<Value>
  /** What comes of a name that nobody gave a value and that has no default. */
  readonly missing: (name: string) => Value
}

/** `var(name, default)`, and `var.has_var(name)`. */
export class VarValue implements Host {
  readonly reach: VarReach
  readonly [HOST] = varHost
  constructor(reach: VarReach) {
    this.reach = reach
  }
}

const varHost = hostType<VarValue>(
  'Var',
  { methods: { has_var: ['var_name', ({ reach }, [name]) => reach.vars(str(name)) !== undefined] } },
  {
    call: ({ reach }, positional, named) => {
      const name = positional[0] ?? named?.get('var_name')
      if (name === undefined)
        return raise('TypeError', "var() missing 1 required positional argument: 'var_name'")
      const found = reach.vars(str(name))
      if (found === undefined)
        return (
          positional[1] ??
          named?.get('default') ??
          orMissing(reach, str(name), positional.length > 1 || named?.has('default') === true)
        )
      const value = valueOf(found)
      return typeof value === 'string' && value.includes('{') ? reach.render(value) : value
    },
  },
)

/** A default of none counts. */
function orMissing({ missing }: VarReach, name: string, hasDefault: boolean): Value {
  return hasDefault ? null : missing(name)
}
