/** The library's door: open a project, and compile, plan, run and view it with the real world behind. */
export type * from './project.ts'
export { openProject } from './open.ts'
