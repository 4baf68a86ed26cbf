/** Waiting before the n-th try to reconnect: doubling from 0.5 s to 10 s. The caller adds its own jitter. */
export const backoffMs = (tries: number): number => Math.min(10_000, 500 * 2 ** Math.max(0, tries));

/** The link is stale when nothing, not even a ping, came for this long (pings come every 5 s). */
export const STALE_MS = 10_000;
