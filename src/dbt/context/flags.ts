import { HOST, type Host, type Value } from '../../jinja/index.ts'
import type { Flags } from '../face.ts'
import { valueOf } from './json.ts'

/** `flags`: what the command line asks for, in capitals. */
export function flagsValue(flags: Flags): Host {
  const known: { readonly [name: string]: Value } = {
    WHICH: flags.which,
    FULL_REFRESH: flags.fullRefresh,
    STORE_FAILURES: flags.storeFailures,
    FAIL_FAST: flags.failFast,
    EMPTY: flags.empty,
    VARS: valueOf(flags.vars),
    WARN_ERROR: false,
    USE_COLORS: false,
    DEBUG: false,
    CACHE_SELECTED_ONLY: false,
    INTROSPECT: true,
    PARTIAL_PARSE: true,
    STATIC_PARSER: true,
    WRITE_JSON: true,
    INDIRECT_SELECTION: 'eager',
    REQUIRE_SQL_HEADER_IN_TEST_CONFIGS: false,
  }
  const given = new Map<string, Value>(
    Object.entries(flags.args).map(([name, value]) => [name.toUpperCase(), valueOf(value)]),
  )
  const all = new Map([...Object.entries(known), ...given])
  return {
    [HOST]: {
      name: 'Flags',
      attribute: (_: never, name: string) => all.get(name) ?? all.get(name.toUpperCase()),
    },
  }
}
