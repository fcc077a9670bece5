import {
  CALL,
  HOST,
  type Callable,
  failUndefined,
  type Host,
  type HostType,
  Markup,
  Undefined,
  type Value,
  iterate,
  raise,
  repr,
  str,
} from '../values/index.ts'
import { Context } from './context.ts'
import type { Loaded, Printed, Run } from './run.ts'

type Wanted = {
  readonly template: Value
  readonly ignoreMissing?: boolean
  readonly context: Context | undefined
}

/** A template by its name, or the first that exists of a list of names. */
function loaded(run: Run, wanted: Value): Loaded {
  const found = found_(run, wanted)
  if (found) return found
  if (typeof wanted === 'string') return raise('TemplateNotFound', wanted)
  if (wanted instanceof Undefined) return failUndefined(wanted)
  const names = Array.from(iterate(wanted), name => str(name))
  return raise('TemplatesNotFound', `none of the templates given were found: ${names.join(', ')}`)
}

function found_(run: Run, wanted: Value): Loaded | undefined {
  if (typeof wanted === 'string') return run.parts.load(wanted)
  for (const name of iterate(wanted)) {
    const found = run.parts.load(str(name))
    if (found) return found
  }
  return undefined
}

/** What an included template prints, seeing what stands around it. */
export function include(run: Run, { template, ignoreMissing, context }: Wanted): Printed | Promise<Printed> {
  if (ignoreMissing === true && !found_(run, template)) return run.mode.native ? [] : ''
  return start(run, loaded(run, template), context ?? new Context(run.parts.globals, new Map())).printed
}

function start(
  run: Run,
  template: Loaded,
  outer: Context,
): { context: Context; printed: Printed | Promise<Printed> } {
  const context = new Context(outer, new Map())
  const { root, blocks } = template.rendering(run.mode)
  context.add(blocks)
  return { context, printed: root(run, context) }
}

/** A template that was imported: its macros and what it assigned. */
class Module implements Host {
  readonly name: string
  readonly names: ReadonlyMap<string, Value>
  readonly text: string
  constructor(name: string, names: ReadonlyMap<string, Value>, text: string) {
    this.name = name
    this.names = names
    this.text = text
  }

  get [HOST](): HostType<never> {
    return moduleType as HostType<never>
  }
}

const moduleType: HostType<Module> = {
  name: 'jinja2.environment.TemplateModule',
  attribute: ({ names }, name) => names.get(name),
  str: ({ text }) => text,
  repr: ({ name }) => `<TemplateModule ${repr(name)}>`,
}

export function importModule(run: Run, { template, context }: Wanted): Value | Promise<Value> {
  const found = loaded(run, template)
  const started = start(run, found, context ?? new Context(run.parts.globals, new Map()))
  const module = (printed: Printed) =>
    new Module(
      found.name,
      started.context.exported(),
      Array.isArray(printed) ? printed.map(str).join('') : printed,
    )
  return started.printed instanceof Promise ? started.printed.then(module) : module(started.printed)
}

/** `{% from module import name %}` */
export function memberOf(run: Run, module: Value, { name, line }: { name: string; line: number }): Value {
  const { names, name: template } = module as Module
  const found = names.get(name)
  if (found !== undefined) return found
  const where = `${repr(template)} (imported on line ${line})`
  const hint = `the template ${where} does not export the requested name ${repr(name)}`
  return new Undefined(run.dialect.undefined, { hint, name })
}

/** `{% extends … %}`: the rest of the template only makes blocks and names for its parent. */
export function extend(run: Run, context: Context, template: Value): void {
  if (context.parent) raise('TemplateRuntimeError', 'extended multiple times')
  const parent = loaded(run, template)
  context.add(parent.rendering(run.mode).blocks)
  context.parent = parent
}

/** What the template that is extended prints, with the blocks of this one. */
export function parent(run: Run, context: Context): Printed | Promise<Printed> {
  const { parent: extended } = context
  context.parent = undefined
  return extended ? extended.rendering(run.mode).root(run, context) : ''
}

export function block(
  run: Run,
  context: Context,
  { name, required }: { name: string; required: boolean },
): Printed | Promise<Printed> {
  const [first, ...others] = context.blocks(name)
  if (!first || (required && others.length === 0))
    return raise('TemplateRuntimeError', `Required block ${repr(name)} not found`)
  return first(run, context, 0)
}

function blockCall(run: Run, context: Context, { name, depth }: { name: string; depth: number }): Value {
  const called = context.blocks(name)[depth]
  if (!called)
    return new Undefined(run.dialect.undefined, {
      hint: `there is no parent block called ${repr(name)}.`,
      name: 'super',
    })
  const text = (printed: Printed): Value => {
    if (Array.isArray(printed)) return run.joined(printed)
    return run.autoescape ? new Markup(printed) : printed
  }
  const callable: Callable = {
    name,
    type: 'jinja2.runtime.BlockReference',
    [CALL]: () => {
      const printed = called(run, context, depth)
      return printed instanceof Promise ? printed.then(text) : text(printed)
    },
    attribute: attribute =>
      attribute === 'super' ? blockCall(run, context, { name, depth: depth + 1 }) : undefined,
  }
  return callable
}

/** `super`: the same block of the template that is extended. */
export function parentBlock(
  run: Run,
  context: Context,
  { name, depth }: { name: string; depth: number },
): Value {
  return blockCall(run, context, { name, depth: depth + 1 })
}

class Self implements Host {
  readonly block: (name: string) => Value | undefined
  constructor(block: (name: string) => Value | undefined) {
    this.block = block
  }

  get [HOST](): HostType<never> {
    return selfType as HostType<never>
  }
}

const selfType: HostType<Self> = {
  name: 'jinja2.runtime.TemplateReference',
  attribute: ({ block: find }, name) => find(name),
  repr: () => '<TemplateReference None>',
}

/** `self`: the template's blocks as functions. */
export function self(run: Run, context: Context): Value {
  return new Self(name =>
    context.blocks(name).length > 0 ? blockCall(run, context, { name, depth: 0 }) : undefined,
  )
}
