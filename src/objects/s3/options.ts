import type { Credentials } from '../credentials/credentials.ts'

/** What is said of a store that speaks S3; the environment and the profile say the rest. */
export type S3Options = {
  readonly region?: string
  /** `https://minio.example.com:9000`; AWS unless said. */
  readonly endpoint?: string
  /**
   * Whether the bucket stands in the path or in the name of the host. In the path where an endpoint is given,
   * and where its name holds a dot, which no certificate of AWS covers.
   */
  readonly addressing?: 'path' | 'virtual'
  readonly profile?: string
  /** Found unless given; `anonymous`: requests are not signed. */
  readonly credentials?: Credentials | 'anonymous' | (() => Promise<Credentials>)
}
