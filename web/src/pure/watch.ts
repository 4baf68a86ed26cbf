/** What the header says of the watch. A node that watches nothing must not look as one that finds nothing. */

export type Watch = "unknown" | "notYet" | "noZone" | "noFeed" | "feedsDown" | "feedsLate" | "feedsRefusing" | "watching";

/** `known`: the last word of the node is fresh. `feeds`: their states, those switched off among them. */
export function watchOf(known: boolean, watching: boolean | undefined, zones: number, feeds: readonly string[]): Watch {
  if (!known || watching === undefined) return "unknown";
  if (!watching) return "notYet";
  if (zones === 0) return "noZone";
  const on = feeds.filter((state) => state !== "off");
  if (on.length === 0) return "noFeed";
  if (on.includes("up")) return "watching";
  if (on.includes("refusing") || on.includes("refused")) return "feedsRefusing";
  return on.includes("late") ? "feedsLate" : "feedsDown";
}
