import type { Value } from './values/index.ts'

/** A template as a tree. `at` is an offset into the source's text: where an error in this node is shown. */
export type Expression =
  | { readonly kind: 'constant'; readonly at: number; readonly value: Value }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'tuple' | 'list' | 'concat'; readonly at: number; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly at: number; readonly pairs: readonly Pair[] }
  | { readonly kind: 'unary'; readonly at: number; readonly operator: '+' | '-'; readonly of: Expression }
  | { readonly kind: 'not'; readonly at: number; readonly of: Expression }
  | Binary
  | {
      readonly kind: 'and' | 'or'
      readonly at: number
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'compare'
      readonly at: number
      readonly first: Expression
      readonly rest: readonly Comparison[]
    }
  | Conditional
  | Filter
  | Test
  | Call
  | { readonly kind: 'attribute'; readonly at: number; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly at: number; readonly of: Expression; readonly key: Expression }
  | Slice

export type Pair = { readonly key: Expression; readonly value: Expression }

export type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

export type Binary = {
  readonly kind: 'binary'
  readonly at: number
  readonly operator: Operator
  readonly left: Expression
  readonly right: Expression
}

export type Comparison = {
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'
  readonly at: number
  readonly right: Expression
}

/** `yes if when else no`; without `no` it is a missing value. */
export type Conditional = {
  readonly kind: 'conditional'
  readonly at: number
  readonly when: Expression
  readonly yes: Expression
  readonly no: Expression | undefined
}

export type Arguments = {
  readonly positional: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
  /** `*…` */
  readonly rest: Expression | undefined
  /** `**…` */
  readonly keywords: Expression | undefined
}

/** `of | name(…)`; without `of` it stands in a filter block or a `set` block, and takes its text. */
export type Filter = {
  readonly kind: 'filter'
  readonly at: number
  readonly of: Expression | undefined
  readonly name: string
  readonly with: Arguments
}

export type Test = {
  readonly kind: 'test'
  readonly at: number
  readonly of: Expression
  readonly name: string
  readonly with: Arguments
}

export type Call = {
  readonly kind: 'call'
  readonly at: number
  readonly of: Expression
  readonly with: Arguments
}

/** Only as the key of an item. */
export type Slice = {
  readonly kind: 'slice'
  readonly at: number
  readonly bounds: readonly [Expression | undefined, Expression | undefined, Expression | undefined]
}

/** What is assigned to. */
export type Target =
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  /** `{% set namespace.name = … %}` */
  | { readonly kind: 'member'; readonly at: number; readonly namespace: string; readonly name: string }
  | { readonly kind: 'targets'; readonly at: number; readonly items: readonly Target[] }

export type Body = readonly Statement[]

export type Statement =
  | Output
  | For
  | If
  | Macro
  | CallBlock
  | { readonly kind: 'filter block'; readonly at: number; readonly filter: Filter; readonly body: Body }
  | With
  | { readonly kind: 'set'; readonly at: number; readonly target: Target; readonly value: Expression }
  | SetBlock
  | { readonly kind: 'do'; readonly at: number; readonly value: Expression }
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | { readonly kind: 'autoescape'; readonly at: number; readonly when: Expression; readonly body: Body }
  | Block
  | { readonly kind: 'extends'; readonly at: number; readonly template: Expression }
  | Include
  | Import
  | FromImport

/** Text as it stands, and expressions that are printed. */
export type Output = {
  readonly kind: 'output'
  readonly at: number
  readonly parts: readonly (string | Expression)[]
}

export type For = {
  readonly kind: 'for'
  readonly at: number
  readonly target: Target
  readonly over: Expression
  readonly when: Expression | undefined
  readonly recursive: boolean
  readonly body: Body
  readonly otherwise: Body
}

export type If = {
  readonly kind: 'if'
  readonly at: number
  readonly branches: readonly { readonly at: number; readonly when: Expression; readonly body: Body }[]
  readonly otherwise: Body
}

export type Parameter = {
  readonly name: string
  readonly at: number
  /** undefined: it has no default. */
  readonly initial: Expression | undefined
  /** The default as it was written. */
  readonly text: string | undefined
}

export type Macro = {
  readonly kind: 'macro'
  readonly at: number
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: Body
}

/** `{% call(parameters) f(…) %} body {% endcall %}` */
export type CallBlock = {
  readonly kind: 'call block'
  readonly at: number
  readonly call: Call
  readonly parameters: readonly Parameter[]
  readonly body: Body
}

export type With = {
  readonly kind: 'with'
  readonly at: number
  readonly targets: readonly Target[]
  readonly values: readonly Expression[]
  readonly body: Body
}

export type SetBlock = {
  readonly kind: 'set block'
  readonly at: number
  readonly target: Target
  readonly filter: Filter | undefined
  readonly body: Body
}

export type Block = {
  readonly kind: 'block'
  readonly at: number
  readonly name: string
  readonly scoped: boolean
  readonly required: boolean
  readonly body: Body
}

export type Include = {
  readonly kind: 'include'
  readonly at: number
  readonly template: Expression
  readonly ignoreMissing: boolean
  readonly withContext: boolean
}

export type Import = {
  readonly kind: 'import'
  readonly at: number
  readonly template: Expression
  readonly name: string
  readonly withContext: boolean
}

export type FromImport = {
  readonly kind: 'from import'
  readonly at: number
  readonly template: Expression
  readonly names: readonly { readonly name: string; readonly alias: string }[]
  readonly withContext: boolean
}
