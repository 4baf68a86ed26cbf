/* Key manifests while all three lanes flow: rotation, theft, revocation (docs/spec/line.md, Keys; docs/model.md).
 *
 * South signs with line key 0 at first. Manifest 1 lists it, manifest 2 adds key 1, manifest 3 revokes key 0 with its last number in
 * each lane. A newer manifest goes out as a message of lane 0, and is given to whoever asks. A thief may sign anything with key 0.
 *
 * Every message ever signed, in every lane, may reach North at any time; so may every manifest ever made. What is not the next number,
 * or follows another chain, changes nothing (line.pml shows that), so only what would be taken is looked at. A chain is given by which
 * of its numbers the thief wrote: a message of South follows South's chain (`prev`); the thief knows what North holds and follows that.
 * Where the thief's message was taken, a person lets South take it into its own chain, and what South had signed there is signed once
 * more behind it. Between North's check of a message and its commit other things may happen, a stop too.
 *
 * Switches: THEFT. RECEIPTED: the last number in a revocation is the last one with a receipt, not the last one signed, and South signs
 * what comes after it once more, same payload, with the new key. STRICT: judges the thief's messages too, not the key's.
 * Mutants: IGNORES_REVOCATION TAKES_OLD_MANIFEST CHECKED_AT_DOOR REFUSES_KEY_WHOLLY NOT_SIGNED_AGAIN NOT_ADOPTED.
 */
#ifndef C0
#define C0 3 /* what South has to say in lane 0, two of it manifests */
#endif
#ifndef C1
#define C1 2 /* in lane 1 */
#endif
#ifndef C2
#define C2 1 /* in lane 2 */
#endif
#define LANES 3
#define SAYS(l) ((l) == 0 -> C0 : ((l) == 1 -> C1 : C2))
#define BIT(n) (1 << ((n) - 1))
#define PREFIX(bits, n) ((bits) & ((1 << (n)) - 1))
#define ONES(x) (((x) & 1) + ((x) >> 1 & 1) + ((x) >> 2 & 1) + ((x) >> 3 & 1))

/* ── South, all durable ── */
byte made = 1; /* the newest manifest */
byte queued[LANES]; /* what it has to say so far, all lanes' contents in their order */
byte sent[LANES], s_forged[LANES]; /* its chain: numbers, and which of them are the thief's, taken in */
byte by_new[LANES]; /* numbers signed with key 1 when they were queued */
byte upto[LANES]; /* receipted */
byte last[LANES]; /* of manifest 3 */
byte keys2, keys3; /* which of the contents of lane 0 carry manifests 2 and 3 */

/* ── North ── */
byte manifest = 1, newest = 1; /* durable: in force; the newest that ever was */
byte have[LANES], forged[LANES]; /* durable: its chain */
bool busy, a_forged; /* volatile: a message that passed the check */
byte a_lane, a_key;

bool stolen, healed;
bool used[LANES]; /* the thief's one message a lane was taken */
hidden byte I9, REACHED;

#define KNOWN(key) ((key) == 0 || manifest >= 2)
#if defined(IGNORES_REVOCATION)
#define IN_FORCE(key, l, n) true
#elif defined(REFUSES_KEY_WHOLLY)
#define IN_FORCE(key, l, n) ((key) == 1 || manifest < 3)
#else
#define IN_FORCE(key, l, n) ((key) == 1 || manifest < 3 || (n) <= last[l])
#endif
#define ALLOWED(key, l) (KNOWN(key) && IN_FORCE(key, l, have[l] + 1))

/* Signed when it was queued, or with RECEIPTED once more with the new key. */
#if defined(RECEIPTED) && !defined(NOT_SIGNED_AGAIN)
#define SIGNED(key, l, n) ((key) == 1 -> made >= 2 : (by_new[l] & BIT(n)) == 0)
#else
#define SIGNED(key, l, n) (((by_new[l] & BIT(n)) != 0) == (key))
#endif
#define SAME_CHAIN(l) (have[l] <= sent[l] && PREFIX(s_forged[l], have[l]) == forged[l])
#define COMES(key, l) (have[l] < sent[l] && SAME_CHAIN(l) && SIGNED(key, l, have[l] + 1) && ALLOWED(key, l))

/* ── South ── */
#define SAID(l) (sent[l] - ONES(s_forged[l]))
inline sign(l, key) {
  sent[l]++;
  by_new[l] = (key -> by_new[l] | BIT(sent[l]) : by_new[l])
}
inline queue(l, key) {
  queued[l]++;
  sign(l, key)
}
inline last_of(l) {
#ifdef RECEIPTED
  last[l] = upto[l]
#else
  last[l] = sent[l]
#endif
}
#define CAUGHT_UP(l) (SAID(l) == queued[l])
#define MAY_QUEUE(l) (CAUGHT_UP(l) && queued[l] < SAYS(l) - ((l) == 0 -> 3 - made : 0)) /* the manifests find room */

active proctype South() {
end:
  do
  :: d_step { made < 3 && MAY_QUEUE(0) -> queue(0, 0) }
  :: d_step { made < 3 && MAY_QUEUE(1) -> queue(1, 0) }
  :: d_step { made < 3 && MAY_QUEUE(2) -> queue(2, 0) }
  :: d_step { made > 1 && MAY_QUEUE(0) -> queue(0, 1) }
  :: d_step { made > 1 && MAY_QUEUE(1) -> queue(1, 1) }
  :: d_step { made > 1 && MAY_QUEUE(2) -> queue(2, 1) }
  :: d_step { !CAUGHT_UP(0) -> sign(0, (made > 1)) } /* again, behind the thief's */
  :: d_step { !CAUGHT_UP(1) -> sign(1, (made > 1)) }
  :: d_step { !CAUGHT_UP(2) -> sign(2, (made > 1)) }
  :: d_step { made == 1 && CAUGHT_UP(0) -> made = 2; queue(0, 0); keys2 = queued[0] }
  :: d_step { made == 2 && CAUGHT_UP(0) -> last_of(0); last_of(1); last_of(2); made = 3; queue(0, 1); keys3 = queued[0] }
  od
}

/* A receipt names a hash, so one for another chain is not counted. */
inline receipt(l) { d_step { SAME_CHAIN(l) && upto[l] != have[l] -> upto[l] = have[l] } }
active proctype Receipts() {
end:
  do
  :: receipt(0)
  :: receipt(1)
  :: receipt(2)
  od
}

#ifndef NOT_ADOPTED
/* A person, on the alarm that North holds what South never sent. */
inline adopt(l) {
  d_step { !SAME_CHAIN(l) -> sent[l] = have[l]; s_forged[l] = forged[l]; by_new[l] = PREFIX(by_new[l], have[l]) & ~forged[l] }
}
active proctype Person() {
end:
  do
  :: adopt(0)
  :: adopt(1)
  :: adopt(2)
  od
}
#endif

inline arrives(l, key) {
  d_step {
    !busy && COMES(key, l) ->
    busy = true;
    a_lane = l;
    a_key = key
  }
}
active proctype Lane0() {
end:
  do
  :: arrives(0, 0)
  :: arrives(0, 1)
  od
}
active proctype Lane1() {
end:
  do
  :: arrives(1, 0)
  :: arrives(1, 1)
  od
}
active proctype Lane2() {
end:
  do
  :: arrives(2, 0)
  :: arrives(2, 1)
  od
}

#ifdef THEFT
inline forge(l) {
  d_step {
    stolen && !busy && !used[l] && ALLOWED(0, l) ->
    busy = true;
    a_lane = l;
    a_forged = true
  }
}
active proctype Thief() {
end:
  do
  :: d_step { !stolen -> stolen = true }
  :: forge(0)
  :: forge(1)
#if C2 > 0
  :: forge(2)
#endif
  od
}
#endif

/* ── North ── */
inline let_go() {
  busy = false;
  a_lane = 0;
  a_key = 0;
  a_forged = false
}
inline apply(m) {
  manifest = m;
  newest = (m > newest -> m : newest)
}
#define CONTENT (have[a_lane] - ONES(forged[a_lane]))
inline commit() {
  if
#ifndef CHECKED_AT_DOOR
  :: !ALLOWED(a_key, a_lane) /* a manifest came in between: the key is judged where the message is stored */
#endif
  :: else ->
    assert(newest < 3 || a_key == 1 || have[a_lane] + 1 <= last[a_lane] || I9); /* nothing after its last number by a revoked key */
#ifdef STRICT
    assert(newest < 3 || !a_forged || I9); /* nothing of the thief's at all */
#endif
    have[a_lane]++;
    if
    :: a_forged -> forged[a_lane] = forged[a_lane] | BIT(have[a_lane]); used[a_lane] = true
    :: !a_forged && a_lane == 0 && CONTENT == keys2 && manifest == 1 -> apply(2)
    :: !a_forged && a_lane == 0 && CONTENT == keys3 && manifest == 2 -> apply(3)
    :: else
    fi
  fi;
  let_go()
}
active proctype North() {
end:
  do
  :: d_step { busy -> commit() }
  od
}

/* A hello says keys_seq; whoever is behind asks for all that follow. A manifest is signed by the root and needs no lane. */
active proctype Asked() {
end:
  do
  :: d_step { made > 1 && manifest == 1 -> apply(2) }
  :: d_step { made > 2 && manifest == 2 -> apply(3) }
#ifdef TAKES_OLD_MANIFEST
  :: d_step { !healed && manifest > 1 -> apply(1) }
#endif
  od
}

/* Everything South has to say is stored and receipted, and both hold the same chain. */
#define ALL(l, says) (have[l] - ONES(forged[l]) == says && sent[l] == have[l] && s_forged[l] == forged[l] && upto[l] == have[l])
#define DONE (manifest == 3 && ALL(0, C0) && ALL(1, C1) && ALL(2, C2))

active proctype World() {
  do
  :: healed = true; break
#ifdef REACHES
  :: d_step { DONE && forged[0] && forged[1] -> assert(REACHED) } /* or every claim would be empty */
#endif
  :: d_step { busy -> let_go() } /* North stops before the commit */
  od
}

ltl I12 { [] (healed -> <> DONE) }
