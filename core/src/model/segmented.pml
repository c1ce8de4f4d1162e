/*
 * A lane that grows: a segmented ring, whose rings lie in slots, and a table of the slot and the state of each generation.
 *
 * Sender 0, receivers 1 and 2. Each may be killed before any access to shared memory, K times in all, also during a
 * recovery and while it frees a slot's space. A receiver may be delayed anywhere for any time, and find its ring
 * retired, freed and reused as another generation.
 *
 *   M  messages, 1..M; the payload of message q is q
 *   C  messages that a ring takes before it is full; it does not wrap, which spmc.pml models
 *   S  slots
 *   E  words of the table
 *   SPARE  retired slots that receivers leave to the sender
 *   K  how many times a process may be killed
 *   ALONE  one receiver: it alone retires, without checking message slots, and polls no older ring
 *   BATCH  two messages may be a batch, in one ring of two: the second's slot says that it is, and the first's is stored last
 *   DROPS  a sender without a slot drops the oldest messages that no receiver has taken, and takes a then empty ring, oldest or not
 *
 * Checked: a message handed out is whole, and of the receiver's current generation; no receiver gets an unmarked message
 * that was handed out before; no slot is in two places; no space is freed of a ring that is in the list, or retired, or
 * held by the sender; no word is overwritten that a process may need. When no process can take a step, all messages have
 * been sent (if K is 0), all that were sent were handed out, and all but the newest generation are retired.
 * With DROPS: a dropped message was not handed out before unless it is marked, and is not handed out afterwards.
 */
#ifndef M
#define M 4
#endif
#ifndef C
#define C 1
#endif
#ifndef S
#define S 2
#endif
#ifndef E
#define E 2
#endif
#ifndef SPARE
#define SPARE 0
#endif
#ifndef K
#define K 1
#endif

/* SegmentWordDescriptor; generations begin at 1, and a word of 0 is none. */
#define LIVE 1
#define DONE 2
#define REUSED 3
#define FREEING 4
#define FREED 5
#define WORD(generation, slot, owner, state) (((generation) << 7) | ((slot) << 5) | ((owner) << 3) | (state))
#define GENERATION(word) ((word) >> 7)
#define SLOT(word) (((word) >> 5) & 3)
#define OWNER(word) (((word) >> 3) & 3)
#define STATE(word) ((word) & 7)

/* SlotStateDescriptor */
#define OVER 0
#define READY 1
#define TAKEN 2
#define MAX_ATTEMPTS 3
#define SLOT_STATE(sequence, attempts, state, owner) (((sequence) << 6) | ((attempts) << 4) | ((state) << 2) | (owner))
#define C_SEQUENCE(word) ((word) >> 6)
#define C_ATTEMPTS(word) (((word) >> 4) & 3)
#define C_STATE(word) (((word) >> 2) & 3)
#define C_OWNER(word) ((word) & 3)

/* Message q is at C_AT(slot, (q - 1) % C) of the generation that takes it. */
#define C_AT(slot, i) ((slot) * C + (i))
#define FIRST(generation) (((generation) - 1) * C + 1)
/* A word of this generation, or one that SpmcRingSender.restart leaves for it. */
#define SOUND(word, generation, i) \
  (C_SEQUENCE(word) == FIRST(generation) + (i) || word == SLOT_STATE(FIRST(generation) - C + (i), 0, OVER, 0))

short table[E];
short slot_state[S * C];
byte payload[S * C];
bit space[S];

/* The word where a generation is, was or will be; E is added to keep the index from being negative. */
#define ENTRY(generation) table[((generation) + 4 * E) % E]
#define IS_LIVE(word, generation) (GENERATION(word) == (generation) && STATE(word) == LIVE)
#define IS_LINKED(generation) (GENERATION(ENTRY(generation)) >= (generation))

/* Participants: the kernel holds the locks; the state is in shared memory. */
byte lock[3];     /* 0: free, else 1 + its holder */
bit attached[3];
#define NOTICED_DEAD(x) (attached[x] && lock[x] == 0)

/* Ghosts. */
byte crashes = K;
byte published;
byte handed[M + 1];
bit dropped[M + 1];
bit stays_dead;
bit gone;         /* the sender has ended */
byte hands;       /* 1 + the slot that the sender is making a ring */

#define STEP(s) if :: d_step { s } :: atomic { crashes > 0 -> crashes--; goto dead } fi

#define ALL_OVER(s) (C_STATE(slot_state[C_AT(s, 0)]) == OVER && C_STATE(slot_state[C_AT(s, C - 1)]) == OVER)
#ifdef BATCH
#define ANY_READY(s) (C_STATE(slot_state[C_AT(s, 0)]) == READY || C_STATE(slot_state[C_AT(s, 1)]) == READY && !UNPUBLISHED(s))
/* Whether the second slot is of a batch whose first was not stored: SlotBatch.isPublished. */
#define UNPUBLISHED(s) \
  (C_STATE(slot_state[C_AT(s, 1)]) == READY && C_OWNER(slot_state[C_AT(s, 1)]) == 1 && \
    C_SEQUENCE(slot_state[C_AT(s, 0)]) < C_SEQUENCE(slot_state[C_AT(s, 1)]) - 1)
#else
#define ANY_READY(s) (C_STATE(slot_state[C_AT(s, 0)]) == READY || C_STATE(slot_state[C_AT(s, C - 1)]) == READY)
#endif

/* LaneSegments.free; for a d_step. */
inline takeAway(s) {
  j = 0;
  do
  :: j < E -> assert(!(SLOT(table[j]) == s && STATE(table[j]) == LIVE)); j++
  :: else -> break
  od;
  assert(self == 0 || hands != s + 1);
  space[s] = 0; j = 0;
  do :: j < C -> slot_state[C_AT(s, j)] = 0; payload[C_AT(s, j)] = 0; j++ :: else -> break od;
  j = 0
}

/* SegmentedRing.recover of x, whose lock is held. */
inline recover(x) {
  /* SegmentTable.recover */
#ifndef MUT_FREEING_STAYS
  i = 0;
  do
  :: x == 0 || i == E -> break
  :: else ->
    STEP(word = table[i]);
    if
#ifdef MUT_RECOVER_ANY_OWNER
    :: STATE(word) == FREEING ->
#else
    :: STATE(word) == FREEING && OWNER(word) == x ->
#endif
      STEP(takeAway(SLOT(word)));
      STEP(table[i] = WORD(GENERATION(word), SLOT(word), 0, FREED))
    :: else
    fi;
    i++
  od;
#endif
  /* SpmcRingRecovery.recover of each ring in the list. */
  i = 0;
  do
  :: x == 0 || i == E -> break
  :: else ->
    STEP(word = table[i]);
    if
    :: STATE(word) == LIVE ->
      here = SLOT(word); k = 0;
      do
      :: k == C -> break
      :: else ->
        STEP(word = slot_state[C_AT(here, k)]);
        if
        :: C_STATE(word) == TAKEN && C_OWNER(word) == x ->
          STEP(if
            :: slot_state[C_AT(here, k)] == word -> slot_state[C_AT(here, k)] = SLOT_STATE(C_SEQUENCE(word), (C_ATTEMPTS(word) < MAX_ATTEMPTS -> C_ATTEMPTS(word) + 1 : MAX_ATTEMPTS), READY, 0)
            :: else
            fi)
        :: else
        fi;
        k++
      od;
      k = 0; here = 0
    :: else
    fi;
    i++
  od;
  i = 0; word = 0;
  STEP(attached[x] = 0)
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

/* Whether SegmentPool.acquire would find a change. */
#define FULL (newest + 1 - oldest >= E)
#ifdef MUT_FULL_BEFORE_RECYCLE
#define FULL_USEFUL (STATE(ENTRY(oldest)) == FREED)
#else
#define FULL_USEFUL (STATE(ENTRY(oldest)) == FREED || STATE(ENTRY(oldest)) == DONE)
#endif
#define USEFUL(g) \
  ((g) < newest && GENERATION(ENTRY(g)) == (g) && \
    (STATE(ENTRY(g)) == DONE || STATE(ENTRY(g)) == FREED && linkedAs[SLOT(ENTRY(g))] == (g)))

/* SegmentTable.reuse */
#ifdef MUT_REUSE_WITHOUT_CAS
#define REUSE STEP(ENTRY(g) = WORD(g, SLOT(word), 0, REUSED); taken = 1 + SLOT(word); hands = taken)
#else
#define REUSE \
  STEP(if \
    :: ENTRY(g) == word -> ENTRY(g) = WORD(g, SLOT(word), 0, REUSED); taken = 1 + SLOT(word); hands = taken \
    :: else \
    fi)
#endif

/* SpmcRingSender.restart; RingFlavor.initialize has cleared the message slots before, if the space is new. */
inline prepare() {
  i = 0;
  do
  :: i == C -> i = 0; break
  :: else -> STEP(slot_state[C_AT(taken - 1, i)] = SLOT_STATE(FIRST(newest + 1) - C + i, 0, OVER, 0)); i++
  od
}

/* SegmentTable.link */
inline link() {
  STEP(
    j = 0;
    do :: j < E -> assert(!(SLOT(table[j]) == taken - 1 && (STATE(table[j]) == LIVE || STATE(table[j]) == DONE || STATE(table[j]) == FREEING))); j++ :: else -> break od;
    j = 0;
    assert(space[taken - 1]);
    assert(STATE(ENTRY(newest + 1)) == 0 || STATE(ENTRY(newest + 1)) == REUSED || STATE(ENTRY(newest + 1)) == FREED);
    ENTRY(newest + 1) = WORD(newest + 1, taken - 1, 0, LIVE);
    hands = 0
  )
}

/* SegmentedRingSender, SegmentPool */
proctype Sender() {
  byte self = 0;
  byte i, j, k, g, here, next, newest, oldest, slot, taken;
  byte linkedAs[S];   /* by slot: its generation; 0 if it has no space */
  bit all, last;
  short word;
#ifdef DROPS
  short seen;
#endif

start:
  atomic { lock[0] == 0 -> lock[0] = 1 };
  if :: attached[0] -> recover(0) :: else fi;
  STEP(attached[0] = 1);
  /* SegmentedRingSender.new: only the sender writes generations. */
  d_step {
    i = 0; newest = 0;
    do :: i < E -> if :: GENERATION(table[i]) > newest -> newest = GENERATION(table[i]) :: else fi; i++ :: else -> break od;
    i = 0;
    assert(IS_LIVE(ENTRY(newest), newest));
    oldest = (newest > E -> newest - E + 1 : 1);
    g = oldest
  };
  /* SegmentPool.new */
  do
  :: g > newest -> break
  :: else ->
    STEP(
      word = ENTRY(g);
      if :: GENERATION(word) == g && STATE(word) != REUSED && STATE(word) != FREED -> linkedAs[SLOT(word)] = g :: else fi;
      g++
    )
  od;
  g = 0; word = 0;
  slot = SLOT(ENTRY(newest));
  do
  :: i == S -> i = 0; break
  :: i < S -> if :: linkedAs[i] == 0 -> STEP(takeAway(i)) :: else fi; i++
  od;
  skip;
#ifdef BATCH
#ifndef MUT_NO_REVERT
  /* SlotBatch.revertUnpublished */
  STEP(last = UNPUBLISHED(slot));
  if
  :: last -> STEP(slot_state[C_AT(slot, 1)] = SLOT_STATE(FIRST(newest) - 1, 0, OVER, 0)); last = 0
  :: else
  fi;
#endif
#endif
  /* InFlight.restore: where the previous sender stopped. */
  d_step {
    next = FIRST(newest); i = 0;
    do
    :: i < C -> assert(SOUND(slot_state[C_AT(slot, i)], newest, i)); if :: C_SEQUENCE(slot_state[C_AT(slot, i)]) == next -> next++ :: else fi; i++
    :: else -> break
    od;
    i = 0
  };
  do
  :: next > M -> break
#ifdef BATCH
  :: next < M && next + 1 < FIRST(newest + 1) ->
    /* SpmcRingSender.commitBatch */
    STEP(payload[C_AT(slot, (next - 1) % C)] = next);
    STEP(payload[C_AT(slot, next % C)] = next + 1);
#ifdef MUT_FIRST_SLOT_FIRST
    STEP(slot_state[C_AT(slot, (next - 1) % C)] = SLOT_STATE(next, 0, READY, 0); published = next + 1);
    STEP(slot_state[C_AT(slot, next % C)] = SLOT_STATE(next + 1, 0, READY, 1));
#else
    STEP(slot_state[C_AT(slot, next % C)] = SLOT_STATE(next + 1, 0, READY, 1));
    STEP(slot_state[C_AT(slot, (next - 1) % C)] = SLOT_STATE(next, 0, READY, 0); published = next + 1);
#endif
    next = next + 2
#endif
  :: next <= M && next < FIRST(newest + 1) ->
    /* SpmcRingSender.publish */
    STEP(payload[C_AT(slot, (next - 1) % C)] = next);
    STEP(slot_state[C_AT(slot, (next - 1) % C)] = SLOT_STATE(next, 0, READY, 0); published = next);
    next++
  :: next <= M && next == FIRST(newest + 1) ->
    /* SegmentPool.acquire; review */
    all = 1; g = oldest; taken = 0;
    do
    :: g == newest -> break
    :: else ->
      STEP(
        word = ENTRY(g);
        if :: GENERATION(word) == g && STATE(word) == FREED && linkedAs[SLOT(word)] == g -> linkedAs[SLOT(word)] = 0 :: else fi;
        all = all && (GENERATION(word) != g || STATE(word) == FREED || STATE(word) == REUSED);
        if :: all -> oldest = g + 1 :: else fi;
#ifdef ALONE
        if :: !all -> g = newest :: else -> g++ fi
#else
        g++
#endif
      )
    od;
    word = 0; all = 0;
#ifdef MUT_NO_WINDOW
    last = 0;
#else
    last = FULL; /* The next generation's word is that of the oldest generation. */
#endif
    /* recycle */
    g = oldest;
    do
#ifdef MUT_FULL_BEFORE_RECYCLE
    :: last -> break
#endif
    :: taken || g == newest || (last && g > oldest) -> break
    :: else ->
      STEP(word = ENTRY(g));
      if :: GENERATION(word) == g && STATE(word) == DONE -> REUSE :: else fi;
      g++
    od;
    word = 0; g = 0;
    /* allocate */
    if
    :: taken == 0 && !last ->
      do :: i < S && linkedAs[i] != 0 -> i++ :: else -> break od;
      if
      :: i < S ->
        taken = i + 1; i = 0;
        STEP(assert(!space[taken - 1]); space[taken - 1] = 1; hands = taken)
      :: else -> i = 0
      fi
    :: else
    fi;
#ifndef ALONE
    /* takeReceived: the oldest in the list. */
    if
    :: taken == 0 ->
      g = oldest;
      do
#ifdef MUT_FULL_BEFORE_RECYCLE
      :: last -> break
#endif
      :: g == newest || (last && g > oldest) -> break
      :: else ->
        STEP(word = ENTRY(g));
        if
        :: IS_LIVE(word, g) ->
          here = SLOT(word); all = 1;
          do
          :: i == C -> i = 0; break
          :: i < C -> STEP(all = all && C_STATE(slot_state[C_AT(here, i)]) == OVER); i++
          od;
          here = 0;
          if :: all -> REUSE :: else fi;
          all = 0;
          break
        :: else
        fi;
        g++
      od
    :: else
    fi;
#endif
#ifdef DROPS
    /* SegmentedRingSender.dropOldest: rings in which a receiver holds a message stay. */
    if
    :: taken == 0 ->
      g = oldest;
      do
      :: taken || g == newest -> break
      :: else ->
        STEP(word = ENTRY(g));
        if
        :: IS_LIVE(word, g) ->
          here = SLOT(word);
          /* SpmcRingSender.drop */
          do
          :: i == C -> i = 0; break
          :: i < C ->
            STEP(seen = slot_state[C_AT(here, i)]);
            if
            :: C_STATE(seen) == READY ->
              STEP(if
#ifdef MUT_DROP_WITHOUT_CAS
                :: true ->
#else
                :: slot_state[C_AT(here, i)] == seen ->
                  assert(C_ATTEMPTS(seen) > 0 || handed[C_SEQUENCE(seen)] == 0);
#endif
                  slot_state[C_AT(here, i)] = SLOT_STATE(C_SEQUENCE(seen), 0, OVER, 0); dropped[C_SEQUENCE(seen)] = 1
                :: else
                fi)
            :: else
            fi;
            seen = 0;
            i++
          od;
          /* SegmentPool.acquireReceived */
          all = 1;
#ifndef MUT_TAKE_HELD
          do
          :: i == C -> i = 0; break
          :: i < C -> STEP(all = all && C_STATE(slot_state[C_AT(here, i)]) == OVER); i++
          od;
#endif
          here = 0;
          if :: all && (!last || g == oldest) -> REUSE :: else fi;
          all = 0
        :: else
        fi;
        g++
      od
    :: else
    fi;
#endif
    g = 0; word = 0;
    if
    :: taken ->
      /* SegmentedRingSender.grow */
#ifdef MUT_LINK_BEFORE_PREPARED
      link();
      prepare();
#else
      prepare();
      link();
#endif
      newest++; slot = taken - 1; linkedAs[slot] = newest; taken = 0; last = 0
    :: else ->
      last = 0;
      /* No ring: waits until one is retired. */
      if
      :: FULL && FULL_USEFUL
      :: !FULL && (USEFUL(oldest) || USEFUL(oldest + 1) || USEFUL(oldest + 2))
      :: NOTICED_DEAD(1) -> findDead(1)
      :: NOTICED_DEAD(2) -> findDead(2)
      fi
    fi
  od;
  goto out;
dead:
  skip;
  d_step {
    release(); word = 0; g = 0; here = 0; k = 0; j = 0; next = 0; newest = 0; oldest = 0; slot = 0; taken = 0; all = 0; last = 0; hands = 0;
#ifdef DROPS
    seen = 0;
#endif
    do :: i < S -> linkedAs[i] = 0; i++ :: else -> i = 0; break od
  };
  if :: goto start :: goto out fi;
out: gone = 1
}

/* SpmcRingReceiver.poll of a ring that may be retired; or SpscRingReceiver.poll. */
inline look(generation, s) {
  found = 0; i = 0;
  do
  :: i == C || found -> break
  :: else ->
#ifdef MUT_LIVE_BEFORE_STATE
    STEP(ok = IS_LIVE(ENTRY(generation), generation));
#endif
    STEP(word = slot_state[C_AT(s, i)]);
    if
#ifdef BATCH
    :: C_SEQUENCE(word) < FIRST(generation) -> break /* not sent */
#endif
    :: C_STATE(word) == READY || !SOUND(word, generation, i) ->
#if defined(MUT_NO_LIVE_CHECK)
      ok = C_STATE(word) == READY;
#elif !defined(MUT_LIVE_BEFORE_STATE)
      STEP(ok = IS_LIVE(ENTRY(generation), generation));
#endif
#ifdef ALONE
      assert(ok);
#endif
      if
      :: ok ->
#ifndef MUT_NO_LIVE_CHECK
#ifndef MUT_LIVE_BEFORE_STATE
        assert(SOUND(word, generation, i));
#endif
#endif
        STEP(if :: slot_state[C_AT(s, i)] == word && C_STATE(word) == READY -> slot_state[C_AT(s, i)] = SLOT_STATE(C_SEQUENCE(word), C_ATTEMPTS(word), TAKEN, self) :: else -> ok = 0 fi);
        if
        :: ok ->
          k = C_SEQUENCE(word);
          STEP(
            assert(payload[C_AT(s, i)] == k);
            assert(k <= published);
            assert(k >= FIRST(generation) && k < FIRST(generation + 1));
            assert(C_ATTEMPTS(word) > 0 || handed[k] == 0);
            assert(!dropped[k]);
#ifdef ALONE
            assert(C_ATTEMPTS(word) > 0 || k == 1 || handed[k - 1] > 0);
#endif
            handed[k] = 1
          );
          STEP(slot_state[C_AT(s, i)] = SLOT_STATE(k, 0, OVER, 0); k = 0);
          found = 1; ok = 0
        :: else
        fi
      :: else -> break
      fi
    :: else
    fi;
    i++
  od;
  i = 0; word = 0; ok = 0
}

/* SegmentedRingReceiver.retire of the generation in "entry"; ok if it is retired afterwards. */
inline retire(entry) {
  ok = 1;
#ifndef ALONE
#ifndef MUT_RETIRE_UNASKED
  /* SegmentCache.isReceived */
  i = 0;
  do
  :: i == C -> break
  :: else -> STEP(ok = ok && C_STATE(slot_state[C_AT(SLOT(entry), i)]) == OVER); i++
  od;
  i = 0;
#endif
#endif
  if
  :: ok -> STEP(if :: ENTRY(GENERATION(entry)) == entry -> ENTRY(GENERATION(entry)) = WORD(GENERATION(entry), SLOT(entry), 0, DONE) :: else fi)
  :: else
  fi
}

/* Whether SegmentedRingReceiver.pollOlder has something to do. */
#define OLDER(g) \
  ((g) >= oldest && (g) < at && IS_LIVE(ENTRY(g), g) && (ANY_READY(SLOT(ENTRY(g))) || ALL_OVER(SLOT(ENTRY(g)))))

/* SegmentedRingReceiver */
proctype Receiver(byte self) {
  byte i, j, k, g, here, at, oldest, slot;
  short word, entry;
  bit ok, found, sealed, movedOn;

start:
  atomic { lock[self] == 0 -> lock[self] = 1 + self };
  if :: attached[self] -> recover(self) :: else fi;
  STEP(attached[self] = 1);
  /* SegmentTable.newest: not atomic. */
  do
  :: i == E -> break
  :: i < E ->
#ifdef MUT_OLDEST_LIVE_SEEN
    STEP(word = table[i]; if :: STATE(word) == LIVE && (g == 0 || GENERATION(word) < g) -> g = GENERATION(word) :: else fi); i++
#else
    STEP(word = table[i]; if :: GENERATION(word) > g -> g = GENERATION(word) :: else fi); i++
#endif
  od;
#ifndef MUT_OLDEST_LIVE_SEEN
  g = (g > E -> g - E + 1 : 1);
#endif
  if :: g == 0 -> g = 1 :: else fi;
  oldest = g; at = g - 1; i = 0; word = 0; g = 0; movedOn = 1;
  goto moveTo;
poll:
  look(at, slot);
  if :: found -> found = 0; goto poll :: else fi;
  /* pollFurther */
  STEP(sealed = IS_LINKED(at + 1));
  if
  :: sealed ->
#ifndef MUT_SEAL_AFTER_LOOK
    look(at, slot);
    if :: found -> found = 0; sealed = 0; goto poll :: else fi;
#endif
    sealed = 0;
    /* moveOn: first to the next ring, if it can be mapped; then this one is retired. */
    STEP(entry = ENTRY(at));
    g = at + 1;
    do
    :: STEP(word = ENTRY(g));
      if
      :: IS_LIVE(word, g) -> break
      :: else -> assert(GENERATION(word) >= g); g++
      fi
    od;
    if :: IS_LIVE(entry, at) -> retire(entry) :: else fi;
    at = g; slot = SLOT(word); g = 0; word = 0; entry = 0; ok = 0; movedOn = 1;
    goto poll
  :: else
  fi;
  /* giveBack */
  if
  :: movedOn ->
    movedOn = 0; g = at - 1; k = 0;
    do
    :: g == 0 || at - g >= E -> break
    :: else ->
      STEP(entry = ENTRY(g));
      if
      :: GENERATION(entry) == g && STATE(entry) == DONE ->
        k++;
        if
        :: k > SPARE ->
          /* SegmentTable.free */
#ifdef MUT_FREE_WITHOUT_OWNER
          ok = 1;
#else
          STEP(if :: ENTRY(g) == entry -> ENTRY(g) = WORD(g, SLOT(entry), self, FREEING); ok = 1 :: else -> ok = 0 fi);
#endif
          if
          :: ok ->
#ifdef MUT_FREED_BEFORE_SPACE
            STEP(ENTRY(g) = WORD(g, SLOT(entry), 0, FREED));
            STEP(takeAway(SLOT(entry)))
#else
            STEP(takeAway(SLOT(entry)));
            STEP(ENTRY(g) = WORD(g, SLOT(entry), 0, FREED))
#endif
          :: else
          fi;
          ok = 0
        :: else
        fi
      :: else
      fi;
      g--
    od;
    g = 0; k = 0; entry = 0
  :: else
  fi;
#ifndef ALONE
#ifndef MUT_NOT_OLDER
  /* pollOlder */
  if :: at > E && oldest < at - E + 1 -> oldest = at - E + 1 :: else fi;
  g = oldest;
  do
  :: g >= at -> break
  :: else ->
    STEP(entry = ENTRY(g));
    if
    :: IS_LIVE(entry, g) ->
      retire(entry);
      if
      :: ok -> if :: g == oldest -> oldest++ :: else fi
      :: else -> look(g, SLOT(entry)); if :: found -> break :: else fi
      fi;
      ok = 0
    :: else -> if :: g == oldest -> oldest++ :: else fi
    fi;
    g++
  od;
  g = 0; entry = 0;
  if :: found -> found = 0; goto poll :: else fi;
#endif
#endif
end:
  /* No message: waits until a word that it has read changes. */
  if
  :: IS_LINKED(at + 1) || IS_LIVE(ENTRY(at), at) && ANY_READY(slot) -> goto poll
#ifndef ALONE
#ifndef MUT_NOT_OLDER
  :: OLDER(at - 1) || OLDER(at - 2) || OLDER(at - 3) -> goto poll
#endif
#endif
  :: NOTICED_DEAD(0) -> findDead(0); goto poll
  :: NOTICED_DEAD(3 - self) -> findDead(3 - self); goto poll
  fi;
moveTo:
  g = at + 1;
  do
  :: STEP(entry = ENTRY(g));
    if
    :: IS_LIVE(entry, g) -> break
    :: else -> assert(GENERATION(entry) >= g); g++
    fi
  od;
  at = g; slot = SLOT(entry); g = 0; entry = 0;
  goto poll;
dead:
  skip;
  d_step { release(); word = 0; entry = 0; g = 0; j = 0; k = 0; here = 0; at = 0; oldest = 0; slot = 0; ok = 0; found = 0; sealed = 0; movedOn = 0 };
  if
#ifndef ALONE
  :: atomic { stays_dead == 0 -> stays_dead = 1 } /* one receiver may stay dead */
#endif
  :: goto start
  fi
}

proctype Monitor() {
  byte q, newest;
end:
  timeout;
  atomic {
    assert(gone);
    assert(published == M || K > 0);
    q = 1;
    do :: q > published -> break :: else -> assert(handed[q] || dropped[q]); q++ od;
    q = 0;
    do :: q < E -> if :: GENERATION(table[q]) > newest -> newest = GENERATION(table[q]) :: else fi; q++ :: else -> break od;
    q = 0;
    do :: q < E -> assert(GENERATION(table[q]) == newest || STATE(table[q]) != LIVE && STATE(table[q]) != FREEING); q++ :: else -> break od
  }
}

init {
  atomic {
    table[1 % E] = WORD(1, 0, 0, LIVE); space[0] = 1;
    byte i;
    do :: i < C -> slot_state[C_AT(0, i)] = SLOT_STATE(FIRST(1) - C + i, 0, OVER, 0); i++ :: else -> break od;
    run Sender(); run Receiver(1);
#ifndef ALONE
    run Receiver(2);
#endif
    run Monitor()
  }
}
