/** The words of the line: counterparts, messages, custody, read-back, first contact. Part of the catalogue in `en.ts`. */

import type { Thing } from "../model/line";
import type { Forms } from "./en";

const n = (one: string, other: string): Forms => ({ one, other });

export const line = {
  title: "Line", messages: "Messages", board: "Custody board", compose: "New message", contact: "First contact",
  none: "No counterpart yet.",
  noneBody: "A line opens when both administrators have taken the other's card and read its sixteen words aloud over another channel.",
  noMessages: "Nothing has been said on this line yet.",
  noCustody: "No message that has to reach a unit.",
  open: "Open",

  state: {
    up: "up", silent: "silent", down: "down", "never met": "never met", fork: "two versions", "put back": "we were put back",
    "they were put back": "they were put back", "later version": "a later version",
  } as Record<string, string>,
  stateMeans: {
    silent: "Nothing was heard from them. Why is not known.", down: "Our node cannot reach theirs.",
    "never met": "They have not been heard since the cards were exchanged.",
    fork: "They have signed two things that cannot both be so. Both are kept; a supervisor decides how it goes on.",
    "put back": "This node is older than what they hold of it.",
    "they were put back": "Their node is older than what we hold of it.",
    "later version": "They speak a later version of the line: what they send in it cannot be taken here.",
  } as Record<string, string>,
  since: "since {at}", clock: "Their clock", clockSaid: "{by} {way} ours, ± {within}", clockAhead: "ahead of", clockBehind: "behind", clockEqual: "as ours, ± {within}",
  heard: "Last heard", heardAgo: "{age} ago", never: "not since this node started", waitingOf: "Without a receipt",
  waitingCount: n("{n} message of ours", "{n} messages of ours"), noWaiting: "none",
  cosigned: "Cosigned by them", cosignedOf: "{n} of our {of} entries", cosignedNone: "nothing of our record yet",
  desk: "Their desk says", deskStaffed: "staffed", deskUnstaffed: "NOT STAFFED", deskUnsaid: "not stated whether staffed",
  nothingSigned: "NOTHING IS SIGNED to {party}: {why}",
  telephone: "Use the other path. What is typed here does not leave this node.",
  isDown: "The line to {party} is {state}", isDownSince: "The line to {party} is {state} since {at}.", moreDown: n("{n} more line is not up.", "{n} more lines are not up."),
  path: {
    title: "Other path", none: "NONE ENTERED", noneBody: "No other path to {party} is entered.", theySay: "as they say, {at}", enter: "Enter it…", change: "Change…",
    ask: "An administrator enters it: panel Line, box of {party}.", field: "Telephone numbers, frequencies: one a line, with who is there", hint: "Recorded, shown to everybody at this desk when the line is not up or an answer does not come. Never sent.",
    go: "Keep these", wanted: "Use the other path now.",
  },
  notices: {
    missing: "MISSING: their notice number {n}.", since: "Since {at}.", asked: "Our node asked for it in {id}.", notAsked: "Not asked for yet.",
    answered: "They answered: {answer}.", odd: "Their notice number {n} does not follow {upto} and was not counted: ask them.",
    had: "It came another way…", hadTitle: "Notice {n} of {party} came another way", hadField: "How it came, who says so, in which role", hadDo: "Enter it",
    hadHow: "outside the line", resend: "Send notice {n} again",
  },
  seenBy: "an officer has to state by {at} that it was seen", telephoneAt: "then telephone them at {at}",
  noted: "We know that they were put back", settle: "Let it go on…", settleTitle: "Let the line with {party} go on", settleWhy: "Why it goes on. What contradicts stays in the record.", settleDo: "Let it go on",
  words: "Their sixteen words", remove: "End this line…", removeTitle: "End the line with {party}",
  removeWhy: "Why it ends. What was said stays in the record.", removeDo: "End the line",

  flash: "FLASH from {party}", flashBody: "{what}, sent {at}. Nobody here has said that it was seen.",

  unseen: "NOT SEEN by anybody here", to: "to {party}", from: "from {party}", exercise: "EXERCISE",
  precedence: "Precedence", precedences: { flash: "FLASH", immediate: "IMMEDIATE", priority: "PRIORITY", routine: "ROUTINE" },
  markers: {
    INSTRUCTION: "INSTRUCTION", ADVICE: "ADVICE", WARNING: "WARNING", INFORMATION: "INFORMATION", QUESTION: "QUESTION", ANSWER: "ANSWER",
    REQUEST: "REQUEST", INTENTION: "INTENTION",
  } as Record<string, string>,
  names: {
    "warning.relay": "Pass a warning on", "hazard.keep_clear": "Own hazardous activity: keep clear", "zone.notice": "Notice of a zone",
    "reservation.notice": "Notice of a reservation", "movement.notice": "Notice of a movement",
    "question.delivered": "Did our warning reach the unit?", "question.owner": "Is this group yours?",
    "question.holds": "Do you hold our notice?", "question.serial": "A notice is missing: send it again?", "question.staffed": "Is your line staffed?", question: "Question", check: "Check of the line",
    status: "State of our desk", drill: "Exercise", correction: "Correction", withdrawal: "Taken back",
  } as Record<string, string>,

  text: "Text", languages: { en: "English", ar: "العربية", ru: "Русский", fr: "Français", es: "Español" } as Record<string, string>,
  otherLanguages: n("{n} other language", "{n} other languages"),
  noText: "No text came in a language of this console: the slots say it.",
  differsFromTemplate: "DIFFERS FROM ITS TEMPLATE: {why}", notChecked: "NOT CHECKED: {why}", checkedSame: "Written again here from the template: the same.",
  free: "Free text, in their own words", freeOurs: "Free text, in our own words", freeNote: "Not from a template. Not translated, not checked.",
  slots: "What fills the slots", unused: "THEIR NODE CANNOT USE IT: {why}. Tell them on the other path.", unusedHere: "THIS NODE CANNOT USE IT: {why}. Ask them on the other path.",
  queued: "queued {at}", notSent: "waits for the line: it has no number yet", number: "number {n}", validUntil: "valid until {at}", answerBy: "answer by {at}",

  things: {
    received: ["Received", "by the node"], seen: ["Seen", "by a person"], understood: ["Understood", "read back, agrees"], passed_on: ["Passed on", ""], acted: ["Acted", ""],
  } as Record<Thing, [string, string]>,
  thingsTitle: "What has been stated", notStated: "not stated", machine: "their node, no person", machineOurs: "our node, no person",
  comparedBy: "compared by {party}, {at}", readBackWaiting: "read back, not compared yet", readBackDiffers: "READ BACK, AND IT DIFFERS", agrees: "The read-back agrees.",
  stoppedThere: "IT STOPPED", noReply: "NO REPLY. It means nothing: neither yes nor no.",
  answered: "Answer", standby: "STAND BY: the answer follows", notAnswered: "not answered",
  result: {
    offset: "The place read back lies {d} from the place that was said; {most} are allowed.", fields: "Differs: {names}.", missing: "Not read back: {names}.",
    notConfirmed: "NOT CONFIRMED.", against: "THEIR RESULT IS NOT OURS: {why}.",
  },
  lead: "Notice",

  headline: {
    queued: "not received", stored: "received, not seen", expired: "ran out", superseded: "replaced", withdrawn: "taken back", differs: "READ-BACK DIFFERS",
    stopped: "STOPPED", "no reply": "NO REPLY", acted: "acted", "passed on": "passed on", answered: "answered", standby: "stand by",
    understood: "understood", "read back": "read back, not compared", seen: "seen, not read back",
  } as Record<string, string>,

  due: {
    title: "Due", since: "since {at}, {age}", acknowledge: "Acknowledge here", acknowledgedBy: "acknowledged here by {who}; it stays until it comes",
    note: "Acknowledging tells the counterpart nothing.",
    ours: {
      telephone: "TELEPHONE THEM: nobody there has said that the notice was seen", receipt: "No receipt from their node", seen: "Nobody there has said that it was seen", read_back: "They have not read it back",
      differs: "What they read back differs", answer: "They have not answered", no_reply: "NO REPLY: try every other path",
      passed_on: "Nobody says that {unit} was told", passed_on_before_start: "Begins within the hour, and nobody says that {unit} was told",
      passed_on_at_start: "It has begun, and nobody says that {unit} was told",
    } as Record<string, string>,
    theirs: {
      receipt: "Our node has not given a receipt", seen: "Nobody here has said that it was seen", read_back: "We have not read it back",
      differs: "What we read back differs: read their message again", answer: "We have not answered", no_reply: "We have not replied at all",
      passed_on: "We have not said that {unit} was told", passed_on_before_start: "Begins within the hour, and we have not said that {unit} was told",
      passed_on_at_start: "It has begun, and we have not said that {unit} was told",
    } as Record<string, string>,
    unit: "the unit",
  },

  lastKnown: "NOT KNOWN, last: {state}",

  act: {
    seen: "I have seen it", readBack: "Read it back…", readBackAgain: "Read it back again…", passed: "Passed on…", stopped: "It stopped…", acted: "What they did…", answer: "Answer:",
    withdraw: "Take it back…", correct: "Correct it…", ask: "Ask whether it reached the unit…", theyAsk: "They ask for one of these answers.",
    sent: "On its way to {party}, entry {index}.", signedAs: "It is signed by this node and names you, {who}.",
    titles: {
      answer: "Answer: {word}", passed_on: "It was passed on", stopped: "It stopped and went no further", acted: "What the unit did", withdrawal: "Take our message back",
    },
    go: { answer: "Send this answer", passed_on: "State that it was passed on", stopped: "State that it stopped", acted: "State this", withdrawal: "Take it back" },
  },

  custody: {
    title: "Custody",
    us: "our desk", them: "counterpart's desk", unit: "a unit that can act", noUnit: "The unit: nobody knows which, and nobody says that it was told",
    unitNot: "{unit}: nobody says that it was told", says: "says {who}", by: "by {who}", byHand: "entered by hand", nothing: "nothing stated",
    stopped: "STOPPED", deadEnd: "DEAD END", overdue: "DEAD END: nothing passed on in time", waiting: "nothing passed on from here yet", told: "told", closed: "closed {at}",
    takeBack: "Take back", takeBackWhy: "It was not so. The mover is then as little warned as before.", takeBackDo: "Take it back", backReason: "Why (in words)",
    backBoth: "{party} is told by a signed message, and takes it off its board too.", backWaits: "The line is not up: it waits, and {party} STILL READS IT until then. Tell them another way.",
    backHere: "It stays here: {party} was never told of it.", backTheirs: "Here only: {party} still states it. Ask them to take it back.",
    takenBack: "Taken back by {who} {at}", neverSent: "it had not left",
    events: { seen: "seen", read_back: "read back", standby: "standby", answer: "answered", passed: "passed on", stopped: "stopped", acted: "acted" } as Record<string, string>,
    named: "Units that must be told:", otherUnit: "“{unit}” is none of the units that must be told ({units}). They stay NOT TOLD by this.",
    enter: "Enter what happened outside the line…", nameUnits: "Name the units that must be told…", unitsField: "Units this desk has to tell (comma between)",
    unitsMessage: "The message itself names: {units}.", unitsMessageNone: "The message names none.", unitsHint: "Only for this desk's board; it is not sent. Nobody is told by it.", unitsGo: "Put them on the board", begins: "begins {at}",
    grades: { stored: "arrived", seen: "seen", understood: "understood", passed_on: "passed on", acted: "acted" } as Record<string, string>,
    hows: { line: "by this line", radio: "by radio", phone: "by telephone", runner: "by messenger", paper: "on paper", guest_link: "by guest link" } as Record<string, string>,
  },

  hop: {
    title: "What happened outside the line", unit: "Which unit or desk", via: "It came there from", viaNone: "nobody says", grade: "What is stated",
    how: "How", by: "Who carried it or passed it on", says: "Who says so, and in which role", at: "When that was (UTC)", last: "This is a unit that can act, or the mover itself",
    stopped: "It stopped there, because (leave empty if it did not)", detail: "Detail", go: "Enter it", hint: "Only what somebody says is entered, with who says it.",
  },

  form: {
    to: "To", template: "What to say", choose: "choose…", units: "Units that must be told (comma between)", unitsHint: "Empty: nobody knows which. Then nobody can be shown as told.",
    valid: "Valid for (minutes)", answer: "Answer wanted within (minutes)", free: "Free text (marked as such; better none)", reason: "Why so little notice is given",
    howUrgent: "Choose how urgent it is.", preview: "Exactly this leaves", previewWaits: "The text appears here as soon as nothing is missing.", stays: "Stays behind",
    staysNote: "Readers of these languages get the slots, which need no translation.", send: "Send to {party}", sendAs: "Send as {precedence} to {party}",
    sending: "Queued for {party}, entry {index}.", missing: "Still needed: {fields}", wrong: "Cannot be read: {fields}", atLeast: "Still needed: {n} more of {fields}",
    discard: "Discard", optional: "optional", about: "About {mover} of our picture", correcting: "Replaces our message {id}", unlink: "Not about this mover",
    signIn: "The preview appears after signing in again.", pick: "Pick on the map", picking: "Click on the map…", ofMover: "Place of a mover",
    coarse: "made coarse: {d} steps", change: "Change", timeHint: "09:45 or 2017-05-18 09:45, UTC", is: "{at}, {when}", inFuture: "in {age}", inPast: "{age} ago", rightNow: "now", now: "now", plus: "+{n} min",
    more: "Times and free text", degrees: "000–359°, from true north", kmh: "km/h", kt: "knots", mps: "m/s", datum: "measured", ground: "ground", unlimited: "without limit", notStatedHeight: "not stated",
    why: { number: "a number", unit: "a unit", datum: "what it is measured from", time: "a time", range: "out of range", long: "too long" } as Record<string, string>,
  },

  readBack: {
    noPlace: "No place is entered: {places}. A typed place counts only once it was read.", unread: "I could not read the place",
    title: "Read back: {what}",
    hint: "Write what you understood, without the sender's words before you. Places: type them, or click on your own map. What you leave blank is not confirmed.",
    go: "Send the read-back", blank: n("{n} field is blank: it will not be confirmed", "{n} fields are blank: they will not be confirmed"),
    away: "Their text is put away while you write.", sent: "Read back, entry {index}. {party} compares it.", look: "Look at their text again",
  },

  meet: {
    title: "First contact", ours: "Our card", oursHint: "Send it by any way; there is no secret in it.", download: "Download", noCard: "This node has no card: it was made by an older release, or the line is not open yet.",
    noUrl: "The card names no address: nobody can call this node; it calls them.", words: "Our sixteen words",
    wordsHint: "Read them aloud to the counterpart over another channel, line by line, and let them read theirs.",
    theirs: "The counterpart's card", paste: "Paste the card here", heard: "The sixteen words as you heard them", how: "Over which other channel, with whom",
    howHint: "telephone to Lt Kareem, number from the agreement", go: "Take this counterpart", admin: "An administrator takes a counterpart's card.", counted: "{n} of 16 words",
  },

  guest: {
    title: "A link for the last unit", open: "Make a link for the last unit", unit: "Which unit it tells", language: "Text shown first in", first: "as it came",
    hint: "No login. Somebody there reads the text, says it back, gives name and role; what agrees is stated to the counterpart as passed on to this unit. It works once.",
  },
  core: {
    title: "Shared core", note: "What both nodes hold of this conversation alike: its messages, text and read-back. Nobody's notes are in it.",
    offer: "Sign it and offer it", agree: "Agree to the core", refuse: "Refuse the core", why: "Why it is refused", reason: "In words",
    offered: "{party} offered it: {who}, {at}.", answered: "by {who}, {at}",
    states: { "no answer": "NO ANSWER", agrees: "Agreed to", refuses: "REFUSED" },
    held: { same: "Our node computes the same.", differs: "OUR NODE COMPUTES ANOTHER: it cannot be agreed to.", unknown: "Our node cannot compute it any more: ask for a newer one." },
    reasons: {
      not_held: "It is not what our node holds", not_agreed: "It does not say what happened", not_authorised: "Not authorised to sign it", other: "Other",
    },
  },

  told: {
    title: "People outside the console", hint: "Who is told of what is due and of lines that do not work. Of no message more is known than that it was sent.",
    none: "Nobody outside the console is being told of anything.", look: "People outside…", open: n("{n} thing is told to people outside:", "{n} things are told to people outside; the gravest:"),
    of: n("{n} thing of it is told to people outside the console", "{n} things of it are told to people outside the console"), nobody: "Nobody has been told yet.", over: "over {path}", attempt: "try {n}", step: "step {n} of {of}", acknowledge: "Acknowledge: tell nobody more", acknowledged: "Acknowledged by {who}: nobody more is told. It stays due.",
    note: "It stays due, and nothing is answered.", severities: { critical: "CRITICAL", warning: "WARNING", advisory: "ADVISORY" } as Record<string, string>,
    states: { waiting: "waiting to go", sent: "sent", "not known": "NOT KNOWN whether it was sent", "failed for now": "FAILED for now", "failed for good": "FAILED", "not needed": "not needed any more" } as Record<string, string>,
    dues: {
      receipt: "No receipt", seen: "Not seen by a person", read_back: "Not read back", differs: "The read-back differs", answer: "No answer", no_reply: "NO REPLY",
      passed_on: "Nobody says that the unit was told", passed_on_before_start: "Begins within the hour, unit not told", passed_on_at_start: "It has begun, unit not told",
      fork: "Two versions of what was signed", put_back: "This node was put back", they_were_put_back: "Their node was put back", silent: "The line is silent", down: "The line is down", clock: "The clock of this machine was set", try: "A trial",
    } as Record<string, string>,
    paths: "Ways to them", noPaths: "No way is set up: nobody outside would be told.", noPathsBody: "The settings name them, under [[path]] and [[escalation]] (page “Telling people who are not at the console”).",
    try: "Try it", trying: "A trial goes over it, entry {index}. What came of it appears below.", trial: "Trial {id}", endTrial: "End the trial", quiet: "quiet {hours} UTC unless critical",
  },

  translations: {
    title: "Translations", hint: "A translation that no person on record has approved never leaves as FLASH, and otherwise only as the sender's own language. Approve one only if you read both languages.",
    approved: "approved", notApproved: "not approved", approvedBy: "Approved by {who}, {at}.", by: "translated by {who}", byUnknown: "translator not stated", version: "version {v}",
    compared: "{language} beside its source", holes: "Words in {braces} are filled in by typed slots and need no translation. The words of the lists are part of what is approved.",
    supervisor: "A supervisor who reads both languages approves it.", ask: "It says the same…", sure: "You, {who}, read {language} and the source, and say that both say the same. It is recorded with your name.", approve: "Approve it",
  },

  keys: {
    title: "Our keys change", hint: "Tells counterparts of our newer key manifest, signed by our root key and by the key they know. What is pasted here is sent as it is.",
    manifest: "The signed key manifest", certificates: "Its new TLS certificates (PEM), if it names any", to: "To", all: "all counterparts", go: "Tell them", sure: "Tell {party} of it now?", told: "Queued, entry {index}. What each line took is in the record.",
  },

  alarm: { ask: "Ask the counterpart to pass a warning" },

  slot: {
    addressed_unit: "Unit that must be told", side_choice: "They are",
    mover_choice: "Group", mover_count: "How many", looks_text: "What they look like", mover_place: "Place", landmark_text: "Near", seen_us: "There at",
    course_deg: "Course", speed_cmps: "Speed", height_altitude: "Height", distance_m: "Distance to its boundary", zone_text: "Zone", asked_choice: "Asked of them",
    turn_deg: "Heading to take", by_us: "By", contact_text: "Answer on (frequency, number)", message_text: "Message", from_unit: "From which station", unit: "Which unit or desk",
    last_choice: "That is", told_us: "Told at", by_text: "By whom", how: "How", grade_choice: "There it is", stopped_us: "Stopped at", stopped_choice: "Why",
    detail_text: "Detail", what: "What they did", acted_us: "When", zone_number: "Number", edition_number: "Version", issuer_party: "Issued by", change_choice: "The zone is",
    centre_place: "Centre", radius_m: "Within", floor_altitude: "Lower limit", ceiling_altitude: "Upper limit", start_us: "From", end_us: "Until", applies_text: "Applies to",
    reason_text: "Reason or detail", area_place: "Area around", label_text: "Name", holder_party: "Of which party", exactness_choice: "This area is", markings_text: "Markings",
    cancel_text: "If late or cancelled", origin_place: "From where", destination_place: "To where", route_text: "Route", stops_text: "Stops, and what changes there",
    warning_text: "Our warning", sent_us: "Sent at", notice_text: "Our notice", asked_us: "At", check_number: "Number", serial_number: "Number of the notice", noticed_us: "Missed at", path_choice: "Path",
    desk_choice: "Our desk is", officer_text: "On duty", deputy_text: "Deputy", languages_text: "Languages", other_path_text: "Other path to us", drill_text: "Exercise",
    drill_choice: "It is", wrong_text: "What was wrong", right_text: "What it should say", why: "Why", next_text: "Who holds it now",
  } as Record<string, string>,
};
