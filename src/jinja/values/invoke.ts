import { callValue } from './call.ts'
import type { Dialect } from './dialect.ts'
import { getattr } from './lookup.ts'
import { methodOf, runMethod } from './methods/table.ts'
import type { Named, Value } from './model.ts'

/** What is called, by name and of what. */
export type MethodCall = {
  readonly name: string
  readonly positional: readonly Value[]
  readonly named?: Named
}

/** `value.name(…)`, without a bound method in between where Python's own types are meant. */
export function callMethod(dialect: Dialect, value: Value, call: MethodCall): Value | Promise<Value> {
  const method = methodOf(value, call.name)
  if (method !== undefined) return runMethod(dialect, value, { method, ...call })
  return callValue(getattr(dialect, value, call.name), call.positional, call.named)
}
