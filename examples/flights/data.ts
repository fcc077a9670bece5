import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const here = createRequire(import.meta.url)

/** Path of a file of the npm package `vega-datasets`: real data, published by others. */
export function data(file: string): string {
  return join(dirname(here.resolve('vega-datasets')), '..', 'data', file)
}
