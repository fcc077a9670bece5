import { failUndefined } from './missing.ts'
import { CALL, type Callable, HOST, type Named, type Value } from './model.ts'
import { raise } from './raise.ts'
import { isHost, typeName } from './types.ts'
import { Undefined } from './undefined.ts'

/** `fn(…)`. */
export function callValue(fn: Value, positional: readonly Value[], named?: Named): Value | Promise<Value> {
  if (typeof fn === 'object' && fn !== null) {
    if (CALL in fn) return (fn as Callable)[CALL](positional, named)
    if (fn instanceof Undefined) return fn.kind.call === undefined ? failUndefined(fn) : fn.kind.call(fn)
    if (isHost(fn) && fn[HOST].call) return fn[HOST].call(fn as never, positional, named)
  }
  return raise('TypeError', `'${typeName(fn)}' object is not callable`)
}
