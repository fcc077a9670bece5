import { Dict, type Value } from '../../jinja/index.ts'
import { valueOf } from '../context/json.ts'
import type { Context } from '../context/scope.ts'
import type { Node } from '../face.ts'
import type { MacroCode } from '../macros/code.ts'

/** The name under which the code of a generic test finds its arguments. */
const argumentsName = '_dbt_generic_test_kwargs'
/** An argument that is a call, although nobody put it into braces. */
const call = /^\s*(env_var|ref|var|source|doc)\s*\(.+\)\s*$/

/**
 * Arguments of a generic test: texts are templates whose result keeps its type; the name of a column is a
 * text.
 */
export async function testNames(
  node: Node,
  code: MacroCode,
  context: Context,
): Promise<readonly (readonly [string, Value])[]> {
  const metadata = node.test_metadata as
    | { readonly kwargs?: { readonly [name: string]: unknown } }
    | undefined
  if (!metadata?.kwargs) return []
  const native = async (text: string): Promise<Value> => {
    const template = call.test(text) ? `{{ ${text} }}` : text
    return template.includes('{')
      ? code.template(template, { name: node.original_file_path }).nativeAsync(context)
      : text
  }
  const values = new Dict()
  for (const [name, value] of Object.entries(metadata.kwargs))
    values.set(name, name === 'column_name' ? valueOf(value) : await deep(valueOf(value), native))
  return [[argumentsName, values]]
}

async function deep(value: Value, native: (text: string) => Promise<Value>): Promise<Value> {
  if (typeof value === 'string') return native(value)
  if (Array.isArray(value)) {
    const list: Value[] = []
    for (const each of value) list.push(await deep(each, native))
    return list
  }
  if (!(value instanceof Dict)) return value
  const dict = new Dict()
  for (const [key, each] of value.entries()) dict.set(key, await deep(each, native))
  return dict
}
