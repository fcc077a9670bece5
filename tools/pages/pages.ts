/** A file that is made from code: its path from the root, and its text. */
export type Page = { readonly path: string; readonly text: string }
