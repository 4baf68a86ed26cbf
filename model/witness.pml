/* A log, its witness and an investigator (docs/spec/line.md, Witness; docs/model.md).
 *
 * The owner of a log signs checkpoints and shows them to whom he likes. The witness, who is the counterpart's node, cosigns what
 * follows from what it cosigned before. It has two doors, the exchange of the line and the plain endpoint for anybody, so two requests
 * may be under way in it at once, and it may stop between any two steps. The investigator is given a bundle with all entries up to
 * the checkpoint it ends with, and asks the witness.
 *
 * A checkpoint is a size, 1 to 3, and a root: bit n-1 of `bits` is the version of entry n. A consistency proof from one checkpoint to
 * a larger one exists if and only if the versions of the smaller one begin those of the larger.
 *
 * Switches: HONEST (the owner is, and one log is never taken for two), OWNER_PUT_BACK (an honest owner is restored from a backup and
 * asks the witness before signing), MARKED (the backup says that it is one, and the owner opens a new log), WITNESS_PUT_BACK.
 * Mutants: ANSWERS_FIRST NOT_ATOMIC NO_PROOF_CHECK BAD_PROOF_IS_FORK NO_COMPARISON SHORT_BUNDLE SIGNS_UNASKED. ALONE leaves the investigator out.
 */
#ifndef N
#define N 3 /* entries, 1 to 3 */
#endif
#define PREFIX(bits, n) ((bits) & ((1 << (n)) - 1))
#define FOLLOWS(size, bits, from_size, from_bits) ((size) >= (from_size) && PREFIX(bits, from_size) == (from_bits))
#define CONSISTENT(size, bits, size2, bits2) (FOLLOWS(size, bits, size2, bits2) || FOLLOWS(size2, bits2, size, bits))

/* ── the witness ── */
byte w_size, w_bits; /* durable: the newest checkpoint cosigned */
bool w_fork; /* durable: two notes that do not follow are kept, nothing more of this log is cosigned */
byte doing[2], at_size[2], at_bits[2]; /* volatile, one for each door */
#define TO_PERSIST 1
#define TO_ANSWER 2

/* ── what left the witness: the largest cosigned checkpoint; all the others begin it, which is what I6 says ── */
byte c_size, c_bits;

/* ── the owner, when he is honest ── */
byte o_size, o_bits, o_first; /* entries, their versions, how many there were before the restore */
bool o_put_back, o_asked, o_new_log;
byte w_restores;

hidden byte I6, I7, FALSE_ALARM, REACHED;

#ifdef HONEST
/* Every checkpoint that he ever signed for this log may still be under way. */
#define SIGNED(size, bits) ((size) <= o_first && (bits) == 0 || (size) <= o_size && !o_new_log && (bits) == PREFIX(o_bits, size))
#else
#define SIGNED(size, bits) true
#endif

inline checked() {
  if
#ifdef NO_PROOF_CHECK
  :: at_size[d] >= w_size -> doing[d] = TO_PERSIST
#else
  :: !w_fork && good_proof && FOLLOWS(at_size[d], at_bits[d], w_size, w_bits) -> doing[d] = TO_PERSIST
#endif
  :: else ->
    /* Smaller than what it holds is an old note on its way: 409. A proof that fails is a refusal: the note is signed, the proof is not,
     * and anybody can bring a good note with a bad proof. Another root at the size it holds is the fork. */
    if
    :: at_size[d] == w_size && at_bits[d] != w_bits -> w_fork = true
#ifdef BAD_PROOF_IS_FORK
    :: at_size[d] > w_size && !(good_proof && FOLLOWS(at_size[d], at_bits[d], w_size, w_bits)) -> w_fork = true
#endif
    :: else
    fi;
    forget(d)
  fi
}
inline persisted() {
  w_size = at_size[d];
  w_bits = at_bits[d]
}
inline forget(door) {
  doing[door] = 0;
  at_size[door] = 0;
  at_bits[door] = 0
}
inline answered() {
  assert(CONSISTENT(at_size[d], at_bits[d], c_size, c_bits) || I6);
  if
  :: at_size[d] > c_size -> c_size = at_size[d]; c_bits = at_bits[d]
  :: else
  fi
}

proctype Witness(byte d) {
  byte size, bits;
  bool good_proof;
end:
  do
  :: atomic {
      doing[d] == 0 ->
      if
      :: good_proof = true
      :: good_proof = false
      fi;
      select (size : 1 .. N);
      select (bits : 0 .. (1 << N) - 1);
      if
      :: bits == PREFIX(bits, size) && SIGNED(size, bits) ->
        d_step {
          at_size[d] = size;
          at_bits[d] = bits;
          size = 0;
          bits = 0;
          checked();
          good_proof = false;
#if !defined(NOT_ATOMIC) && !defined(ANSWERS_FIRST)
          if
          :: doing[d] == TO_PERSIST -> persisted(); doing[d] = TO_ANSWER /* one transaction: looked up, checked, stored */
          :: else
          fi;
#endif
#ifdef HONEST
          assert(!w_fork || FALSE_ALARM);
#endif
          skip
        }
      :: else -> size = 0; bits = 0; good_proof = false
      fi
    }
#ifdef ANSWERS_FIRST
  :: d_step { doing[d] == TO_PERSIST -> answered(); doing[d] = TO_ANSWER }
  :: d_step { doing[d] == TO_ANSWER -> persisted(); forget(d) }
#else
#ifdef NOT_ATOMIC
  :: d_step { doing[d] == TO_PERSIST -> persisted(); doing[d] = TO_ANSWER }
#endif
  :: d_step { doing[d] == TO_ANSWER -> answered(); forget(d) }
#endif
  od
}

#ifdef HONEST
inline add() {
  o_bits = (o_put_back -> o_bits | (1 << o_size) : 0);
  o_size++;
  o_first = (o_put_back -> o_first : o_size)
}
#ifdef MARKED
#define OPENS_NEW_LOG (o_put_back || w_size > o_size)
#else
#define OPENS_NEW_LOG (w_size > o_size)
#endif
proctype Owner() {
end:
  do
#ifdef SIGNS_UNASKED
  :: d_step { o_size < N -> add() }
#else
  :: d_step { o_asked && o_size < N && !o_new_log -> add() }
  :: d_step { !o_asked -> o_asked = true; o_new_log = OPENS_NEW_LOG }
#endif
#ifdef OWNER_PUT_BACK
  :: atomic {
      !o_put_back && o_size > 0 ->
      d_step { o_put_back = true; o_asked = false; o_size-- }
      do
      :: o_size > 0 -> o_size--
      :: break
      od
    }
#endif
  od
}
#endif

/* He is shown a bundle, asks the witness for its newest checkpoint of this log and for any fork it keeps, and compares. */
inline compares() {
  if
#ifndef NO_COMPARISON
  :: w_fork /* proved by the two notes that the witness keeps */
#ifndef SHORT_BUNDLE
  :: !w_fork && size < w_size /* ends before what was cosigned: not accepted, and that is said */
#endif
  :: !w_fork && size >= w_size && PREFIX(bits, w_size) != w_bits -> /* proved: two signed roots of one size, the entries beside them */
#ifdef HONEST
    assert(FALSE_ALARM)
#else
    skip
#endif
#endif
  :: else -> assert(CONSISTENT(size, bits, c_size, c_bits) || I7) /* he says that it agrees with all this witness ever cosigned */
  fi
}
proctype Investigator() {
  byte size, bits;
end:
  do
  :: atomic {
      select (size : 1 .. N);
      select (bits : 0 .. (1 << N) - 1);
      if
      :: bits == PREFIX(bits, size) && SIGNED(size, bits) -> d_step { compares(); size = 0; bits = 0 }
      :: else -> size = 0; bits = 0
      fi
    }
  od
}
active proctype World() {
  atomic {
    run Witness(0);
    run Witness(1);
#ifdef HONEST
    run Owner();
#endif
#ifndef ALONE
    run Investigator();
#endif
    skip
  }
end:
  do
  :: d_step { forget(0); forget(1) } /* the witness stops */
#ifdef REACHES
  :: d_step { c_size == N && c_bits == 1 && w_fork -> assert(REACHED) } /* or every claim would be empty */
#endif
#ifdef WITNESS_PUT_BACK
  :: atomic {
      w_restores == 0 && w_size > 0 ->
      d_step { forget(0); forget(1); w_restores = 1; w_size--; w_bits = PREFIX(w_bits, w_size) }
      do
      :: w_size > 0 -> d_step { w_size--; w_bits = PREFIX(w_bits, w_size) }
      :: break
      od
    }
#endif
  od
}
