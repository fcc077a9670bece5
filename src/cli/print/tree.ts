import type { Palette } from './palette.ts'

/** Words with words below them. */
export type Branch = { readonly words: string; readonly below: readonly Branch[] }

/** Lines of a tree, two columns a level. */
export function treeLines({ words, below }: Branch, palette: Palette): string[] {
  return [words, ...below.flatMap((branch, place) => limb(branch, place === below.length - 1, palette))]
}

function limb(branch: Branch, isLast: boolean, palette: Palette): readonly string[] {
  const [first = '', ...rest] = treeLines(branch, palette)
  return [
    palette.dim(isLast ? '└─ ' : '├─ ') + first,
    ...rest.map(line => palette.dim(isLast ? '   ' : '│  ') + line),
  ]
}
