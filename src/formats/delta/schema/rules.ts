import { failure, Failure } from '../../../errors/index.ts'
import { quoteText } from '../../../sql/index.ts'

// Rules are held while rows are written, in the pass that writes them. DuckDB's `error()` carries a number
// out; words of values never leave the engine.

/** What is to be said when a row breaks it. */
export type Rule = () => Failure

export type Rules = {
  /** SQL that stops the writing in the name of a rule. */
  readonly broken: (rule: Rule) => string
  /** What was thrown while rows were written: the failure of the rule that they broke, if it was one. */
  readonly told: (thrown: unknown) => unknown
}

export function newRules(): Rules {
  const rules: Rule[] = []
  return {
    broken: rule => `error(${quoteText(`${mark}${rules.push(rule)}.`)})`,
    told: thrown => {
      const number = new RegExp(`${mark}(\\d+)\\.`).exec(wordsOf(thrown))?.[1]
      const rule = number === undefined ? undefined : rules[Number(number) - 1]
      return rule ? rule() : thrown
    },
  }
}

const mark = 'The rows break rule '

/** All that was said: the engine's own words stand in what a failure says of its cause. */
export function wordsOf(thrown: unknown): string {
  if (thrown instanceof Failure) return `${thrown.message} ${thrown.why ?? ''}`
  return thrown instanceof Error ? thrown.message : String(thrown)
}

export function constraintBroken(constraint: string, expression: string): Rule {
  return () => failure('SLUICE_DELTA_CONSTRAINT_BROKEN', { constraint, expression })
}
