import { join } from 'node:path'
import { failure } from '../../errors/index.ts'
import type { Json } from '../../model/index.ts'
import { criterionParts } from '../select/criterion.ts'
import { isObject, loadYaml, type Yaml, type YamlObject } from '../yaml.ts'
import { type Render, renderTree } from './render.ts'
import { itemOf, listOf } from './tree.ts'
import { textOf } from './walk.ts'

type Selectors = { [name: string]: YamlObject }

/** What `selectors.yml` defines, by name, with short forms written out. */
export function readSelectors(root: string, render: Render): { [name: string]: Json } {
  const path = join(root, 'selectors.yml')
  const rendered = renderTree(loadYaml(textOf(path) ?? '', { path }), render)
  const found: Selectors = {}
  for (const each of listOf(itemOf(rendered, 'selectors'))) {
    if (!isObject(each) || typeof each.name !== 'string' || each.definition === undefined)
      throw failure('SLUICE_DBT_SELECTOR', { words: 'A selector has a `name` and a `definition`.' })
    const { definition } = each
    const isOfMany = isObject(definition) && ('union' in definition || 'intersection' in definition)
    if (isOfMany && Object.keys(definition).length > 1)
      throw failure('SLUICE_DBT_SELECTOR', {
        words: `\`${each.name}\` says more than its \`union\` or \`intersection\`.`,
      })
    found[each.name] = { ...each, definition: definitionOf(definition, found) }
  }
  return found as { [name: string]: Json }
}

function definitionOf(written: Yaml, known: Selectors): Yaml {
  if (typeof written === 'string') return criterionParts(written)
  if (!isObject(written)) return written
  for (const all of ['union', 'intersection'])
    if (all in written) return { [all]: listOf(written[all]).map(each => definitionOf(each, known)) }
  const [first] = Object.entries(written)
  if (first === undefined) return written
  const [name, given] = first
  const value = Array.isArray(given) ? given.map(each => definitionOf(each, known)) : given
  if (name === 'exclude') return { exclude: value }
  if (Object.keys(written).length === 1) return { method: name, value }
  if (name !== 'method' || value !== 'selector') return written
  const other = known[String(written.value)]
  if (other === undefined)
    throw failure('SLUICE_DBT_SELECTOR', {
      words: `There is no selector \`${String(written.value)}\` above.`,
    })
  return other.definition as Yaml
}
