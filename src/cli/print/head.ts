import type { Project } from '../../door/index.ts'
import type { Out } from './out.ts'

/** `shop → duckdb shop.duckdb`: which project, and where its tables go. */
export function head(project: Project, out: Out): void {
  const environment = project.environment === 'default' ? '' : ` (${project.environment})`
  out.say([`  ${project.name}${environment} → ${out.palette.place(project.target)}`, ''])
}
