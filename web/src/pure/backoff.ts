/** Waiting before the n-th try to reconnect: doubling from 0.5 s to 10 s. The caller adds its own jitter. */
export const backoffMs = (tries: number): number => Math.min(10_000, 500 * 2 ** Math.max(0, tries));

/**
 * The link is stale when nothing, not even a ping, came for this long. Pings come every 5 s, and the node speaks each second
 * besides: with the pause between two looks an old picture is marked before 6 s have gone by.
 */
export const STALE_MS = 5_700;
export const LOOK_MS = 200;
