/** Every word the console shows. Translation replaces this file; {slots} are filled by the program and keep their names. */

import { line } from "./line";
import { picture } from "./picture";

/** One sentence in the forms its number {n} asks for; a language has as many as it needs (CLDR plural categories). */
export type Forms = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export const language = "en";

/** The two forms of English. */
const n = (one: string, other: string): Forms => ({ one, other });

export const en = {
  product: "Openline",
  permission: "Notification is not permission. It adds or removes no legal protection and guarantees nothing.",
  permissionShort: "Notification is not permission and guarantees nothing.",
  exercise: "EXERCISE EXERCISE EXERCISE",
  notKnown: "not known",
  notStated: "not stated",
  close: "Close",
  cancel: "Cancel",
  back: "Back",
  copy: "Copy",
  copied: "Copied",
  reason: "Reason",
  all: "All",
  loading: "Asking the node…",
  more: "Show {n} more of {of}",

  login: {
    title: "Sign in to this node", name: "Name", password: "Password", enter: "Sign in",
    again: "Sign in again to act",
    againWhy: "Nothing was done here for a while. {name}, your password; what you began is kept.",
    wrong: "The node did not accept this name and password.",
    noNode: "The node does not answer. Check that it runs and that this address is right.",
  },

  head: {
    watch: {
      watching: "Watching", notYet: "Not watching yet", unknown: "Watching: not known", noZone: "Watching nothing: no zone",
      noFeed: "Watching nothing: no feed", feedsDown: "No feed is up", feedsLate: "Every feed is late", feedsRefusing: "Nothing that comes is accepted",
    },
    link: "Link", linkUp: "Link {age}",
    linkConnecting: "Connecting…", linkStale: "No link {age}", linkRefused: "Live link refused",
    feedsOk: n("{n} feed up", "{n} feeds up"), feedsBad: n("{bad} of {n} feed not up", "{bad} of {n} feeds not up"), feedsNone: "No feed", soundOn: "Sound on",
    soundOff: "Sound is off", soundBlocked: "Sound is blocked", soundTurnOn: "Turn sound on", test: "Test tone",
    mute: "Turn sound off on this station", ours: "here", theirs: "counterpart", signOut: "Sign out",
    help: "Keys (?)", palette: "Brightness", day: "Day", dusk: "Dusk", night: "Night",
    clockUnsynchronised: "Clock not synchronised, error unknown",
    clockUnknown: "Clock: not known whether it is right",
    clockJumped: "Clock jumped {by} at {at}", clockAhead: "{by} forward", clockBack: "{by} back",
    clockHint: "This clock is off by {offset} ms ± {uncertainty} ms",
    clockHintUnknown: "How far this clock is off is not known.",
    movers: n("{n} mover", "{n} movers"),
    moversHint: n(
      "{n} of them is near a zone, in an alarm or on a list: should it fall silent, it stays as LAST KNOWN until a person closes it.",
      "{n} of them are near a zone, in an alarm or on a list: one that falls silent stays as LAST KNOWN until a person closes it.",
    ),
    nearlyFull: "{movers} of at most {limit} movers",
  },

  stale: {
    title: "This picture is old.",
    body: "Nothing from the node for {age}. The last word came at {at}. Reconnecting; use the telephone meanwhile.",
    tracks: "Positions are {age} old",
    refused: "The node answers, but something between it and this browser refuses the live connection (a proxy without WebSocket upgrade). Alarms on this screen do not change.",
    notWatching: "The node is not watching yet: {why}",
  },

  nav: {
    label: "Panels", tracks: "Tracks", zones: "Zones", incidents: "Incidents", feeds: "Feeds",
    notices: "Notices", line: "Line", record: "Record", health: "Alarm load",
  },

  alarm: {
    title: "Alarms", none: "No alarm.",
    noneBody: "The node watches {movers} against {zones}.",
    moverWord: n("mover", "movers"), alarmWord: n("alarm", "alarms"),
    moversCount: n("{n} mover", "{n} movers"), zonesCount: n("{n} zone", "{n} zones"), alarmsCount: n("{n} alarm", "{n} alarms"),
    noneBlind: "{why}. An empty list means nothing.",
    noneNotWatching: "The node is not watching: an empty list means nothing.",
    waiting: n("{n} waits for a person", "{n} wait for a person"), search: "Find an alarm", critical: "Critical", warning: "Warning",
    advisory: "Advisory", unacknowledged: "Unacknowledged", acknowledged: "Acknowledged",
    returned_unacknowledged: "Returned, unacknowledged",
    shelved: "Shelved", normal: "Normal", approach: "Approaching", may_reach: "Not heard, may have reached it", heardOutside: "Heard again outside", entry: "Entered",
    first_seen_inside: "First seen inside", inside: "Inside", exit: "Left", averted: "Turned away", stopped: "Stopped short of it", certain: "certain",
    probable: "probable", possible: "possible", toBoundary: "to boundary", toRing: "to {ring}",
    byRoute: "by its route", onHeading: "on its heading", earliest: "earliest {t}",
    earliestHint: "In a straight line from where it is, at its speed",
    insideNow: "inside the boundary", outside: "{d} outside the boundary",
    depth: "{d} inside the boundary", deepest: "at its deepest {d} inside {line}", theBoundary: "the boundary",
    closest: "came within {d} of the boundary", overArea: "above or below the zone",
    noTime: "not closing", placeUnknown: "Distance to the boundary not known",
    lastKnown: "LAST KNOWN", heardAgo: "heard {age} ago", heardUnknown: "heard at a time not known",
    moved: "The list moved as you pressed: nothing was done. Press again.",
    acknowledge: "Acknowledge", acknowledgeAll: "Acknowledge {n}", acknowledgeOne: "Acknowledge this ring only", silence: "Silence", silenced: "Silenced", shelve: "Shelve…",
    unshelve: "Unshelve", open: "Open track", incident: "Incident", zone: "Zone",
    group: "{movers} with {alarms} in {zone}: {priority}, {state}",
    groupOpen: "Show them", groupClose: "Gather them",
    flood: "{movers} in alarm: gathered by zone. Critical alarms keep their own cards.",
    acknowledgedBy: "Acknowledged by {who} at {at}",
    shelvedUntil: "Shelved until {at}: {reason}", since: "Since {at}", ring: "Ring", ringNamed: "ring {ring}",
    rule: "Rule", crossed: "Crossed", certainty: "Certainty", version: "zone version {v}",
    shelveTitle: n("Shelve this alarm", "Shelve these {n} alarms"), shelveMinutes: "For how many minutes (1–480)",
    shelveWhy: "Why it may wait. Everyone sees this.",
    shelveDo: n("Shelve for {n} minute", "Shelve for {n} minutes"), notAllowed: "Your role does not allow this.",
    scale: "Distance to the boundary: {d}", onMap: "Show on map",
  },

  map: {
    label: "Map",
    loading: "The map is loading. Alarms work without it.",
    none: "No map on this machine. Alarms, tracks and zones work without it.",
    canvas: "Plain map: this browser has no WebGL2.",
    borders: "Borders", names: "Names", home: "Show all zones", zoomIn: "Zoom in", zoomOut: "Zoom out",
    note: "Borders: Natural Earth, no opinion of ours; disputed ones dashed.",
    credit: "Towns © GeoNames, CC BY.", own: "Own", other: "Other", unknown: "Unknown", lastKnown: "Last known",
    offMap: n("{n} in alarm is off this map", "{n} in alarm are off this map"), offMapShow: "Show", inside: "inside",
    keys: "Arrow keys move the map, + and − zoom. Everything on the map is also in the lists.",
  },

  track: {
    title: "Track", none: "Choose an alarm or a track.", search: "Find by callsign, address or id",
    table: "Tracks", of: n("{shown} of {n} track", "{shown} of {n} tracks"), live: "live", coasting: "coasting", last_known: "LAST KNOWN",
    closed: "closed", archived: "archived", own: "own", reserved: "reserved", noList: "no list",
    aircraft: "aircraft", vehicle: "vehicle", vessel: "vessel", people: "people", unknown: "class unknown",
    mover: "Mover", callsign: "Callsign", state: "State", position: "Position", height: "Height",
    speed: "Speed", heading: "Track", vertical: "Climb", source: "Source", method: "Method",
    observed: "Observed", heard: "Heard", delay: "delay {s}", accuracy: "Accuracy",
    accuracyStated: "± {d}, stated by the source",
    accuracyNotStated: "Accuracy not stated. Drawn with {d}.",
    uncertainty: "May be within", age: "Age", doubts: "Doubts", baro: "pressure altitude",
    wgs84: "above the WGS-84 ellipsoid", amsl: "above mean sea level", agl: "above ground",
    onGround: "on the ground", claims: "Who says what it is", noClaims: "Nobody has said what this is.",
    reports: n("Last report", "Last {n} reports"), alarms: "Alarms",
    notUsed: n("{n} not used", "{n} not used"), unused: "Not used",
    whyNot: {
      late: "late: newer ones were here already", frozen: "the same spot while it says that it moves",
      jump: "too far to have got there", notKnown: "why is not known",
    },
    lost: "No report for {age}. It may have landed, gone behind ground, or switched off. It stays here until a person closes it.",
    close: "Close this track…", closeTitle: "Close a lost track",
    closeWhy: "What became of it, and how you know",
    closeDo: "Close it", list: "List", putOwn: "Put on own list", putReserved: "Put on reserved list",
    putNone: "Take off the list", label: "Label", route: "Route", routeDraw: "Draw its route",
    routeClear: "Remove its route",
    routeHint: "Click on the map along the road or channel it follows. Times then also follow the route.",
    routeSave: n("Save route ({n} point)", "Save route ({n} points)"), frozen: "position frozen", jump: "impossible jump",
    two_places: "in two places", claimed: "claimed",
  },

  zone: {
    table: "Zones", make: "New zone", importFile: "Import a file…", exportGeojson: "GeoJSON", exportKml: "KML",
    none: "No zone yet. Nothing is watched until there is one.",
    active: "active", inactive: "outside its hours", withdrawn: "withdrawn", version: "version {v}",
    edit: "Change…", withdraw: "Withdraw…", withdrawTitle: "Withdraw this zone", withdrawDo: "Withdraw it",
    notice: "Tell somebody…", show: "Show on map", rings: "Rings", band: "Height band", ground: "ground",
    unlimited: "unlimited", hours: "Hours", always: "always", words: "Declared words", appliesTo: "Applies to",
    asks: "Asks", exempt: "Exempt", purpose: "Purpose", effective: "Effective", expires: "Expires",
    review: "Review", standing: "Standing per party",
    noStanding: "No party has said anything about this version.",
    holders: "Who holds which version", noHolders: "Nobody but this node.",
    behind: "still on version {v}, {age}", holdsNone: "has acknowledged no version, {age}", current: "version {v}", edgeRule: "Edge between corners",
    geodesic: "geodesic (shortest line)", lonlat: "straight in longitude and latitude", shape: "Shape",
    circle: "Circle", polygon: "Polygon", corridor: "Corridor", group: "Several areas", radius: "radius {d}",
    halfWidth: "half width {d}", corners: n("{n} corner", "{n} corners"), points: n("{n} point", "{n} points"),
    boundary: "The boundary", declaredHere: "by the act that put it in force",
    setStanding: "Say where a party stands…", party: "Party", status: "Status",
    message: "Message or entry that says so", save: "Record it", declared: "declared", notified: "notified",
    received: "received", acknowledged: "acknowledged", agreed: "agreed", disputed: "disputed",
  },

  edit: {
    titleNew: "New zone", titleChange: "Change {name}", name: "Name",
    drawHint: {
      circle: "Click the centre on the map, then the edge, or type below.",
      polygon: "Click the corners on the map, or type them below.",
      corridor: "Click along the middle line on the map, or type below.",
    },
    type: "Type a position",
    typeHint: "MGRS, degrees and minutes, decimal degrees: 33°30.4′N 38°37.1′E",
    read: "Read it", readings: "Which of these did you mean?", use: "Use", added: "Points", remove: "Remove",
    centre: "Centre", radius: "Radius", halfWidth: "Half width", unit: "Unit", unitChoose: "choose…",
    units: {
      m: "metres", km: "kilometres", nmi: "nautical miles (1,852 m)", statute_mi: "statute miles (1,609 m)",
      ft: "feet", yd: "yards",
    },
    mile: "miles",
    mileNotStated: "miles, kind not stated (both are watched)",
    size: "Size", makes: "That is", or: "or", bothWatched: "every reading is watched", discard: "Discard",
    hoursAdd: "Add hours",
    mileKind: "Which mile? A bare mile is not accepted.",
    means: "The words mean", meansRadius: "radius", meansDiameter: "diameter", meansAcross: "across",
    meansNotStated: "not stated",
    words: "The words it was declared in, exactly",
    rings: "Rings", ringAdd: "Add a ring", ringName: "Name",
    ringOffset: "Outside the boundary by (negative: inside)",
    ringRule: "Rule", ringSays: "What it says",
    rules: {
      contact_by: "make contact by here", no_contact_no_entry: "no contact, no entry", boundary: "boundary",
      inner: "inner", other: "other",
    },
    lower: "From", upper: "To", datum: "measured", noLimit: "no limit", fl: "flight level",
    hours: "Hours (UTC)", always: "Always",
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    from: "from", until: "until",
    appliesTo: "Applies to (parties and classes, comma between)",
    asks: "What it asks", exempt: "Exempt (comma between)", purpose: "Purpose",
    purposeHint: "Or say: reason not stated", effective: "Effective from (UTC)", expires: "Until (UTC)",
    reasonWhy: "Why this change is made", publish: "Publish version {v}", publishNew: "Publish",
    missing: "Still needed: {fields}", importTitle: "Import zones",
    importHint: "GeoJSON, KML, KMZ or ED-269. Nothing changes until you publish.",
    importFound: n("{n} zone in this file", "{n} zones in this file"), importTake: "Open in the editor",
    needs: {
      name: "a name", shape: "a shape with its size", unit: "the unit", mile: "which mile", means: "what the words mean (radius, diameter or across)", applies: "who it applies to",
      asks: "what it asks", purpose: "a purpose", reason: "why", ring: "every ring's distance and unit",
      limit: "a height with its unit and reference",
    },
  },

  incident: {
    table: "Incidents", none: "No incident is open or recent.", timeline: "Timeline from the record",
    open: "open since {at}", closed: "closed {at}", gap: "No record from {from} to {to}", note: "Add a note",
    noteDo: "Record the note", index: "entry {n}", within: "± {t}", evidence: "Evidence",
    unsynchronised: "This node's clock is not synchronised: how far these times are off is not known.",
    print: "Print this incident",
  },

  feed: {
    table: "Feeds",
    none: "No feed is set up. The node watches nothing until one is.",
    up: "up", refusing: "refused", late: "late", down: "down", connecting: "connecting", off: "off", since: "since {at}",
    lastHeard: "last heard {age} ago", never: "never heard", reports: n("{n} report", "{n} reports"), refused: n("{n} refused", "{n} refused"),
    refusals: "Last refusals", accepted: "would be accepted: {what}",
  },

  notice: {
    table: "Notices",
    hint: "A guest link shows one zone to somebody who has nothing installed, asks for a read-back and a name, and stays red here until it comes back right.",
    none: "No notice has been made.", make: "Make a guest link", to: "To whom",
    over: "How you hand the link over", overHint: "telephone, SMS, e-mail, paper",
    minutes: "Valid for (minutes)", text: "What you want them to know", made: "made, not opened",
    opened: "opened, not read back", read_back: "read back", mismatch: "READ-BACK DIFFERS",
    confirmed: "confirmed", revoked: "revoked", expired: "expired without answer",
    notWarned: "Counts as not told",
    print: "Print it", tries: "refused uses of the link: {n}",
    linkReady: "Hand this link over now. It is shown only once.",
    differs: "Differs in: {fields}", by: "by {who}", confirm: "Confirm the read-back", revoke: "Revoke…",
    revokeTitle: "Revoke this link", revokeDo: "Revoke it", valid: "valid until {at}",
  },

  line,
  picture,

  record: {
    table: "Record", size: n("{n} entry sealed", "{n} entries sealed"), head: "Root", print: "Open the printable log",
    latest: "Latest entries", whole: "with sealed positions", older: "Older entries",
  },

  health: {
    table: "Alarm load of this hour", tenMinutes: "In the last 10 minutes", hour: "In the last hour",
    average: "Average per 10 minutes", peak: "Peak in 10 minutes", stale: "Standing longer than 24 h",
    chattering: "Chattering", goal: "aim: {goal}", none: "none",
  },

  keys: {
    title: "Keys",
    list: [
      ["J / K", "next / previous alarm"],
      ["Enter", "open the chosen alarm's track"],
      ["A", "acknowledge the chosen mover's alarms, all rings"],
      ["S", "silence them (not an acknowledgement)"],
      ["H", "shelve them, with a reason"],
      ["M", "show it on the map"],
      ["/", "search"],
      ["G then C, T, Z, I, F, N, R, L", "panels: line, tracks, zones, incidents, feeds, notices, record, alarm load"],
      ["Esc", "leave a field, close a dialog or panel; never loses typed text"],
      ["?", "this list"],
    ] as [string, string][],
  },

  said: {
    acknowledged: "Acknowledged", silenced: "Silenced on every screen", shelved: "Shelved", unshelved: "Unshelved",
    entry: "entry {index}", entries: n("entry {first}", "entries {first} to {last}"), partly: "Only {made} of {of} were recorded.",
    done: "Recorded, entry {index}.", refused: "Refused: {message}",
    noNode: "Not recorded: the node does not answer.",
    accepted: "Accepted: {accepted}",
    viewer: "Your role ({role}) may look and not act.",
  },
};

export type Catalogue = typeof en;
