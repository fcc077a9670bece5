import { type Arguments, bind, CALL, type HostType, signature, type Value } from '../../jinja/index.ts'

/** A method as templates call it: Python's parameters, and what it does. */
export type Method<Self> = readonly [
  parameters: string,
  run: (self: Self, values: Arguments) => Value | Promise<Value>,
]

export type Members<Self> = {
  readonly fields?: { readonly [name: string]: (self: Self) => Value }
  readonly methods?: { readonly [name: string]: Method<Self> }
}

/** How an object of ours looks to templates: these fields and methods, and nothing else of it. */
export function hostType<Self>(
  name: string,
  { fields = {}, methods = {} }: Members<Self>,
  more: Omit<HostType<Self>, 'name' | 'attribute'> = {},
): HostType<Self> {
  const read = new Map(Object.entries(fields))
  const call = new Map(
    Object.entries(methods).map(([method, [parameters, run]]) => {
      return [method, { declared: signature(method, parameters), run }] as const
    }),
  )
  const attribute = (self: Self, wanted: string): Value | undefined => {
    const field = read.get(wanted)
    if (field) return field(self)
    const method = call.get(wanted)
    if (!method) return undefined
    const { declared, run } = method
    return {
      name: wanted,
      [CALL]: (positional, named) => run(self, bind(declared, positional, named)),
    }
  }
  return { name, attribute, ...more }
}
