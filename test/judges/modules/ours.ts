import { modulesValue } from '../../../src/dbt/python/modules.ts'
import { decimal } from '../../../src/dbt/python/decimal.ts'
import { Failure } from '../../../src/errors/index.ts'
import { callable, Dict, language, type Language, raise, str, type Value } from '../../../src/jinja/index.ts'

/** What our language says of the expressions, as the judge words it. */
export function ours(expressions: readonly string[]): readonly string[] {
  const jinja = language({ globals: names() })
  return expressions.map(expression => told(jinja, expression))
}

function names(): ReadonlyMap<string, Value> {
  const modules = modulesValue(() => Date.now())
  const within = (name: string): Value => (modules instanceof Dict ? (modules.get(name) ?? null) : null)
  const datetime = within('datetime')
  const classes = datetime instanceof Dict ? datetime.entries() : []
  return new Map<string, Value>([
    ...Array.from(classes, ([name, value]) => [str(name), value] as const),
    ['pytz', within('pytz')],
    ['re', within('re')],
    ['itertools', within('itertools')],
    ['modules', modules],
    [
      'Decimal',
      callable(
        'Decimal',
        'value',
        ([value]) => decimal(str(value)) ?? raise('InvalidOperation', "[<class 'decimal.ConversionSyntax'>]"),
      ),
    ],
  ])
}

function told(jinja: Language, expression: string): string {
  const template = expression.includes('{%') ? expression : `{{ [${expression}] }}`
  try {
    return jinja.compile(template).render(new Map())
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return `! ${thrown.why ?? thrown.code}`
  }
}
