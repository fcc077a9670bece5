/** A range: it holds three ints, and no list. */
export class Range {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly length: number
  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
    this.length = Math.max(0, Math.ceil((stop - start) / step))
  }

  /** Within its length. */
  at(index: number): number {
    return this.start + index * this.step
  }

  /** Where this number stands; undefined: nowhere. */
  indexOf(number: number): number | undefined {
    const index = (number - this.start) / this.step
    return Number.isInteger(index) && index >= 0 && index < this.length ? index + 0 : undefined
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.length; index++) yield this.at(index)
  }
}
