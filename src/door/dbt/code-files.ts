import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Node, World } from '../../dbt/index.ts'

/** `target/compiled/shop/models/orders.sql`: code as it was compiled, and as it was executed. */
export function codeWriter(targetDir: string): World['write'] {
  const folders = new Set<string>()
  return (kind, node, text) => {
    const file = join(targetDir, kind, codePath(node))
    const folder = dirname(file)
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true })
    folders.add(folder)
    writeFileSync(file, text)
  }
}

/** Tests of a properties file lie in a folder of its name. */
export function codePath({ package_name: name, path, original_file_path: original }: Node): string {
  const isOwnFile = original.endsWith(path)
  return join(name, isOwnFile ? original : join(original, path))
}
