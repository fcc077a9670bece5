/** A place in a file of the project. Lines and columns count from 1; `length` is in characters. */
export type At = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}

/** Any value that survives JSON unchanged. 64-bit integers and decimals travel as text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
