/*
 * A lane with many receivers, each message for one of them: message slots that name their owner, and a hint where to start.
 *
 * Sender 0, receivers 1 and 2. Each may be killed before any access to shared memory, K times in all, also during a
 * recovery; a live process detects the death by the lock of the dead one and recovers it.
 *
 *   M  messages, 1..M; the payload of message q is q
 *   N  message slots, and places for payload
 *   B  maximum number of messages that one poll hands out
 *   K  how many times a process may be killed
 *   DROP  at most once: what a dead receiver had taken is dropped
 *   LATER  each receiver keeps what it is handed, and another thread of its process acknowledges it, in any order; a receiver
 *          may also close, once in all, with messages that are not acknowledged
 *   BATCH  two messages may be a batch: the second's slot says that it is, and the first's is stored last; N at least 3
 *
 * Checked: a message handed out is whole; no receiver gets an unmarked message that was handed out before; unmarked
 * messages are in order; with LATER, a message is whole until it is acknowledged, and its slot is its receiver's; when no process can take a step, all that was sent was handed out and is done.
 */
#ifndef M
#define M 3
#endif
#ifndef N
#define N 2
#endif
#ifndef B
#define B 1
#endif
#ifndef K
#define K 1
#endif

/* SlotStateDescriptor */
#define DONE 0
#define READY 1
#define TAKEN 2
#define MAX_ATTEMPTS 3
#define WORD(sequence, attempts, state, owner) (((sequence) << 6) | ((attempts) << 4) | ((state) << 2) | (owner))
#define SEQUENCE(word) ((word) >> 6)
#define ATTEMPTS(word) (((word) >> 4) & 3)
#define STATE(word) (((word) >> 2) & 3)
#define OWNER(word) ((word) & 3)
/* SlotBatch.index: whether a message is the second of a batch. */
#define IN_BATCH(word) (STATE(word) == READY && OWNER(word) == 1)

/* HintDescriptor */
#define HINT(epoch, sequence) (((epoch) << 4) | (sequence))
#define HINT_SEQUENCE(hint) ((hint) & 15)
#define EPOCH(hint) ((hint) >> 4)

short slot_state[N];   /* words */
byte record_ref[N];    /* the offset of the payload */
byte ring[N];     /* payload */
short hint = HINT(0, 1);

/* Participants: the kernel holds the locks; the state is in shared memory. */
byte lock[3];     /* 0: free, else 1 + its holder */
bit attached[3];
#define NOWHERE 255
#define NOTICED_DEAD(x) (attached[x] && lock[x] == 0)

/* Ghosts. */
byte crashes = K;
byte published;
byte handed[M + 1];
bit stays_dead;

#ifdef LATER
/* UnacknowledgedMessages of each receiver, in the memory of its process. */
byte kept[3];    /* a bit for each message */
byte acking[3];  /* the message whose acknowledgement is under way */
byte closes = 1;
#endif

#define STEP(s) if :: d_step { s } :: atomic { crashes > 0 -> crashes--; goto dead } fi

/* Recovery, SpmcRingRecovery.recover of x, whose lock is held. */
inline recover(x) {
#ifdef MUT_FREE_BEFORE_RECOVERY
  STEP(attached[x] = 0);
#endif
  /* giveBack, or drop */
  i = 0;
  do
  :: i == N -> break
  :: i < N ->
    STEP(word = slot_state[i]);
    if
    :: STATE(word) == TAKEN && OWNER(word) == x ->
#ifdef DROP
      STEP(if :: slot_state[i] == word -> slot_state[i] = WORD(SEQUENCE(word), 0, DONE, 0) :: else fi)
#else
#ifdef MUT_REDELIVER_UNMARKED
      STEP(if :: slot_state[i] == word -> slot_state[i] = WORD(SEQUENCE(word), ATTEMPTS(word), READY, 0) :: else fi)
#else
      STEP(if :: slot_state[i] == word -> slot_state[i] = WORD(SEQUENCE(word), (ATTEMPTS(word) < MAX_ATTEMPTS -> ATTEMPTS(word) + 1 : MAX_ATTEMPTS), READY, 0) :: else fi)
#endif
#endif
    :: else
    fi;
    i++
  od;
  /* The lowest that is ready. */
  i = 0; lowest = NOWHERE;
  do
  :: i == N -> i = 0; break
  :: i < N -> STEP(word = slot_state[i]; if :: STATE(word) == READY && SEQUENCE(word) < lowest -> lowest = SEQUENCE(word) :: else fi); i++
  od;
  word = 0;
#ifndef MUT_HINT_STAYS
  /* lowerHint: a new epoch even if the hint is not beyond. */
  do
  :: lowest == NOWHERE -> break
  :: else ->
    STEP(seen = hint);
#ifdef MUT_NEW_EPOCH_ONLY_IF_LOWERED
    if :: HINT_SEQUENCE(seen) <= lowest -> break :: else fi;
#endif
#ifdef MUT_NO_NEW_EPOCH
#define NEXT_EPOCH(h) EPOCH(h)
#else
#define NEXT_EPOCH(h) ((EPOCH(h) + 1) & 63)
#endif
    STEP(if
      :: hint == seen -> hint = HINT(NEXT_EPOCH(seen), (HINT_SEQUENCE(seen) < lowest -> HINT_SEQUENCE(seen) : lowest)); lowest = NOWHERE
      :: else
      fi)
  od;
#endif
  lowest = NOWHERE; seen = 0;
#ifndef MUT_FREE_BEFORE_RECOVERY
  STEP(attached[x] = 0)
#endif
}

/* Participants.reapIfDead */
inline findDead(x) {
  if
  :: atomic { NOTICED_DEAD(x) -> lock[x] = 1 + self };
    if :: attached[x] -> recover(x) :: else fi;
    STEP(lock[x] = 0)
  :: else
  fi
}
inline release() { i = 0; do :: i < 3 -> if :: lock[i] == 1 + self -> lock[i] = 0 :: else fi; i++ :: else -> break od; i = 0 }

/* SpmcRingSender */
proctype Sender() {
  byte self = 0;
  byte i, next, first, lowest = NOWHERE;
  short word, seen;
#ifdef BATCH
  bit both;
#endif

start:
  atomic { lock[0] == 0 -> lock[0] = 1 };
  if :: attached[0] -> recover(0) :: else fi;
  STEP(attached[0] = 1);
#ifdef BATCH
#ifndef MUT_NO_REVERT
  /* SlotBatch.revertUnpublished */
  i = 0;
  do
  :: i == N -> i = 0; break
  :: i < N ->
    STEP(word = slot_state[i]);
    if
    :: IN_BATCH(word) ->
      STEP(seen = slot_state[(SEQUENCE(word) - 1) % N]);
      if
      :: SEQUENCE(seen) < SEQUENCE(word) - 1 ->
        STEP(slot_state[i] = (SEQUENCE(word) > N -> WORD(SEQUENCE(word) - N, 0, DONE, 0) : 0))
      :: else
      fi
    :: else
    fi;
    i++
  od;
  word = 0; seen = 0;
#endif
#endif
  /* InFlight.restore: the newest; and from it back what may not be done. */
  d_step {
    next = 1; i = 0;
    do :: i < N -> if :: SEQUENCE(slot_state[i]) >= next -> next = SEQUENCE(slot_state[i]) + 1 :: else fi; i++ :: else -> break od;
    i = 0; first = (next > N -> next - N : 1)
  };
  do
  :: next > M -> break
  :: else ->
#ifdef BATCH
    if :: next < M -> both = 1 :: both = 0 fi;
#else
#define both 0
#endif
    /* makeRoom: from the oldest on. */
    do
    :: next - first + both < N -> break
    :: else ->
#ifdef MUT_NO_ROOM_NEEDED
      first++
#else
      if
      :: slot_state[first % N] == WORD(first, 0, DONE, 0) -> first++
      :: NOTICED_DEAD(1) -> findDead(1)
      :: NOTICED_DEAD(2) -> findDead(2)
      fi
#endif
    od;
#ifdef BATCH
    if
    :: both ->
      /* SpmcRingSender.commitBatch */
      STEP(ring[next % N] = next);
      STEP(record_ref[next % N] = next % N);
      STEP(ring[(next + 1) % N] = next + 1);
      STEP(record_ref[(next + 1) % N] = (next + 1) % N);
#ifdef MUT_FIRST_SLOT_FIRST
      STEP(slot_state[next % N] = WORD(next, 0, READY, 0); published = next + 1);
      STEP(slot_state[(next + 1) % N] = WORD(next + 1, 0, READY, 1));
#else
      STEP(slot_state[(next + 1) % N] = WORD(next + 1, 0, READY, 1));
      STEP(slot_state[next % N] = WORD(next, 0, READY, 0); published = next + 1);
#endif
      next = next + 2; both = 0;
      goto again
    :: else
    fi;
#endif
    /* publish */
#ifdef MUT_PUBLISH_BEFORE_PAYLOAD
    STEP(slot_state[next % N] = WORD(next, 0, READY, 0); published = next);
    STEP(ring[next % N] = next);
    STEP(record_ref[next % N] = next % N);
#else
    STEP(ring[next % N] = 0);
    STEP(ring[next % N] = next);
    STEP(record_ref[next % N] = next % N);
    STEP(slot_state[next % N] = WORD(next, 0, READY, 0); published = next);
#endif
    next++;
again:
    skip
  od;
  goto out;
dead:
  skip;
  d_step { release(); word = 0; seen = 0; lowest = NOWHERE; next = 0; first = 0 };
#ifdef BATCH
  both = 0;
#endif
  if :: goto start :: goto out fi;
out: skip
}

/* SpmcRingReceiver */
proctype Receiver(byte self) {
  byte i, next, begin, count, at, last, looks, lowest = NOWHERE;
  short word, seen, scanned;
  bit ok;
#ifdef BATCH
  byte sure; /* a sequence that was certainly sent */
#endif

start:
  atomic { lock[self] == 0 -> lock[self] = 1 + self };
  if :: attached[self] -> recover(self) :: else fi;
  STEP(attached[self] = 1);
  last = 0;
  STEP(scanned = hint);
poll:
  STEP(seen = hint);
  /* start: where this end has been, if that holds */
#ifdef MUT_SCANNED_OF_ANOTHER_EPOCH
  begin = (HINT_SEQUENCE(scanned) > HINT_SEQUENCE(seen) -> HINT_SEQUENCE(scanned) : HINT_SEQUENCE(seen));
#else
  begin = (EPOCH(scanned) == EPOCH(seen) && HINT_SEQUENCE(scanned) > HINT_SEQUENCE(seen) -> HINT_SEQUENCE(scanned) : HINT_SEQUENCE(seen));
#endif
  next = begin; count = 0; looks = N + B;
  do
  :: count == B || looks == 0 -> break
  :: else ->
    looks--;
    STEP(word = slot_state[next % N]);
    if
    :: SEQUENCE(word) == next && STATE(word) == READY ->
      /* take */
      STEP(at = record_ref[next % N]);
      STEP(if :: slot_state[next % N] == word -> slot_state[next % N] = WORD(next, ATTEMPTS(word), TAKEN, self); ok = 1 :: else -> ok = 0 fi);
      if
      :: ok ->
        /* handOut */
#ifdef MUT_DONE_BEFORE_HANDING_OUT
        STEP(slot_state[next % N] = WORD(next, 0, DONE, 0));
#endif
        STEP(
          assert(ring[at] == next);
          assert(next <= published);
          assert(ATTEMPTS(word) > 0 || handed[next] == 0);
          assert(ATTEMPTS(word) > 0 || next > last);
#ifdef DROP
          assert(handed[next] == 0);
#endif
          handed[next]++; if :: ATTEMPTS(word) == 0 -> last = next :: else fi; at = 0; ok = 0;
#ifdef LATER
          kept[self] = kept[self] | (1 << next) /* ControlledBatch.keep */
#endif
        );
#ifdef LATER
#ifdef MUT_RELEASED_WHEN_HANDED_OUT
        STEP(slot_state[next % N] = WORD(next, 0, DONE, 0));
#endif
#else
#ifndef MUT_DONE_BEFORE_HANDING_OUT
        STEP(slot_state[next % N] = WORD(next, 0, DONE, 0));
#endif
#endif
        count++; next++
      :: else
      fi
    :: SEQUENCE(word) == next && STATE(word) != READY -> next++
    :: SEQUENCE(word) > next ->
#ifdef BATCH
#ifdef MUT_INDEX_IGNORED
      if :: SEQUENCE(word) > sure -> sure = SEQUENCE(word) :: else fi;
#else
      if :: SEQUENCE(word) - 2 * IN_BATCH(word) > sure -> sure = SEQUENCE(word) - 2 * IN_BATCH(word) :: else fi;
#endif
#endif
      next = (SEQUENCE(word) - N + 1 > next + 1 -> SEQUENCE(word) - N + 1 : next + 1)
    :: SEQUENCE(word) < next ->
#ifdef BATCH
      assert(next > sure);
#endif
      break
    fi
  od;
  at = 0; looks = 0;
#ifdef BATCH
  sure = 0;
#endif
  if
  :: next != begin ->
    /* advance */
    scanned = HINT(EPOCH(seen), next); word = 0;
    STEP(if :: hint == seen -> hint = scanned :: else fi);
    seen = 0; begin = 0; next = 0; count = 0;
    goto poll
  :: else
  fi;
  begin = 0; count = 0;
end:
  /* No message: waits until a word that it has read changes. */
  if
  :: atomic { hint != seen || slot_state[next % N] != word -> seen = 0; word = 0; next = 0 }; goto poll
  :: NOTICED_DEAD(0) -> word = 0; seen = 0; next = 0; findDead(0); goto poll
  :: NOTICED_DEAD(3 - self) -> word = 0; seen = 0; next = 0; findDead(3 - self); goto poll
#ifdef LATER
  :: atomic { kept[self] != 0 && closes > 0 -> closes--; word = 0; seen = 0; next = 0 };
    /* UnacknowledgedMessages.close: waits for the acknowledgement that is under way */
#ifdef MUT_CLOSE_DOES_NOT_WAIT
    kept[self] = 0;
#else
    atomic { acking[self] == 0 -> kept[self] = 0 };
#endif
    /* ReceiverEndpoint.releaseUnacknowledged, then the end leaves */
#ifdef MUT_CLOSE_WITHOUT_RELEASE
    STEP(attached[self] = 0);
#else
    recover(self);
#endif
    STEP(lock[self] = 0)
#endif
  fi;
dead:
  skip;
#ifdef LATER
  d_step { kept[self] = 0; acking[self] = 0 };
#endif
#ifdef BATCH
  sure = 0;
#endif
  d_step { release(); word = 0; seen = 0; scanned = 0; lowest = NOWHERE; next = 0; begin = 0; count = 0; at = 0; ok = 0; looks = 0 };
  if
  :: atomic { stays_dead == 0 -> stays_dead = 1 } /* one receiver may stay dead */
  :: goto start
  fi
}

#ifdef LATER
/* A thread of a receiver's process that acknowledges: UnacknowledgedMessages.acknowledge */
proctype Worker(byte r) {
  byte q;
end:
  do
  :: atomic {
      kept[r] != 0 && acking[r] == 0 ->
      if
      :: kept[r] & 2 -> q = 1
      :: kept[r] & 4 -> q = 2
      :: kept[r] & 8 -> q = 3
      :: kept[r] & 16 -> q = 4
      fi;
#ifndef MUT_ACKNOWLEDGED_TWICE
      kept[r] = kept[r] & (255 - (1 << q));
#endif
      acking[r] = q
    };
    /* SpmcRingReceiver.acknowledge; or the process was killed meanwhile */
    d_step {
      if
      :: acking[r] == q ->
        assert(ring[q % N] == q);
        assert(STATE(slot_state[q % N]) == TAKEN && OWNER(slot_state[q % N]) == r && SEQUENCE(slot_state[q % N]) == q);
        slot_state[q % N] = WORD(q, 0, DONE, 0);
        acking[r] = 0
      :: else
      fi;
      q = 0
    }
  od
}
#endif

proctype Monitor() {
  byte q;
end:
  timeout;
  atomic {
    q = 1;
    do
    :: q > published -> break
    :: else ->
#ifndef DROP
      assert(handed[q] > 0);
#endif
      q++
    od;
    q = 0;
    do
    :: q == N -> break
    :: else ->
      assert(STATE(slot_state[q]) == DONE || IN_BATCH(slot_state[q]) && SEQUENCE(slot_state[q]) > published);
      q++
    od
  }
}

init {
  atomic {
    run Sender(); run Receiver(1); run Receiver(2); run Monitor();
#ifdef LATER
    run Worker(1); run Worker(2)
#endif
  }
}
