import { raise } from '../../../jinja/index.ts'
import type { Program, Step } from './program.ts'
import type { Place } from './tree.ts'

/**
 * A backtracking machine with a stack of its own: what it remembers when it fails is exactly what
 * Python's does (a group keeps what it matched in an earlier round, and one that never matched is not
 * matched again), no input makes the host's stack deep, and every search has an end.
 */

/** Steps of one call, a character of a run counted as one: about a second. */
const stepsMax = 20_000_000
/** More of them for each character of the text, so that many short matches in a long one are found. */
const stepsPerCharacter = 50
/** Places to come back to, at one time. */
const stackMax = 2_000_000

/** What is left of the steps that one call may take, however many matches it looks for. */
export type Budget = { left: number }

export function budgetFor(characters: number): Budget {
  return { left: stepsMax + stepsPerCharacter * characters }
}

export type Search = {
  readonly codes: Uint32Array
  /** Where it begins to look. */
  readonly from: number
  /** Where the text ends, for it. */
  readonly end: number
  /** `match` and `full` look only at `from`; `full` must reach the end. */
  readonly how: 'search' | 'match' | 'full'
  /** An empty match at `from` does not count: one was found there already. */
  readonly mustAdvance: boolean
  readonly budget: Budget
}

/** The registers of the first match: those of the groups' ends come first, -1 where there is none. */
export function find(program: Program, search: Search): Int32Array | undefined {
  const { codes, from, end, how } = search
  const machine = new Machine(program, search)
  const last = how === 'search' ? end : from
  const { first } = program
  for (let at = from; at <= last; at++) {
    if (first && (at >= end || !first(codes[at] ?? 0))) continue
    if (machine.matches(at)) return machine.registers
  }
  return undefined
}

class Machine {
  readonly registers: Int32Array
  private readonly steps: readonly Step[]
  private readonly program: Program
  private readonly codes: Uint32Array
  private readonly search: Search
  /**
   * Where to go on after a failure, in threes: place in the program, place in the text, length of the
   * trail.
   */
  private readonly stack: number[] = []
  /** How far a run may be given back; -1: it is no run. */
  private readonly least: number[] = []
  /** Registers that were written, and what they held, in twos. */
  private readonly trail: number[] = []
  /** Where the last step has left the text. */
  private at = 0
  /** Where the match that is tried begins. */
  private start = 0

  constructor(program: Program, search: Search) {
    this.program = program
    this.steps = program.steps
    this.codes = search.codes
    this.search = search
    this.registers = new Int32Array(program.registers)
  }

  matches(at: number): boolean {
    this.registers.fill(-1)
    this.stack.length = 0
    this.least.length = 0
    this.trail.length = 0
    this.start = at
    const end = this.run(0, at, true)
    if (end < 0) return false
    this.registers[0] = at
    this.registers[1] = end
    return true
  }

  private spend(steps: number): void {
    const { budget } = this.search
    budget.left -= steps
    if (budget.left < 0) raise('LimitError', `a regular expression takes more than ${stepsMax} steps`)
  }

  private set(register: number, value: number): void {
    if (this.trail.length >= 4 * stackMax)
      raise('LimitError', `a regular expression remembers more than ${stackMax} places`)
    this.trail.push(register, this.registers[register] ?? -1)
    this.registers[register] = value
  }

  private undo(length: number): void {
    const { trail, registers } = this
    while (trail.length > length) {
      const value = trail.pop() ?? -1
      registers[trail.pop() ?? 0] = value
    }
  }

  private push(place: number, at: number, least = -1): void {
    if (this.least.length >= stackMax)
      raise('LimitError', `a regular expression remembers more than ${stackMax} places`)
    this.stack.push(place, at, this.trail.length)
    this.least.push(least)
  }

  /** Where the match ends; -1: there is none. Nothing below the stack's present height is touched. */
  private run(from: number, start: number, isWhole: boolean): number {
    const base = this.least.length
    let [place, at] = [from, start]
    for (;;) {
      this.spend(1)
      const step = this.steps[place] as Step
      if (step.op === 'done' && this.isEnd(at, isWhole)) {
        this.stack.length = base * 3
        this.least.length = base
        return at
      }
      const next = this.take(step, place, at)
      if (next >= 0) {
        place = next
        at = this.at
      } else {
        if (this.least.length === base) return -1
        place = this.back()
        at = this.at
      }
    }
  }

  /** Back to the place remembered last; a run gives back one more character. */
  private back(): number {
    const { stack, least } = this
    const top = stack.length - 3
    const [place, at, trail] = [stack[top] ?? 0, stack[top + 1] ?? 0, stack[top + 2] ?? 0]
    this.undo(trail)
    this.at = at
    if (at > (least.at(-1) ?? -1) && (least.at(-1) ?? -1) >= 0) stack[top + 1] = at - 1
    else {
      stack.length = top
      least.pop()
    }
    return place
  }

  private isEnd(at: number, isWhole: boolean): boolean {
    if (!isWhole) return true
    const { how, end, mustAdvance, from } = this.search
    if (how === 'full' && at !== end) return false
    return !(mustAdvance && this.start === from && at === from)
  }

  /** The next place; -1: it failed. */
  private take(step: Step, place: number, at: number): number {
    this.at = at
    switch (step.op) {
      case 'one':
        if (at >= this.search.end || !step.test(this.codes[at] ?? 0)) return -1
        this.at = at + 1
        return place + 1
      case 'run':
        return this.takeRun(step, place, at)
      case 'at':
        return this.isAt(step.place, at) ? place + 1 : -1
      case 'split':
        this.push(step.other, at)
        return place + 1
      case 'jump':
        return step.to
      case 'open':
        this.set(step.register, at)
        return place + 1
      case 'close':
        this.set(2 * step.group, this.registers[step.register] ?? -1)
        this.set(2 * step.group + 1, at)
        this.set(this.program.lastGroup, step.group)
        return place + 1
      case 'begin':
        this.set(step.register, 0)
        this.set(step.register + 1, -1)
        return place + 1
      case 'round':
        return this.round(step, place, at)
      case 'loop':
        return this.loop(step, place, at)
      case 'again':
        return this.again(step, place, at)
      case 'apart':
        return this.apart(step, place, at)
      case 'if':
        return (this.registers[2 * step.group + 1] ?? -1) >= 0 ? place + 1 : step.no
      default:
        return -1
    }
  }

  private takeRun(
    { test, min, max, isKept }: Extract<Step, { op: 'run' }>,
    place: number,
    at: number,
  ): number {
    const { codes } = this
    const last = Math.min(this.search.end, at + max)
    let end = at
    while (end < last && test(codes[end] ?? 0)) end++
    this.spend(end - at)
    if (end < at + min) return -1
    if (!isKept && end > at + min) this.push(place + 1, end - 1, at + min)
    this.at = end
    return place + 1
  }

  /** Rounds that must be do not count as the last one, even if they match nothing: so Python has it. */
  private round({ register, min }: Extract<Step, { op: 'round' }>, place: number, at: number): number {
    const count = this.registers[register] ?? 0
    if (count >= min) this.set(register + 1, at)
    this.set(register, count + 1)
    return place + 1
  }

  /** A round that matched nothing is the last, once there were enough. */
  private loop(step: Extract<Step, { op: 'loop' }>, place: number, at: number): number {
    const { register, min, max, isLazy, exit } = step
    const count = this.registers[register] ?? 0
    if (count < min) return place + 1
    if (count >= max || this.registers[register + 1] === at) return exit
    this.push(isLazy ? place + 1 : exit, at)
    return isLazy ? exit : place + 1
  }

  private again({ group, folds }: Extract<Step, { op: 'again' }>, place: number, at: number): number {
    const { codes, registers } = this
    const [from = -1, to = -1] = [registers[2 * group], registers[2 * group + 1]]
    const length = to - from
    if (to < 0 || at + length > this.search.end) return -1
    this.spend(length)
    for (let i = 0; i < length; i++) {
      const [one, other] = [codes[from + i] ?? 0, codes[at + i] ?? 0]
      if (one !== other && (!folds || folds(one) !== folds(other))) return -1
    }
    this.at = at + length
    return place + 1
  }

  private apart({ as, width, exit }: Extract<Step, { op: 'apart' }>, place: number, at: number): number {
    if (at < width) return as === 'no-look' ? exit : -1
    const trail = this.trail.length
    const end = this.run(place + 1, at - width, false)
    this.at = as === 'atomic' ? end : at
    if (as !== 'no-look') return end < 0 ? -1 : exit
    this.undo(trail)
    return end < 0 ? exit : -1
  }

  private isAt(place: Place, at: number): boolean {
    const { codes } = this
    const { end } = this.search
    switch (place.at) {
      case 'start':
        return at === 0
      case 'end':
        return at === end
      case 'line-start':
        return at === 0 || codes[at - 1] === newline
      case 'line-end':
        return at === end || codes[at] === newline
      case 'last-line-end':
        return at === end || (at === end - 1 && codes[at] === newline)
      default: {
        // Python: an empty text has no boundaries, and no place between two either.
        if (end === 0) return false
        const before = at > 0 && place.isWord(codes[at - 1] ?? 0)
        const after = at < end && place.isWord(codes[at] ?? 0)
        return (place.at === 'boundary') === (before !== after)
      }
    }
  }
}

const newline = 0x0a
