/** What proves who asks. Never in words: no failure and no log holds any of it. */
export type Credentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** undefined: they do not end. */
  readonly expiresMs?: number
}

/** One place where credentials may be; undefined: this place says nothing. */
export type CredentialSource = {
  readonly name: string
  readonly load: () => Promise<Credentials | undefined>
}
