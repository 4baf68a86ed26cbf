/** Words of what stands against the picture, and of closing many tracks at once. */

const n = (one: string, other: string): { one: string; other: string } => ({ one, other });

export const picture = {
  condition: { gnss_suspect: "GNSS suspect", picture_full: "Picture full", two_places: "In two places", frozen: "Frozen", disk: "Disk" },
  since: "since {at}",
  over: "over at {at}; not seen by anybody yet",
  seen: "Seen",
  seenBy: "seen by {who}",
  lately: "What happened to tracks lately",
  lostMany: n("{n} track is LAST KNOWN", "{n} tracks are LAST KNOWN"),
  lostZone: "At or beside",
  lostOlder: "silent for at least (minutes)",
  lostClose: n("Close {n} track…", "Close {n} tracks…"),
  lostHint: "Each is closed with its own entry and the same reason. Those in an alarm are closed one by one.",
  closeTitle: n("Close a lost track", "Close {n} lost tracks"),
  closeDo: n("Close it", "Close them"),
  latelyNone: "Nothing since this page was opened.",
};
