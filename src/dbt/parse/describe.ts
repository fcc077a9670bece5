import { CALL, type Callable, type Scope, str } from '../../jinja/index.ts'
import { raiseCompilation } from '../context/exceptions.ts'
import type { MacroFacts, Resource, UniqueId } from '../face.ts'
import type { Parsing, Templates } from './parsing.ts'
import type { Contexts } from './contexts.ts'
import { isTemplate } from './is-template.ts'

/** Descriptions know `doc()`, and what properties know. */
export function describer(parsing: () => Parsing, { code, ofProperties }: Contexts): Templates['describe'] {
  return (text, owner) => {
    if (!isTemplate(text)) return { text, blocks: [] }
    const blocks: UniqueId[] = []
    const doc: Callable = {
      name: 'doc',
      [CALL]: ([first = null, second]) => {
        const name = str(second ?? first)
        const found = docNamed(parsing(), owner, {
          name,
          packageName: second === undefined ? undefined : str(first),
        })
        if (found === undefined) return raiseCompilation(`There is no block of documentation \`${name}\`.`)
        blocks.push(found.unique_id)
        return found.block_contents
      },
    }
    const outer = ofProperties(owner.package_name, owner.original_file_path)
    const scope: Scope = { get: name => (name === 'doc' ? doc : outer.get(name)) }
    return { text: code.template(text, { name: owner.original_file_path }).render(scope), blocks }
  }
}

type Wanted = { readonly name: string; readonly packageName: string | undefined }

function docNamed({ manifest, root }: Parsing, owner: Resource | MacroFacts, { name, packageName }: Wanted) {
  const within = (each: string) => manifest.docs.get(`doc.${each}.${name}`)
  if (packageName !== undefined) return within(packageName)
  const known = within(root.name) ?? within(owner.package_name)
  return known ?? [...manifest.docs.values()].find(each => each.name === name)
}
