import { failure } from '../../errors/index.ts'
import { isObject, type Yaml, type YamlObject } from '../yaml.ts'
import { type Criterion, criterionFrom, criterionOf, type Indirect } from './criterion.ts'

/** Criteria put together as sets. */
export type Expression =
  | Criterion
  | {
      readonly join: 'union' | 'intersection' | 'difference'
      readonly parts: readonly Expression[]
      /** By which tests are looked at again once the sets are joined. */
      readonly indirect: Indirect
      /** As it was written, where finding nothing is worth a word. */
      readonly raw?: string
    }

/** What commands take where nobody asks for anything: all there is. */
const everything = ['fqn:*', 'source:*', 'exposure:*', 'metric:*', 'semantic_model:*']

/** `--select` and `--exclude`: words are united, parts joined by commas are intersected. */
export function expressionOfWords(
  select: readonly string[],
  exclude: readonly string[],
  indirect: Indirect,
): Expression {
  const wanted = select.length > 0 ? union(select, indirect, 'said') : union(everything, indirect)
  const unwanted = union(exclude, indirect, 'said')
  return { join: 'difference', parts: [wanted, unwanted], indirect: 'eager' }
}

function union(texts: readonly string[], indirect: Indirect, said?: 'said'): Expression {
  const words = texts.flatMap(text => text.split(/\s+/)).filter(word => word !== '')
  const parts = words.map((word): Expression => {
    const all = word.split(',').map(part => criterionOf(part, indirect))
    return { join: 'intersection', parts: all, indirect, ...(said && { raw: word }) }
  })
  return { join: 'union', parts, indirect }
}

/** A definition of `selectors.yml` with its short forms written out, as the manifest holds it. */
export function expressionOfDefinition(definition: Yaml, indirect: Indirect): Expression {
  if (typeof definition === 'string') return criterionOf(definition, indirect)
  if (!isObject(definition)) throw refused('A definition is a text or a mapping.')
  for (const join of ['union', 'intersection'] as const)
    if (join in definition) {
      const { parts, exclude } = partsOf(definition[join], join, indirect)
      return without({ join, parts, indirect: 'eager' }, exclude)
    }
  const { exclude, ...own } = definition
  const base = criterionFrom(written(own), { raw: rawOf(own), indirect })
  return without(base, exclude === undefined ? undefined : excluded(exclude, indirect))
}

/** `tag: nightly` for `method: tag, value: nightly`. */
function written(definition: YamlObject): YamlObject {
  const [first, ...others] = Object.entries(definition)
  if (first !== undefined && others.length === 0) return { method: first[0], value: first[1] }
  if (definition.method === undefined || definition.value === undefined)
    throw refused(`A definition has a \`method\` and a \`value\`; this one has ${rawOf(definition)}.`)
  return definition
}

function rawOf({ method, value, ...others }: YamlObject): string {
  return method === undefined ? Object.keys(others).join(', ') : `${String(method)}:${String(value)}`
}

type Parts = { readonly parts: readonly Expression[]; readonly exclude: Expression | undefined }

function partsOf(all: Yaml | undefined, join: string, indirect: Indirect): Parts {
  if (!Array.isArray(all)) throw refused(`\`${join}\` is a list.`)
  const excludes = all.filter(each => isObject(each) && 'exclude' in each)
  if (excludes.length > 1) throw refused(`\`${join}\` has more than one \`exclude\`.`)
  const [exclude] = excludes as YamlObject[]
  const parts = all.filter(each => each !== exclude)
  return {
    parts: parts.map(each => expressionOfDefinition(each, indirect)),
    exclude: exclude && excluded(exclude.exclude, indirect),
  }
}

function excluded(all: Yaml | undefined, indirect: Indirect): Expression | undefined {
  if (!Array.isArray(all)) throw refused('`exclude` is a list.')
  const parts = all.map(each => expressionOfDefinition(each, indirect))
  return parts.length > 1 ? { join: 'union', parts, indirect: 'eager' } : parts[0]
}

function without(wanted: Expression, unwanted: Expression | undefined): Expression {
  return unwanted ? { join: 'difference', parts: [wanted, unwanted], indirect: 'eager' } : wanted
}

function refused(words: string): Error {
  return failure('SLUICE_DBT_SELECTOR', { words })
}
