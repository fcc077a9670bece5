const kibibyte = 1_024
const mebibyte = 1_024 * kibibyte
const gibibyte = 1_024 * mebibyte

/** Every number that bounds this room, by name and unit. */
export const limits = {
  /** S3 user guide, "Naming Amazon S3 objects". */
  keyBytesMax: 1_024,
  /** Attempts at one request, the first included. */
  attemptsMax: 6,
  /** The first wait is at most this long; each next one at most twice as long. */
  backoffMs: 100,
  waitMsMax: 20_000,
  /** Longest silence of a server, connecting included. */
  silenceMsMax: 30_000,
  /** Largest answer held in memory; larger objects are read by ranges. */
  answerBytesMax: 2 * gibibyte,
  connectionsMax: 64,
  /** Ranges closer than this come in one request: at 100 MB/s a gap costs less than a round trip of 10 ms. */
  gapBytesMax: mebibyte,
  /** Of the cache: its pieces are under way 16 at a time, and share the round trip. */
  cacheGapBytesMax: 64 * kibibyte,
  /** A body that is written to this disk without another thread. */
  smallBytesMax: 64 * kibibyte,
  /** Largest piece of one request, of reads and of parts. */
  pieceBytesMax: 8 * mebibyte,
  /** Pieces in flight for one call. */
  piecesMax: 16,
  /** Large pieces in flight, each held in memory: of one upload, of one download. */
  uploadPartsMax: 4,
  downloadPiecesMax: 4,
  /** S3 user guide, "Amazon S3 multipart upload limits". */
  partsMax: 10_000,
  deleteKeysMax: 1_000,
  listKeysMax: 1_000,
  /** Files of one folder looked at, or deleted, at once. */
  filesMax: 32,
  /** A temporary file that nobody has written to for so long belongs to a process that was killed. */
  temporaryMsMax: 3_600_000,
  /** Longest wait for another process that replaces an object of the same folder. */
  lockMsMax: 30_000,
  lockPollMs: 5,
  /** Credentials are renewed when they have less than this left. */
  renewMs: 300_000,
  /** Longest silence of the instance's own address: where there is no such address nobody answers at all. */
  instanceMsMax: 1_000,
  instanceAttemptsMax: 3,
  /** A document of credentials, tokens or settings. */
  documentBytesMax: mebibyte,
  /** A cached file that was handed out so short ago is not removed, also above the limit of the cache. */
  cacheKeptMs: 900_000,
  /** How often a cached file may be removed by others while it is filled. */
  cacheTriesMax: 10,
  /** What the cache holds unless told otherwise. */
  cacheBytesMax: 10 * gibibyte,
  /** Share that the cache takes at most of what it and the free space of its disk hold together. */
  cacheDiskShare: 0.5,
  /** Share of the limit that is fetched before the cache is swept again. */
  cacheSweepShare: 0.05,
  /** A cache that was swept so short ago is not swept again because somebody opens it. */
  cacheSweptMs: 300_000,
}
