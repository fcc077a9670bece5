import type { Target } from '../tree.ts'
import { type Frame, fresh, literal, op, place } from './frame.ts'
import { type Symbols, entered, find } from './symbols.ts'

/** `target = value` as code. */
export function assign(frame: Frame, target: Target, code: string): string {
  const { unit, symbols } = frame
  const { making } = unit
  if (target.kind === 'name') {
    const variable = find(symbols, target.name)?.variable ?? fresh(unit)
    return `${variable}=${code};${exported(frame, target.name, variable)}`
  }
  if (target.kind === 'member')
    return `${op(making, 'assignMember', namespace(frame, target.namespace), literal(target.name), code)};`
  const held = fresh(unit)
  const unpacked = `${held}=${op(making, 'unpack', code, String(target.items.length), place(target.at))};`
  return unpacked + target.items.map((item, i) => assign(frame, item, `${held}[${i}]`)).join('')
}

/** What a template assigns at its top others can import, and its own blocks see it. */
export function exported(frame: Frame, name: string, variable: string): string {
  return frame.isTop ? `if(c.vars)c.vars.set(${literal(name)},${variable});` : ''
}

function namespace({ symbols }: Frame, name: string): string {
  return find(symbols, name)?.variable ?? 'undefined'
}

/** Each namespace that is assigned to must be one, before anything else is done. */
export function checkNamespaces(frame: Frame, target: Target): string {
  if (target.kind === 'targets') return target.items.map(item => checkNamespaces(frame, item)).join('')
  if (target.kind === 'name') return ''
  return `${op(frame.unit.making, 'wantNamespace', namespace(frame, target.namespace), place(target.at))};`
}

/** What the names of a frame hold when it is entered. */
export function enter(symbols: Symbols): string {
  return entered(symbols)
    .map(({ name, variable, load }) => {
      if (load.kind === 'parameter') return ''
      if (load.kind === 'alias') return `${variable}=${load.of};`
      return load.kind === 'missing' ? `${variable}=undefined;` : `${variable}=c.get(${literal(name)});`
    })
    .join('')
}
