import { blocks } from '../../jinja/index.ts'
import type { Node } from '../face.ts'
import { addNode, configure, type NewNode, newNode } from './node.ts'
import type { Parsing } from './parsing.ts'
import { capturePython } from './python.ts'
import { baseName, fqnPrefix, type SourceFile } from './source.ts'

/** A model, of SQL or Python: what it reads, how it is configured, where it will stand. */
export function parseModel(parsing: Parsing, file: SourceFile): void {
  const name = baseName(file.path)
  const node = begun(parsing, {
    type: 'model',
    file,
    name,
    fqn: fqnOf(file, file.path, name),
    code: file.text,
  })
  if (node.language === 'python') capturePython(parsing, node)
  else parsing.templates.capture(node, file.text)
  done(parsing, node)
}

/** A seed has no code; only its configuration is looked at. */
export function parseSeed(parsing: Parsing, file: SourceFile): void {
  const name = baseName(file.path)
  done(parsing, begun(parsing, { type: 'seed', file, name, fqn: fqnOf(file, file.path, name), code: '' }))
}

export function parseAnalysis(parsing: Parsing, file: SourceFile): void {
  const name = baseName(file.path)
  const path = `analysis/${file.path}`
  const node = begun(parsing, {
    type: 'analysis',
    file,
    name,
    path,
    fqn: fqnOf(file, path, name),
    code: file.text,
  })
  parsing.templates.capture(node, file.text)
  done(parsing, node)
}

/** A test that is a query of its own. */
export function parseSingularTest(parsing: Parsing, file: SourceFile): void {
  const name = baseName(file.path)
  const path = besides(file.path, name)
  const node = begun(parsing, {
    type: 'test',
    file,
    name,
    path,
    fqn: fqnOf(file, path, name),
    code: file.text,
  })
  parsing.templates.capture(node, file.text)
  done(parsing, node)
}

export function parseFunction(parsing: Parsing, file: SourceFile): void {
  const name = baseName(file.path)
  const fields = { arguments: [], returns: { data_type: 'INVALID_TYPE', description: null } }
  const node = begun(parsing, {
    type: 'function',
    file,
    name,
    fqn: fqnOf(file, file.path, name),
    code: file.text,
    fields,
  })
  if (node.language === 'sql') parsing.templates.capture(node, file.text)
  configure(parsing, node)
  if (node.config.enabled === false) addNode(parsing, node)
  else parsing.manifest.functions.set(node.unique_id, node)
}

/** The snapshots of a file; several may stand in one. */
export function parseSnapshots(parsing: Parsing, file: SourceFile): void {
  for (const block of blocks(file.text, { name: file.originalPath, tags: ['snapshot'] })) {
    const fqn = [...fqnPrefix(file.package.name, file.path), baseName(file.path), block.name]
    const node = begun(parsing, { type: 'snapshot', file, name: block.name, fqn, code: block.body })
    parsing.templates.capture(node, node.raw_code)
    done(parsing, node)
  }
}

/** What the project does before and after all nodes. */
export function parseHooks(parsing: Parsing, file: SourceFile): void {
  const { onRunStart, onRunEnd } = file.package
  for (const [when, hooks] of [
    ['on-run-start', onRunStart],
    ['on-run-end', onRunEnd],
  ] as const)
    for (const [index, code] of hooks.entries()) {
      const name = `${file.package.name}-${when}-${index}`
      const path = `hooks/${name}.sql`
      const fqn = fqnOf(file, path, name)
      const node = begun(parsing, {
        type: 'operation',
        file,
        name,
        path,
        fqn,
        code,
        fields: { index, tags: [when] },
      })
      parsing.templates.capture(node, code)
      done(parsing, node)
    }
}

/** Blocks of documentation, by which descriptions are written once and used often. */
export function parseDocs({ manifest, templates }: Parsing, file: SourceFile): void {
  for (const block of blocks(file.text, { name: file.originalPath, tags: ['docs'] })) {
    const unique_id = `doc.${file.package.name}.${block.name}`
    manifest.docs.set(unique_id, {
      name: block.name,
      resource_type: 'doc',
      package_name: file.package.name,
      path: file.path,
      original_file_path: file.originalPath,
      unique_id,
      block_contents: templates.plain(block.body, file.originalPath).trim(),
    })
  }
}

function begun(parsing: Parsing, wanted: NewNode): Node {
  return newNode(parsing, wanted)
}

function done(parsing: Parsing, node: Node): void {
  configure(parsing, node)
  addNode(parsing, node)
}

function fqnOf(file: SourceFile, path: string, name: string): string[] {
  return [...fqnPrefix(file.package.name, path), name]
}

/** A path for what has no file of its own: in the folder of the file that it stands in. */
export function besides(path: string, name: string): string {
  return [...path.split('/').slice(0, -1), `${name}.sql`].join('/')
}
