import type { Project } from '../../door/index.ts'
import type { Out } from './out.ts'

/** `shop → lake ./lake`: which project, and where its tables go. */
export function head(project: Project, out: Out): void {
  const environment = isNamed(project) ? ` (${project.environment})` : ''
  out.say([`  ${project.name}${environment} → ${out.palette.place(project.target)}`, ''])
}

/** The one command that helps now, dim: `next  sluice run`, in the environment in which one stands. */
export function next(command: string, { palette }: Out, project: Pick<Project, 'environment'>): string {
  const environment = isNamed(project) ? ` --env ${project.environment}` : ''
  return `  ${palette.dim('next')}  ${palette.place(`${command}${environment}`)}`
}

/** `default` is what the door calls the target of a project without `--env`. */
function isNamed({ environment }: Pick<Project, 'environment'>): boolean {
  return environment !== 'default'
}
