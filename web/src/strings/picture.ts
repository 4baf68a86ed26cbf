/** Words of what stands against the picture, and of closing many tracks at once. */

export const picture = {
  condition: { gnss_suspect: "GNSS suspect", picture_full: "Picture full", two_places: "In two places", frozen: "Frozen" },
  since: "since {at}",
  over: "over at {at}; not seen by anybody yet",
  seen: "Seen",
  seenBy: "seen by {who}",
  lately: "What happened to tracks lately",
  latelyNone: "Nothing since this page was opened.",
};
