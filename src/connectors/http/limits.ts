/** The limits of this connector, each with its unit. */
export const limits = {
  attemptsMax: 5,
  /** Until the answer begins, and between two pieces of it. */
  silenceMsMax: 60_000,
  /** One answer from its first byte to its last: a body that drips for ever is never silent. */
  requestMsMax: 900_000,
  /** A longer wait than this is the executor's: it gives the step's slot away meanwhile. */
  waitMsMax: 120_000,
  bodyBytesMax: 256 * 1024 ** 2,
  downloadBytesMax: 16 * 1024 ** 3,
  redirectsMax: 10,
  pagesMax: 100_000,
} as const
