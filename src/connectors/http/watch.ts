import { type Failure, failure } from '../../errors/index.ts'
import { redacted } from './address.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'
import type { Call } from './send.ts'

/** Looks at one request: ends it when the server falls silent, or takes too long as a whole. */
export type Watch = {
  readonly signal: AbortSignal
  /** Why it was ended, if this watch ended it. */
  readonly failed: Failure | undefined
  /** The caller's reason, if the caller ended it. */
  readonly cancelled: unknown
  /** The server said something; so many bytes of the body are here. */
  readonly heard: (bytes: number) => void
  readonly close: () => void
}

export function openWatch({ url, request }: Call, world: World): Watch {
  const silenceMs = request.timeoutMs ?? limits.silenceMsMax
  const controller = new AbortController()
  let failed: Failure | undefined
  let bytes = 0
  const end = (limit: string, ms: number) => {
    failed = failure('SLUICE_HTTP_SILENT', { url: redacted(url), limit, ms, bytes })
    controller.abort(failed)
  }
  const arm = () => setTimeout(end, silenceMs, 'timeoutMs', silenceMs)
  let silence = arm()
  const whole = setTimeout(end, world.requestMsMax, 'requestMsMax', world.requestMsMax)
  return {
    signal: AbortSignal.any([world.signal, controller.signal]),
    get failed() {
      return failed
    },
    get cancelled() {
      return world.signal.aborted ? world.signal.reason : undefined
    },
    heard: so => {
      bytes = so
      clearTimeout(silence)
      silence = arm()
    },
    close: () => {
      clearTimeout(silence)
      clearTimeout(whole)
    },
  }
}
