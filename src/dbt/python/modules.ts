import { Dict, type Value } from '../../jinja/index.ts'
import { datetimeModule } from './datetime.ts'
import { itertoolsModule } from './itertools.ts'
import { pytzModule } from './pytz.ts'
import { reModule } from './re.ts'

/**
 * `modules`: those of Python's that dbt lets templates use. `clock` gives Unix milliseconds; it is
 * what `now()` and `today()` ask.
 */
export function modulesValue(clock: () => number): Value {
  return Dict.of([
    ['pytz', pytzModule()],
    ['datetime', datetimeModule(clock)],
    ['re', reModule()],
    ['itertools', itertoolsModule()],
  ])
}
