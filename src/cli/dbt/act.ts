import type { Dbt, DbtCommand } from '../../door/index.ts'
import type { Voice } from '../print/dbt-voice.ts'
import type { Out } from '../print/out.ts'

/** What a command of `sluice dbt` gets. */
export type Acting = {
  readonly project: Dbt
  readonly out: Out
  readonly voice: Voice
  readonly command: DbtCommand
}

/** One of dbt's commands, done: the exit code. */
export type Act = (acting: Acting) => Promise<number>
