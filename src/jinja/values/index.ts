/**
 * Python's values and what may be done with them: the ground that generated code and hosts stand on. Errors
 * are `Raised`, with the exception's name and words as CPython 3.11 and jinja2 3.1 have them.
 */
export { add, div, floordiv, mod, mul, neg, pos, pow, sub } from './arithmetic.ts'
export { type Arguments, bind, callable, type Signature, signature } from './bind.ts'
export { callValue } from './call.ts'
export { compare, contains, equal, type Order, truth } from './compare.ts'
export { concat } from './concat.ts'
export { toFloat, toInt } from './convert.ts'
export {
  type Dialect,
  dialectOf,
  type Filter,
  type Test,
  type ValueLimits,
  valueLimits,
} from './dialect.ts'
export { Dict, View } from './dict.ts'
export { type Applied, callFilter, callTest } from './filters/apply.ts'
export { builtinFilters } from './filters/index.ts'
export { json } from './filters/json.ts'
export { formatValue } from './format/value.ts'
export { builtinGlobals, Namespace } from './globals.ts'
export { callMethod, type MethodCall } from './invoke.ts'
export { iterable, iterate, length, lengthOf, listOf } from './iterate.ts'
export { Iterated } from './iterated.ts'
export { getattr, getitem, slice } from './lookup.ts'
export { escapeText, Markup, textOf } from './markup.ts'
export { failUndefined, isEmptyMapping, undefinedKinds, undefinedWords } from './missing.ts'
export {
  CALL,
  type Callable,
  Float,
  HOST,
  type Host,
  type HostType,
  type Named,
  Tuple,
  type Value,
} from './model.ts'
export { repr, str } from './print.ts'
export { isRaised, raise, Raised } from './raise.ts'
export { Range } from './range.ts'
export { methodOf } from './methods/table.ts'
export { PySet } from './sets.ts'
export { builtinTests } from './tests.ts'
export { tupleOf } from './tuple.ts'
export { isCallable, isHost, isMapping, qualifiedName, typeName } from './types.ts'
export { type Missing, Undefined, type UndefinedKind } from './undefined.ts'
