/* One lane of the line, in one direction (docs/spec/line.md; what is in here, what is not, and why one direction: docs/model.md).
 *
 * South sends N messages to North. Each node has a durable half (what a committed transaction holds) and a volatile half (what a stop
 * loses). Between them lie two sets of packets; any of them may be taken at any time, again and again, or never: that is loss,
 * doubling, reordering and a frame of the day before yesterday, all at once. A node may stop between any two steps.
 *
 * A payload is its number and its version: 0 as the number was signed first, 1 when it is signed again with other content. A hash,
 * because of `prev`, commits to the versions of all numbers up to its own: bit n-1 is the version of number n.
 *
 * Who calls: both, unless SOUTH_CALLS or NORTH_CALLS. What South sends goes in its own calls, or is pulled by North's.
 * Faults: PUT_BACK (South is restored once from an older backup), PUT_BACK_NORTH, LIAR (South signs anything), FALSE_RECEIPTS (North
 * signs any receipt). STRICT judges all that was ever signed, not only what North ever held. MARKED: a backup says that it is one, and
 * what is signed after it was put back is signed with a new line key. HARM leaves I8 out, to see what breaking it would lead to.
 * Mutants, each one rule less: RECEIPT_FIRST NO_DUPLICATE_CHECK NO_GAP_CHECK NO_PREV_CHECK NO_HELLO NO_SESSION CALLER_SESSION
 * SIGNS_UNHEARD SIGNS_PUT_BACK NOT_FIRM SESSIONS_STAY ENDS_IF_FIRM STARTS_OVER LAST_HEARD COMPARES_LATER HELLO_OVERTAKES
 * JUDGES_REQUESTS SENDS_FIRST TRUSTS_RECEIPTS GOES_ON_AFTER_HAVE FORGETS_RECEIPTED.
 */
#ifndef N
#define N 2 /* messages, 1 to 3 */
#endif
#ifndef UP
#define UP 2 /* different packets that South has on their way at once, 2 or 3; North has 2 */
#endif

#if defined(SOUTH_CALLS) || defined(NORTH_CALLS) || defined(LIAR) || defined(FALSE_RECEIPTS) || defined(NO_HELLO)
#define ONE_CALLS 1
#else
#define ONE_CALLS 0
#endif

/* ── packets; 0 is an empty place ── */
#define HELLO 1 /* both ways: a request, with marks: what South sent, what North has */
#define ANSWER 2 /* both ways: to a hello, with marks */
#define FRAME 3 /* up: one message */
#define RECEIPT 3 /* down: cumulative; evidence, in whatever session it comes */

/* Of 16 or 32 fresh random bytes only equality counts, so a packet carries what comparing them would tell, kept up to date:
 *   mine   HELLO, ANSWER   the caller waits for the answer to this hello
 *   boot   HELLO, ANSWER   its writer's start: 1 the present one, 2 the one before; those of older ones are lost. RECEIPT: 1 or 0
 *   heard  HELLO, ANSWER   it names its reader's present start: it is firm
 *   sid    FRAME           1: it names North's present session of that kind; ANSWER: 1: the session it opened is still open
 *   kind2  FRAME           1: it was pulled, it goes with North's calls; ANSWER: 1: the hello was firm
 * With CALLER_SESSION the caller's 16 bytes alone are the session, and an old one may become the present one again: there the sid of
 * a HELLO or FRAME is the age of South's bytes: 1 newest, 2 the ones before, 0 older. */
#define PACK(kind, mine, boot, heard, sid, kind2, seq, hash) \
  ((kind) | (mine) << 2 | (boot) << 3 | (heard) << 5 | (sid) << 6 | (kind2) << 8 | (seq) << 9 | (hash) << 11)
#define KIND(x) ((x) & 3)
#define MINE(x) ((x) >> 2 & 1)
#define BOOT(x) ((x) >> 3 & 3)
#define HEARD(x) ((x) >> 5 & 1)
#define SID(x) ((x) >> 6 & 3)
#define KIND2(x) ((x) >> 8 & 1)
#define SEQ(x) ((x) >> 9 & 3)
#define HASH(x) ((x) >> 11)
#define OF_OLD_START 16 /* the bit of BOOT 2 */
#define PREFIX(bits, n) ((bits) & ((1 << (n)) - 1)) /* the hash of number n in a chain with these versions */

short up0, up1, up2;
short down0, down1, down2;

/* ── South, the sender ── */
byte sent, s_bits; /* durable: the last number queued and signed; versions */
byte s_upto; /* durable: the highest number with a receipt */
byte s_new; /* volatile: CURRENT if the start that its sessions are with is North's present one */
#define MET 1
#define CURRENT 2
#define OVER 3
byte s_old; /* volatile: what it knows of North's start before the present one; of none before that is anything under way */
bool s_new_first; /* volatile: both are MET, and it heard of the present one first */
bool s_turned; /* volatile: another start became current since South said hello */
bool heard; /* volatile: North was heard, firmly, since this start */
bool halted; /* volatile: North holds what South does not know */
byte s_asked; /* volatile: up to which number it had receipts when it said hello */
byte s_from; /* volatile: the numbers after this one are sent */
#ifdef SENDS_FIRST
bool draft; /* volatile: number sent+1 is signed and may be sent, but is not durable */
#endif
#ifdef MARKED
bool marked; /* durable: this state came out of a backup and nothing was signed in it */
byte new_key_from; /* durable: numbers from here on are signed with a new key, and the old one is revoked before; 0: the old one */
#endif

/* ── North, the receiver ── */
byte have, n_bits; /* durable: the last number stored; its hash */
byte n_new, n_old; /* volatile: of South's starts, as above */
bool n_new_first, n_turned;
byte doing, n_seq, n_hash; /* volatile: what it is at, and for which message */
byte in_session; /* volatile: that message came in 1: South's, 2: North's session, and it still is one; 0: it is none any more */
#define TO_COMMIT 1
#define TO_RECEIPT 2
bool held; /* volatile: South shows an older state; nothing new is taken */
byte n_asked; /* volatile: what it had when it said hello */
#ifdef COMPARES_LATER
short n_door; /* volatile: a firm request that was let in and answered, not compared yet */
#endif
#ifdef CALLER_SESSION
byte n_sid; /* volatile */
#endif
#ifdef LIAR
byte n_own; /* durable: the versions that were really stored, one by one */
#endif

/* ── sessions, volatile at both ends: one of South's calls, one of North's ── */
byte of_south, of_north;
#define APART 0 /* the caller has none, or one that the answerer has left */
#define TOGETHER 1
#define OFFERED 2 /* the answerer opened it; an answer that says so was sent */

/* ── the world ── */
bool healed; /* from here on nothing is lost or doubled and nobody stops */
bool south_put_back, north_put_back; /* once each */
byte newest; /* the highest number South ever signed, on any timeline */
byte stored; /* the highest number North ever stored */

/* Always false: `assert(fact || I3)` makes the verifier name what failed. */
hidden byte I2, I3, I4, I5, I8, FALSE_ALARM, REACHED;
/* Scratch inside a step; never part of a state. */
hidden short got, swap;
hidden byte ends, first;

#define IN_UP(x) (up0 == (x) || up1 == (x) || up2 == (x))
#define ROOM_UP ((UP == 3 -> up2 : up1) == 0)
#define ROOM_DOWN (down1 == 0)
/* When all is well an answer finds one place more, or two full lines could wait for each other. */
#define ROOM_TO_ANSWER_UP ((UP == 3 || healed -> up2 : up1) == 0)
#define ROOM_TO_ANSWER_DOWN ((healed -> down2 : down1) == 0)
#define WAITS(a, b, c, hello, answer) \
  ((KIND(a) == (hello) || KIND(a) == (answer)) && MINE(a) || (KIND(b) == (hello) || KIND(b) == (answer)) && MINE(b) || \
   (KIND(c) == (hello) || KIND(c) == (answer)) && MINE(c))
#define SOUTH_WAITS (WAITS(up0, up1, up2, HELLO, HELLO) || WAITS(down0, down1, down2, ANSWER, ANSWER))
#define NORTH_WAITS (WAITS(down0, down1, down2, HELLO, HELLO) || WAITS(up0, up1, up2, ANSWER, ANSWER))

/* One chain begins with the other. South's is the shorter one only when it was put back and has not recovered. */
#define AGREE ((have <= sent && n_bits == PREFIX(s_bits, have)) || (have > sent && s_bits == PREFIX(n_bits, sent)))

/* Packets are a set: highest first and none twice, so that their order makes no states. */
inline sort(a, b) {
  if
  :: a == b -> b = 0
  :: a < b -> swap = a; a = b; b = swap
  :: else
  fi
}
inline sort_packets() {
  sort(up0, up1); sort(up1, up2); sort(up0, up1); sort(up1, up2);
  sort(down0, down1); sort(down1, down2); sort(down0, down1); sort(down1, down2)
}
/* Nor does what can matter no more: what is known of a start of which nothing is under way, what was so when a lost question was asked. */
inline sort_all() {
  sort_packets();
#ifndef LAST_HEARD
  if
  :: ((up0 | up1 | up2) & OF_OLD_START) == 0 -> n_old = 0; n_new_first = false
  :: else
  fi;
  if
  :: ((down0 | down1 | down2) & OF_OLD_START) == 0 -> s_old = 0; s_new_first = false
  :: else
  fi;
#endif
  if
  :: !NORTH_WAITS -> n_turned = false; n_asked = 0
  :: else
  fi;
  if
  :: !SOUTH_WAITS -> s_turned = false; s_asked = 0
  :: else
  fi
}
inline put_up(packet) { up2 = packet; sort_all() }
inline put_down(packet) { down2 = packet; sort_all() }
/* A packet goes on being there when it was taken, until the line is healed. */
inline take(place) {
  got = place;
  if
  :: healed -> place = 0; sort_packets()
  :: else
  fi
}
inline clear(what, at, place) {
  if
  :: KIND(place) == what && (place & (1 << at)) -> place = place - (1 << at)
  :: else
  fi
}
inline clear_up(what, at) { clear(what, at, up0); clear(what, at, up1); clear(what, at, up2) }
inline clear_down(what, at) { clear(what, at, down0); clear(what, at, down1); clear(what, at, down2) }

/* ── sessions ── */
#define A_MINE 2
#define A_BOOT 3
#define A_HEARD 5
#define A_SID 6
/* Frames of a session that is no more would all be refused, and answers that nobody waits for too: they are left out, unless the
 * mutant takes them. */
inline clear_frames(pulled, place) {
  if
  :: KIND(place) == FRAME && KIND2(place) == pulled ->
#ifdef NO_SESSION
    place = place - (SID(place) << A_SID)
#else
    place = 0
#endif
  :: else
  fi
}
inline drop_answer(place) {
  if
  :: KIND(place) == ANSWER && MINE(place) -> place = 0
  :: else
  fi
}
inline south_waits_no_more() { drop_answer(down0); drop_answer(down1); drop_answer(down2); clear_up(HELLO, A_MINE) }
inline north_waits_no_more() { drop_answer(up0); drop_answer(up1); drop_answer(up2); clear_down(HELLO, A_MINE) }
/* North, who is called, has no such session any more; what names it is refused. */
inline north_ends_of_south() {
#ifdef CALLER_SESSION
  n_sid = 0;
#else
  clear_frames(0, up0); clear_frames(0, up1); clear_frames(0, up2);
#endif
  clear_down(ANSWER, A_SID);
  of_south = APART;
  in_session = (in_session == 1 -> 0 : in_session)
}
/* North, who calls, names it no more; what was pulled in it is not taken. South may still wait for a call that names it. */
inline north_ends_of_north() {
  clear_frames(1, up0); clear_frames(1, up1); clear_frames(1, up2);
  in_session = (in_session == 2 -> 0 : in_session)
}
/* South, who is called, has no such session any more; North does not know that yet. */
inline south_ends_of_north() {
  clear_up(ANSWER, A_SID);
  of_north = APART
}
/* Its writer has started again. */
inline one_start_older(place) {
  if
  :: KIND(place) == RECEIPT || KIND(place) == 0
  :: (KIND(place) == HELLO || KIND(place) == ANSWER) && BOOT(place) == 1 -> place = place + (1 << A_BOOT)
  :: (KIND(place) == HELLO || KIND(place) == ANSWER) && BOOT(place) == 2 -> place = 0
  fi
}
#ifdef LAST_HEARD
/* The start heard of last is the current one, whichever it is. Two that are both past are taken for the same: that ends less. */
inline north_hears() { ends = ((BOOT(got) == 1) != (n_new == CURRENT)); n_new = (BOOT(got) == 1 -> CURRENT : 0) }
inline south_hears() { ends = ((BOOT(got) == 1) != (s_new == CURRENT)); s_new = (BOOT(got) == 1 -> CURRENT : 0) }
#else
#ifdef STARTS_OVER
#define SHOWS_LIFE false
#else
#define SHOWS_LIFE (KIND(got) == ANSWER)
#endif
/* A hello of start x; y is the other one. Of two starts, the one heard of first is over when a firm request of the other comes; who
 * answers what was asked lives, and the other is over. Sessions end by any hello of another start than the current one. */
inline hears(x, y, x_first, turned, waits) {
  ends = (x != CURRENT);
  if
  :: SHOWS_LIFE -> x = CURRENT; y = (y -> OVER : 0)
  :: else ->
    if
    :: x == 0 -> x = MET; x_first = false
    :: else
    fi;
    if
    :: x == MET && HEARD(got) ->
      y = (y == CURRENT || (y == MET && !(x_first)) -> OVER : y);
      x = CURRENT;
      turned = waits
    :: else
    fi
  fi
}
inline north_hears() {
  if
  :: BOOT(got) == 1 -> first = n_new_first; hears(n_new, n_old, first, n_turned, NORTH_WAITS); n_new_first = first
  :: BOOT(got) == 2 -> first = !n_new_first; hears(n_old, n_new, first, n_turned, NORTH_WAITS); n_new_first = !first
  fi;
  n_new_first = (n_new_first && n_new == MET && n_old == MET)
}
inline south_hears() {
  if
  :: BOOT(got) == 1 -> first = s_new_first; hears(s_new, s_old, first, s_turned, SOUTH_WAITS); s_new_first = first
  :: BOOT(got) == 2 -> first = !s_new_first; hears(s_old, s_new, first, s_turned, SOUTH_WAITS); s_new_first = !first
  fi;
  s_new_first = (s_new_first && s_new == MET && s_old == MET)
}
#endif
/* A hello of another start than the current one, firm or not, ends the sessions of both directions. */
inline north_hears_start() {
  north_hears();
#ifdef ENDS_IF_FIRM
  ends = (ends && HEARD(got));
#endif
#ifndef SESSIONS_STAY
  if
  :: ends -> north_ends_of_south(); north_ends_of_north(); of_north = (of_north == TOGETHER -> APART : of_north)
  :: else
  fi;
#endif
  ends = false;
  first = false
}
inline south_hears_start() {
  south_hears();
  if
  :: ends -> south_ends_of_north(); of_south = (of_south == TOGETHER -> APART : of_south)
  :: else
  fi;
  ends = false;
  first = false
}
#define NORTH_KNOWS (BOOT(got) == 1 -> n_new : n_old)
#define SOUTH_KNOWS (BOOT(got) == 1 -> s_new : s_old)
/* A request of a start that is over is refused; an answer is dropped when another start became current since the question. */
#if defined(LAST_HEARD)
#define IS_OVER(known, turned) false
#elif defined(STARTS_OVER)
#define IS_OVER(known, turned) ((known) == OVER || (KIND(got) == ANSWER && turned && (known) != CURRENT))
#else
#define IS_OVER(known, turned) (KIND(got) == ANSWER -> turned && (known) != CURRENT : (known) == OVER)
#endif

/* ── South ── */
inline south_stops() {
  one_start_older(up0); one_start_older(up1); one_start_older(up2);
  clear_down(HELLO, A_HEARD); clear_down(ANSWER, A_HEARD);
  south_waits_no_more();
  clear_up(ANSWER, A_SID);
#ifndef LAST_HEARD
  n_old = n_new;
#endif
  n_new = 0;
  n_new_first = false;
  s_new = 0;
  s_old = 0;
  s_new_first = false;
  s_turned = false;
  s_asked = 0;
  sort_all();
  heard = false;
  halted = false;
  of_south = APART;
  of_north = APART;
  s_from = 0;
#ifdef NO_HELLO
  heard = true;
  s_from = s_upto;
#endif
#ifdef SENDS_FIRST
  draft = false
#else
  skip
#endif
}

/* Never two payloads for one number: none that North ever held (I5), and with STRICT none at all, unless the key of the first one is
 * revoked from before that number on. */
inline give_number() {
  assert(sent + 1 > stored || I5);
#ifdef STRICT
#ifdef MARKED
  assert(sent + 1 > newest || (new_key_from != 0 && sent + 1 >= new_key_from) || I5);
#else
  assert(sent + 1 > newest || I5);
#endif
#endif
  if
  :: sent + 1 > newest -> newest = sent + 1
  :: else -> s_bits = s_bits | (1 << sent)
  fi
}

/* North's marks, in a firm hello: it names our present start, so North takes nothing more that we sent before it. */
#ifdef NOT_FIRM
#define FIRM true
#else
#define FIRM HEARD(got)
#endif
/* That North was put back is said by an answer alone, and by what South had receipts for when it asked. */
#ifdef JUDGES_REQUESTS
#define LOST_SOME (SEQ(got) < s_upto)
#else
#define LOST_SOME (KIND(got) == ANSWER && SEQ(got) < s_asked)
#endif
inline south_compares() {
  assert(SEQ(got) > sent || HASH(got) == PREFIX(s_bits, SEQ(got)) || I5); /* or else an honest South stands there as a forger */
  assert(SEQ(got) <= sent || south_put_back || FALSE_ALARM);
#ifndef FALSE_RECEIPTS
  assert(!LOST_SOME || north_put_back || FALSE_ALARM);
#endif
#ifndef SIGNS_PUT_BACK
  halted = (SEQ(got) > sent);
#endif
  heard = true;
#ifdef MARKED
  if
  :: marked && !halted -> marked = false; new_key_from = sent + 1
  :: else
  fi;
#endif
#ifdef GOES_ON_AFTER_HAVE
  s_from = SEQ(got)
#else
#ifdef FORGETS_RECEIPTED
  s_from = s_upto
#else
  s_from = (SEQ(got) < s_upto -> SEQ(got) : s_upto) /* what North has not, and what has no receipt */
#endif
#endif
}
inline south_counts() {
  if
  :: SEQ(got) > sent -> /* for what we never sent: nothing is signed until a firm hello says otherwise */
#ifdef TRUSTS_RECEIPTS
    assert(I4)
#else
    halted = true;
    of_south = APART;
    south_ends_of_north();
    sort_all()
#endif
#ifdef FALSE_RECEIPTS
#ifndef TRUSTS_RECEIPTS
  :: SEQ(got) <= sent && HASH(got) != PREFIX(s_bits, SEQ(got)) -> skip /* kept as evidence, counted for nothing */
#endif
#endif
  :: else ->
    assert(HASH(got) == PREFIX(s_bits, SEQ(got)) || I4);
    s_upto = (SEQ(got) > s_upto -> SEQ(got) : s_upto);
    s_from = (BOOT(got) == 1 && s_new == CURRENT && SEQ(got) > s_from -> SEQ(got) : s_from)
  fi
}
inline south_takes(place) {
  take(place);
  if
  :: KIND(got) == RECEIPT -> south_counts()
  :: KIND(got) == HELLO && !IS_OVER(SOUTH_KNOWS, s_turned) ->
    south_hears_start();
    if
    :: FIRM -> south_compares()
    :: else
    fi;
    south_ends_of_north();
    of_north = (MINE(got) && HEARD(got) -> OFFERED : APART);
    if
    :: MINE(got) -> put_up(PACK(ANSWER, 1, 1, (BOOT(got) == 1), HEARD(got), HEARD(got), sent, s_bits))
    :: else -> sort_all()
    fi
  :: KIND(got) == ANSWER && MINE(got) ->
    south_waits_no_more();
    if
    :: !IS_OVER(SOUTH_KNOWS, s_turned) ->
      south_hears_start();
      south_compares();
      of_south = (SID(got) && KIND2(got) -> TOGETHER : APART) /* a hello that was not firm is said once more */
    :: else
    fi;
    s_asked = 0;
    s_turned = false;
    sort_all()
  :: else
  fi;
  got = 0
}
inline south_says_hello() {
  south_waits_no_more();
  of_south = APART;
  s_asked = s_upto;
  s_turned = false;
#ifdef CALLER_SESSION
  older(up0); older(up1); older(up2);
  sort_all();
  n_sid = (n_sid == 1 -> 2 : 0);
  put_up(PACK(HELLO, 1, 1, (s_new == CURRENT), 1, 0, sent, s_bits))
#else
  put_up(PACK(HELLO, 1, 1, (s_new == CURRENT), 0, 0, sent, s_bits))
#endif
}
#ifdef CALLER_SESSION
inline older(place) {
  if
  :: (KIND(place) == HELLO || KIND(place) == FRAME) && SID(place) == 1 -> place = place + (1 << A_SID)
  :: (KIND(place) == HELLO || KIND(place) == FRAME) && SID(place) == 2 -> place = place - (2 << A_SID)
  :: else
  fi
}
#endif

#define FRAME_OF(n, pulled) PACK(FRAME, 0, 0, 0, 1, pulled, n, PREFIX(s_bits, n))
#define TO_SEND(n, pulled) \
  (heard && !halted && ROOM_UP && n > s_from && n <= sent && !IN_UP(FRAME_OF(n, pulled)) && (!healed || n == s_from + 1))
#ifdef NO_HELLO
#define MAY_SEND(n, pulled) TO_SEND(n, pulled)
#else
#define MAY_SEND(n, pulled) (((pulled) -> of_north : of_south) == TOGETHER && TO_SEND(n, pulled))
#endif
#ifdef SIGNS_UNHEARD
#define MAY_SIGN (sent < N)
#else
#define MAY_SIGN (heard && !halted && sent < N)
#endif

/* At any time; and when all is well, as soon as the session is no more, which North says with 409. */
#define SOUTH_MAY_SAY_HELLO (ROOM_UP && (!healed || (of_south != TOGETHER && !SOUTH_WAITS)))

#ifndef LIAR
active proctype South() {
#ifdef NO_HELLO
  heard = true;
#endif
end:
  do
#ifdef SENDS_FIRST
  :: d_step { MAY_SIGN && !draft -> give_number(); draft = true }
  :: d_step { draft && of_south == TOGETHER && ROOM_UP -> put_up(PACK(FRAME, 0, 0, 0, 1, 0, sent + 1, PREFIX(s_bits, sent + 1))) }
  :: d_step { draft -> draft = false; sent++ }
#else
  :: d_step { MAY_SIGN -> give_number(); sent++; assert(AGREE || I5) } /* number, signature, entry and outbox: one transaction */
#endif
#ifndef NORTH_CALLS
  :: d_step { MAY_SEND(1, 0) -> put_up(FRAME_OF(1, 0)) }
#if N > 1
  :: d_step { MAY_SEND(2, 0) -> put_up(FRAME_OF(2, 0)) }
#endif
#if N > 2
  :: d_step { MAY_SEND(3, 0) -> put_up(FRAME_OF(3, 0)) }
#endif
#if ONE_CALLS && !defined(NO_HELLO)
  :: d_step { SOUTH_MAY_SAY_HELLO -> south_says_hello() }
#endif
#endif
#ifndef SOUTH_CALLS
  :: d_step { MAY_SEND(1, 1) -> put_up(FRAME_OF(1, 1)) }
#if N > 1
  :: d_step { MAY_SEND(2, 1) -> put_up(FRAME_OF(2, 1)) }
#endif
#if N > 2
  :: d_step { MAY_SEND(3, 1) -> put_up(FRAME_OF(3, 1)) }
#endif
#endif
#ifdef PUT_BACK
  /* Recovery: our own messages, signed by us, come back from North, and are taken in turn. Then a firm hello lets us go on. */
  :: d_step { halted && have > sent -> sent = have; s_bits = n_bits; of_south = APART; south_ends_of_north(); sort_all() }
#endif
  od
}
/* Reading is a task of its own, and saying hello and hearing the answer is another where both call: fairness is by task, and sending
 * again for ever, or refusing a hello again and again, must not be able to keep the others waiting for ever. */
#define READABLE(place) (place != 0 && (ROOM_TO_ANSWER_UP || KIND(place) != HELLO) && (ONE_CALLS || KIND(place) != ANSWER))
active proctype South_reads() {
end:
  do
  :: d_step { READABLE(down0) -> south_takes(down0) }
  :: d_step { READABLE(down1) -> south_takes(down1) }
  :: d_step { READABLE(down2) -> south_takes(down2) }
  od
}
#if !ONE_CALLS
active proctype South_calls() {
end:
  do
  :: d_step { SOUTH_MAY_SAY_HELLO -> south_says_hello() }
  :: d_step { KIND(down0) == ANSWER -> south_takes(down0) }
  :: d_step { KIND(down1) == ANSWER -> south_takes(down1) }
  :: d_step { KIND(down2) == ANSWER -> south_takes(down2) }
  od
}
#endif
#else
/* A sender who signs whatever he likes. He holds the key and the session, and knows all that North holds. */
active proctype Liar() {
  byte n, h;
end:
  do
  :: atomic {
      ROOM_UP ->
      select (n : 1 .. N);
      select (h : 0 .. (1 << N) - 1);
      d_step { put_up(PACK(FRAME, 0, 0, 0, 1, 0, n, PREFIX(h, n))); n = 0; h = 0 }
    }
  od
}
#endif

/* ── North ── */
#ifdef NO_PREV_CHECK
#define FOLLOWS true
#else
#define FOLLOWS (PREFIX(HASH(got), SEQ(got) - 1) == n_bits)
#endif
#if defined(NO_SESSION) || defined(NO_HELLO)
#define ADMITTED true
#elif defined(CALLER_SESSION)
#define ADMITTED (SID(got) != 0 && SID(got) == n_sid)
#else
#define ADMITTED (SID(got) == 1)
#endif

inline to_commit() {
  n_seq = SEQ(got);
  n_hash = HASH(got);
  in_session = (SID(got) -> 1 + KIND2(got) : 0);
  doing = TO_COMMIT
}
inline north_frame() {
  if
  :: !ADMITTED /* 409: not applied */
  :: ADMITTED && SEQ(got) == have + 1 && FOLLOWS && !held -> to_commit()
  :: ADMITTED && SEQ(got) > have && held -> north_asks_again(); sort_all()
#ifdef NO_DUPLICATE_CHECK
  :: ADMITTED && SEQ(got) <= have -> to_commit()
#else
  :: ADMITTED && SEQ(got) <= have && HASH(got) == PREFIX(n_bits, SEQ(got)) -> doing = TO_RECEIPT /* the newest, once more */
#endif
#ifdef NO_GAP_CHECK
  :: ADMITTED && SEQ(got) > have + 1 -> to_commit()
#endif
  :: else ->
#ifdef LIAR
    skip /* a gap, or a fork: both payloads are kept, nothing is applied */
#else
    assert(SEQ(got) > have + 1 || (held && SEQ(got) == have + 1) || I5) /* an honest South is never taken for a forger */
#endif
  fi
}

/* South's marks. That it was put back is said, and taken back, by an answer alone, and by what North had when it asked. */
#define OTHER_CHAIN (SEQ(got) <= have && HASH(got) != PREFIX(n_bits, SEQ(got)))
#ifdef JUDGES_REQUESTS
#define FELL_BEHIND (SEQ(got) < have)
#define STAYS_HELD false
#else
#define FELL_BEHIND (KIND(got) == ANSWER && SEQ(got) < n_asked)
#define STAYS_HELD (held && KIND(got) == HELLO)
#endif
inline north_compares() {
#ifndef LIAR
  assert(!OTHER_CHAIN || FALSE_ALARM); /* an honest South is said to have forked */
  assert(!FELL_BEHIND || south_put_back || FALSE_ALARM);
#endif
  held = (OTHER_CHAIN || FELL_BEHIND || STAYS_HELD)
}
/* Who is held may have recovered: North's next hello will show it. */
inline north_asks_again() {
  if
  :: held -> north_ends_of_north(); of_north = APART
  :: else
  fi
}
inline north_hello() {
  north_hears_start();
  if
#ifdef COMPARES_LATER
  :: HEARD(got) && n_door == 0 -> n_door = PACK(HELLO, 0, 0, 0, 0, 0, SEQ(got), HASH(got))
#endif
  :: HEARD(got) -> north_compares()
  :: else
  fi;
  north_ends_of_south();
#ifdef CALLER_SESSION
  n_sid = SID(got);
  of_south = (MINE(got) -> OFFERED : APART);
#else
  of_south = (MINE(got) && HEARD(got) -> OFFERED : APART);
#endif
  north_asks_again();
  if
  :: MINE(got) -> put_down(PACK(ANSWER, 1, 1, (BOOT(got) == 1), HEARD(got), HEARD(got), have, n_bits))
  :: else -> sort_all()
  fi
}
inline north_answer() {
  north_waits_no_more();
  if
  :: !IS_OVER(NORTH_KNOWS, n_turned) ->
    north_hears_start();
    north_compares();
    north_ends_of_north();
    of_north = (SID(got) && KIND2(got) -> TOGETHER : APART)
  :: else
  fi;
  n_asked = 0;
  n_turned = false;
  sort_all()
}
inline north_takes(place) {
  take(place);
  if
  :: KIND(got) == HELLO && !IS_OVER(NORTH_KNOWS, n_turned) -> north_hello()
  :: KIND(got) == ANSWER && MINE(got) -> north_answer()
  :: KIND(got) == FRAME -> north_frame()
  :: else
  fi;
  got = 0
}
inline north_says_hello() {
  north_waits_no_more();
  north_ends_of_north();
  of_north = APART;
  n_asked = have;
  n_turned = false;
  put_down(PACK(HELLO, 1, 1, (n_new == CURRENT), 0, 0, have, n_bits))
}

inline north_commits() {
#ifndef HARM
  assert(in_session || I8); /* nothing of an ended session is applied */
#endif
  in_session = 0;
  assert(n_seq == have + 1 || I3); /* no gap, no double, in order */
#ifdef LIAR
  n_own = n_own | (n_hash & (1 << (n_seq - 1)));
#endif
  have = n_seq;
  n_bits = n_hash;
  stored = (have > stored -> have : stored);
#ifndef LIAR
  assert(AGREE || I3); /* what North holds begins South's chain */
#endif
  n_hash = 0
}
/* A receipt is for all that is durable, and for the message at hand. */
inline north_receipts(n, h) {
  assert(n <= have || I2);
#ifdef LIAR
  assert(h == n_own || I4); /* it claims what is stored, number for number */
#endif
  put_down(PACK(RECEIPT, 0, 1, 0, 0, 0, n, h))
}
inline north_stops() {
  one_start_older(down0); one_start_older(down1); one_start_older(down2); clear_down(RECEIPT, A_BOOT);
  clear_up(HELLO, A_HEARD); clear_up(ANSWER, A_HEARD);
  north_waits_no_more();
#ifndef NO_HELLO
  north_ends_of_south();
  north_ends_of_north();
  of_north = APART;
#endif
#ifndef LAST_HEARD
  s_old = s_new;
#endif
  s_new = 0;
  s_new_first = false;
  n_new = 0;
  n_old = 0;
  n_new_first = false;
  n_turned = false;
  doing = 0;
  in_session = 0;
  n_seq = 0;
  n_hash = 0;
  held = false;
  n_asked = 0;
#ifdef COMPARES_LATER
  n_door = 0;
#endif
  sort_all()
}

#ifdef FALSE_RECEIPTS
/* A receiver who signs any receipt that he likes. */
active proctype Forger() {
  byte n, h;
end:
  do
  :: d_step { KIND(up0) == HELLO && ROOM_DOWN -> north_takes(up0) }
  :: d_step { KIND(up1) == HELLO && ROOM_DOWN -> north_takes(up1) }
  :: atomic {
      ROOM_DOWN ->
      select (n : 1 .. N);
      select (h : 0 .. (1 << N) - 1);
      d_step { put_down(PACK(RECEIPT, 0, 1, 0, 0, 0, n, PREFIX(h, n))); n = 0; h = 0 }
    }
  od
}
#else
/* One thing at a time: a hello is answered when what came before it is committed or let go, or its marks would be too low. */
#ifdef HELLO_OVERTAKES
#define TURN(place) (doing == 0 || (doing == TO_COMMIT && KIND(place) == HELLO))
#else
#define TURN(place) (doing == 0)
#endif
#define NORTH_MAY_SAY_HELLO (doing == 0 && ROOM_DOWN && (!healed || (of_north != TOGETHER && !NORTH_WAITS)))
#define TAKABLE(place) \
  (TURN(place) && place != 0 && (ROOM_TO_ANSWER_DOWN || KIND(place) != HELLO) && (ONE_CALLS || KIND(place) != ANSWER))
active proctype North() {
end:
  do
  :: d_step { TAKABLE(up0) -> north_takes(up0) }
  :: d_step { TAKABLE(up1) -> north_takes(up1) }
  :: d_step { TAKABLE(up2) -> north_takes(up2) }
#ifdef RECEIPT_FIRST
  :: d_step { doing == TO_COMMIT && ROOM_TO_ANSWER_DOWN -> north_receipts(n_seq, n_hash); doing = 3 }
  :: d_step { doing == 3 -> north_commits(); doing = 0; n_seq = 0 }
#else
  :: d_step { doing == TO_COMMIT -> north_commits(); doing = TO_RECEIPT; n_seq = 0 }
#endif
#ifdef COMPARES_LATER
  :: d_step { n_door != 0 && doing == 0 -> got = n_door; north_compares(); got = 0; n_door = 0 }
#endif
  :: d_step { doing == TO_RECEIPT && ROOM_TO_ANSWER_DOWN -> north_receipts(have, n_bits); doing = 0 }
#ifdef NORTH_CALLS
  :: d_step { NORTH_MAY_SAY_HELLO -> north_says_hello() }
#endif
  od
}
#if !ONE_CALLS
active proctype North_calls() {
end:
  do
  :: d_step { NORTH_MAY_SAY_HELLO -> north_says_hello() }
  :: d_step { TURN(up0) && KIND(up0) == ANSWER -> north_takes(up0) }
  :: d_step { TURN(up1) && KIND(up1) == ANSWER -> north_takes(up1) }
  :: d_step { TURN(up2) && KIND(up2) == ANSWER -> north_takes(up2) }
  od
}
#endif
#endif

/* ── everything that goes wrong ── */
#define DONE (sent == N && have == N && s_upto == N)
active proctype World() {
  do
  :: healed = true; break
#ifdef REACHES
  /* Not a fault: that the good end can be reached, number 1 recovered and number 2 given once more, or every claim would be empty. */
  :: d_step { DONE && s_bits == 2 -> assert(REACHED) }
#endif
  :: d_step { up0 != 0 -> up0 = 0; sort_all() }
  :: d_step { up1 != 0 -> up1 = 0; sort_all() }
  :: d_step { up2 != 0 -> up2 = 0; sort_all() }
  :: d_step { down0 != 0 -> down0 = 0; sort_all() }
  :: d_step { down1 != 0 -> down1 = 0; sort_all() }
  :: d_step { down2 != 0 -> down2 = 0; sort_all() }
  :: d_step { south_stops() }
  :: d_step { north_stops() }
#ifdef PUT_BACK
  :: atomic { /* any earlier state, and some that never were */
      !south_put_back && sent > 0 ->
      d_step { south_stops(); south_put_back = true; sent--; s_bits = PREFIX(s_bits, sent) }
      do
      :: sent > 0 -> d_step { sent--; s_bits = PREFIX(s_bits, sent) }
      :: break
      od;
      s_upto = (s_upto > sent -> sent : s_upto);
      do
      :: s_upto > 0 -> s_upto--
      :: break
      od;
#ifdef NO_HELLO
      s_from = s_upto;
#endif
#ifdef MARKED
      marked = true
#endif
    }
#endif
#ifdef PUT_BACK_NORTH
  :: atomic {
      !north_put_back && have > 0 ->
      d_step { north_stops(); north_put_back = true; have--; n_bits = PREFIX(n_bits, have) }
      do
      :: have > 0 -> d_step { have--; n_bits = PREFIX(n_bits, have) }
      :: break
      od
    }
#endif
  od
}

/* I12: when the line has healed, everything queued is stored and receipted in the end. */
ltl I12 { [] (healed -> <> DONE) }
