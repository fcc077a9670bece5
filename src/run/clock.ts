import type { Clock } from './ports.ts'

// Node turns a longer delay into 1 ms: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const timerMsMax = 2 ** 31 - 1

/** The time of this machine. Sleeps go by a clock that does not jump when somebody sets the time. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    sleep: async (ms, signal) => {
      for (let leftMs = ms; leftMs > 0 && !signal.aborted; leftMs -= timerMsMax)
        await timer(Math.min(leftMs, timerMsMax), signal)
    },
  }
}

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const wake = () => {
      clearTimeout(handle)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const handle = setTimeout(wake, ms)
    signal.addEventListener('abort', wake)
  })
}
