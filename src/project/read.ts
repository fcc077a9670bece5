import type { ProjectRead, ReadOptions } from './types.ts'

/** Read a project. Throws only when `root` is no project; everything else that is wrong is in `failures`. */
export declare function readProject(root: string, options?: ReadOptions): Promise<ProjectRead>
