import {
  Dict,
  HOST,
  type Host,
  type HostType,
  raise,
  repr,
  tupleOf,
  type Value,
} from '../../../jinja/index.ts'
import { builtinType } from '../builtin.ts'
import type { Pattern } from './pattern.ts'
import { cut, type Subject } from './subject.ts'
import { expanded } from './template.ts'

type Found = {
  readonly pattern: Pattern
  readonly subject: Subject
  readonly registers: Int32Array
  readonly pos: number
  readonly endpos: number
}

/** Python's `re.Match`. */
export class Match implements Host {
  readonly found: Found
  readonly [HOST]: HostType<Match> = matchType
  constructor(found: Found) {
    this.found = found
  }

  span(group = 0): readonly [from: number, to: number] {
    const { registers } = this.found
    return [registers[2 * group] ?? -1, registers[2 * group + 1] ?? -1]
  }

  /** `null`: it took no part. */
  text(group = 0): string | null {
    const [from, to] = this.span(group)
    return to < 0 ? null : cut(this.found.subject, from, to)
  }
}

/** The number of a group by its number or name; undefined: there is no such. */
function groupOf({ found: { pattern } }: Match, key: Value): number | undefined {
  if (typeof key === 'string') return pattern.tree.names.get(key)
  const group = typeof key === 'boolean' ? Number(key) : key
  return typeof group === 'number' && group >= 0 && group <= pattern.tree.groups ? group : undefined
}

function wantGroup(self: Match, key: Value): number {
  return groupOf(self, key) ?? raise('IndexError', 'no such group')
}

function groups(self: Match, initial: Value): readonly Value[] {
  return Array.from({ length: self.found.pattern.tree.groups }, (_, i) => self.text(i + 1) ?? initial)
}

function lastGroup({ found: { pattern, registers } }: Match): number | null {
  const group = registers[pattern.program.lastGroup] ?? -1
  return group < 0 ? null : group
}

function several(self: Match, keys: readonly Value[]): Value {
  const texts = (keys.length === 0 ? [0] : keys).map(key => self.text(wantGroup(self, key)))
  return texts.length === 1 ? (texts[0] ?? null) : tupleOf(texts)
}

function nameOf({ found: { pattern } }: Match, group: number | null): string | null {
  for (const [name, number] of pattern.tree.names) if (number === group) return name
  return null
}

const matchType: HostType<Match> = builtinType<Match>(
  're.Match',
  {
    fields: {
      string: ({ found }) => found.subject.text,
      re: ({ found }) => found.pattern,
      pos: ({ found }) => found.pos,
      endpos: ({ found }) => found.endpos,
      lastindex: lastGroup,
      lastgroup: self => nameOf(self, lastGroup(self)),
      regs: self =>
        tupleOf(Array.from({ length: self.found.pattern.tree.groups + 1 }, (_, i) => tupleOf(self.span(i)))),
    },
    methods: {
      group: ['*groups', (self, [keys]) => several(self, keys as readonly Value[])],
      groups: ['default=None', (self, [initial]) => tupleOf(groups(self, initial))],
      groupdict: [
        'default=None',
        (self, [initial]) => {
          const { names } = self.found.pattern.tree
          return Dict.of(Array.from(names, ([name, group]) => [name, self.text(group) ?? initial]))
        },
      ],
      start: ['group=0, /', (self, [group]) => self.span(wantGroup(self, group))[0]],
      end: ['group=0, /', (self, [group]) => self.span(wantGroup(self, group))[1]],
      span: ['group=0, /', (self, [group]) => tupleOf(self.span(wantGroup(self, group)))],
      expand: ['template', (self, [template]) => expanded(self, template)],
    },
  },
  {
    repr: self => {
      const [from, to] = self.span()
      // C cuts what it shows: the first fifty characters of the text's own repr.
      return `<re.Match object; span=(${from}, ${to}), match=${repr(self.text()).slice(0, 50)}>`
    },
    truth: () => true,
    item: (self, key) => {
      const group = groupOf(self, key)
      return group === undefined ? undefined : self.text(group)
    },
  },
)
