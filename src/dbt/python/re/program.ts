import type { Test } from './characters.ts'
import type { Node, Place, Tree } from './tree.ts'

/** What the machine does, step by step. A number is a place in the program, or of a register. */
export type Step =
  | { readonly op: 'one'; readonly test: Test }
  /** As many as there are; given back one by one, unless `isKept`. */
  | {
      readonly op: 'run'
      readonly test: Test
      readonly min: number
      readonly max: number
      readonly isKept: boolean
    }
  | { readonly op: 'at'; readonly place: Place }
  /** Goes on at the next step, and later perhaps at `other`. */
  | { readonly op: 'split'; readonly other: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'open'; readonly register: number }
  | { readonly op: 'close'; readonly group: number; readonly register: number }
  /** A loop's registers: how many rounds, and where the last one began. */
  | { readonly op: 'begin'; readonly register: number }
  | { readonly op: 'round'; readonly register: number; readonly min: number }
  | {
      readonly op: 'loop'
      readonly register: number
      readonly min: number
      readonly max: number
      readonly isLazy: boolean
      readonly exit: number
    }
  | { readonly op: 'again'; readonly group: number; readonly folds: ((code: number) => number) | undefined }
  /** What stands up to `exit` is tried by itself; `width`: that far behind. */
  | {
      readonly op: 'apart'
      readonly as: 'atomic' | 'look' | 'no-look'
      readonly width: number
      readonly exit: number
    }
  | { readonly op: 'if'; readonly group: number; readonly no: number }
  | { readonly op: 'done' }

export type Program = {
  readonly steps: readonly Step[]
  readonly registers: number
  readonly groups: number
  /** The register of the group that was closed last. */
  readonly lastGroup: number
  /** What the first character must be, where one must. */
  readonly first: Test | undefined
}

/** Of a tree: two registers for each group's ends, one for where it began; two for each loop. */
export function programOf({ node, groups }: Tree): Program {
  const lastGroup = 3 * (groups + 1)
  const writer = new Writer(groups, lastGroup + 1)
  writer.write(node)
  writer.add({ op: 'done' })
  return { steps: writer.steps, registers: writer.registers, groups, lastGroup, first: firstOf(node) }
}

/** Where the register lies that says where a group began, before it is closed. */
function beginOf(groups: number, group: number): number {
  return 2 * (groups + 1) + group
}

class Writer {
  readonly steps: Step[] = []
  registers: number
  private readonly groups: number
  constructor(groups: number, registers: number) {
    this.groups = groups
    this.registers = registers
  }

  add(step: Step): number {
    return this.steps.push(step) - 1
  }

  write(node: Node): void {
    switch (node.kind) {
      case 'one':
        this.add({ op: 'one', test: node.test })
        return
      case 'at':
        this.add({ op: 'at', place: node.place })
        return
      case 'all':
        for (const item of node.items) this.write(item)
        return
      case 'either':
        this.either(node.options)
        return
      case 'group':
        this.group(node.group, node.body)
        return
      case 'repeat':
        this.repeat(node)
        return
      case 'again':
        this.add({ op: 'again', group: node.group, folds: node.folds })
        return
      case 'look':
        this.apart(node.isNegated ? 'no-look' : 'look', node.body, node.width)
        return
      case 'atomic':
        this.apart('atomic', node.body)
        return
      default:
        this.conditional(node)
    }
  }

  private either(options: readonly Node[]): void {
    const jumps: number[] = []
    for (const [i, option] of options.entries()) {
      const isLast = i === options.length - 1
      const split = isLast ? -1 : this.add({ op: 'split', other: 0 })
      this.write(option)
      if (isLast) break
      jumps.push(this.add({ op: 'jump', to: 0 }))
      this.steps[split] = { op: 'split', other: this.steps.length }
    }
    for (const jump of jumps) this.steps[jump] = { op: 'jump', to: this.steps.length }
  }

  private group(group: number, body: Node): void {
    const register = beginOf(this.groups, group)
    this.add({ op: 'open', register })
    this.write(body)
    this.add({ op: 'close', group, register })
  }

  private repeat(node: Extract<Node, { kind: 'repeat' }>): void {
    const { body, min, max, how } = node
    if (body.kind === 'one' && how !== 'lazy') {
      this.add({ op: 'run', test: body.test, min, max, isKept: how === 'possessive' })
      return
    }
    if (how === 'possessive') {
      this.apart('atomic', { ...node, how: 'greedy' })
      return
    }
    const register = this.registers
    this.registers += 2
    this.add({ op: 'begin', register })
    const loop = this.add({ op: 'done' })
    this.add({ op: 'round', register, min })
    this.write(body)
    this.add({ op: 'jump', to: loop })
    this.steps[loop] = { op: 'loop', register, min, max, isLazy: how === 'lazy', exit: this.steps.length }
  }

  private apart(as: 'atomic' | 'look' | 'no-look', body: Node, width = 0): void {
    const at = this.add({ op: 'done' })
    this.write(body)
    this.add({ op: 'done' })
    this.steps[at] = { op: 'apart', as, width, exit: this.steps.length }
  }

  private conditional({ group, yes, no }: Extract<Node, { kind: 'if' }>): void {
    const at = this.add({ op: 'done' })
    this.write(yes)
    const jump = this.add({ op: 'jump', to: 0 })
    this.steps[at] = { op: 'if', group, no: this.steps.length }
    this.write(no)
    this.steps[jump] = { op: 'jump', to: this.steps.length }
  }
}

function firstOf(node: Node): Test | undefined {
  if (node.kind === 'one') return node.test
  if (node.kind === 'group') return firstOf(node.body)
  if (node.kind === 'repeat') return node.min > 0 ? firstOf(node.body) : undefined
  if (node.kind === 'all') return node.items[0] && firstOf(node.items[0])
  if (node.kind !== 'either') return undefined
  const tests = node.options.map(firstOf)
  if (!tests.every(test => test !== undefined)) return undefined
  return code => tests.some(test => test?.(code))
}
