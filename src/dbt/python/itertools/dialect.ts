import { type Dialect, dialectOf, undefinedKinds, valueLimits } from '../../../jinja/index.ts'

/** A dialect for what is added and called outside of any template: jinja2's own, with the usual limits. */
export function plainDialect(): Dialect {
  return dialectOf({
    undefined: undefinedKinds.lenient,
    filters: new Map(),
    tests: new Map(),
    limits: valueLimits,
  })
}
