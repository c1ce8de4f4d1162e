/*
 * A lane of which each receiver gets every message: gates limit the sender, the intent tells a receiver what may have been
 * overwritten, and boundaries say where a receiver, or the next sender, can begin.
 *
 * The ring has N cells; a record is a word and 1 or 2 cells of payload, as in spsc.pml. Each end may be killed before any
 * access to shared memory, K times in all. The sender is replaced; a dead gated receiver's gate is opened by the holder of
 * its lock, and another one may join in its place.
 *
 *   M  messages, 1..M; the payload of message q is the number q in each of its cells
 *   N  cells of the ring
 *   A  cells that are cleared at once
 *   C  cells of room that the sender takes at once, at least
 *   BLOCK  cells of the ring for which the table has a word
 *   K  how many times an end may be killed
 *   GATED, LOSSY  which receivers there are
 *
 * Checked: a gated receiver gets every message from where it joined, in order, whole; a lossy one gets whole messages in
 * order, and what it counts as lost is exactly what it did not get; a sender finds where the one before stopped; when no
 * process can take a step, all was sent, and was received or counted.
 */
#ifndef M
#define M 4
#endif
#ifndef N
#define N 6
#endif
#ifndef A
#define A 2
#endif
#ifndef C
#define C 2
#endif
#ifndef BLOCK
#define BLOCK 3
#endif
#ifndef K
#define K 1
#endif

#define UNCOMMITTED 0
#define WORD(position, length) (100 + 4 * (position) + (length))
#define LENGTH(word) ((word) & 3)
#define RECORD(length) (1 + (length))
#define BLOCKS (N / BLOCK)    /* words of the table: at most 2 */
#define OPEN 0
#define GATE(position) ((position) + 1)
#define INTACT(position) ((position) + N >= intent)

byte cell[N];                 /* the ring */
byte intent;                  /* BroadcastDescriptor.INTENT_OFFSET */
byte gate;                    /* of the gated receiver */
byte boundary[2];             /* the position of a boundary, plus 1; 0 if none */
byte messages[2];             /* the number of messages before it: in the same word */

/* Ghosts. */
byte crashes = K;
byte sent;                    /* messages published */
bit sender_gone;
bit gated_joined;
byte gated_next;              /* the message that it must get next */
byte lossy_next;              /* the message after the last one that it got, or counted as lost */

#if K > 0
#define STEP(s) if :: d_step { s } :: atomic { crashes > 0 -> crashes--; goto dead } fi
#else
#define STEP(s) d_step { s }
#endif

/* BoundaryFinder.findNewest: the code reads a word at a time, and checks the result as it is checked here. */
#define NEWEST (boundary[1] > boundary[0])

/* BroadcastLimit.note */
#define NOTE(at) STEP(boundary[((at) / BLOCK) % BLOCKS] = (at) + 1; messages[((at) / BLOCK) % BLOCKS] = sent)

/* SpscRingSender, with a BroadcastLimit */
proctype Sender() {
  byte position, end, length, room, allowed, least, word, cleared, i;

start:
  skip;
  /* BroadcastLimit.resume, and SpscRingSender.findPosition */
  STEP(i = NEWEST; position = (boundary[i] > 0 -> boundary[i] - 1 : 0); i = 0);
  do
  :: STEP(word = cell[position % N]);
    if
    :: word == UNCOMMITTED -> break
    :: else ->
      assert(word == WORD(position, LENGTH(word)) && LENGTH(word) > 0);
      position = position + RECORD(LENGTH(word)); i = i + RECORD(LENGTH(word));
      assert(i < N)
    fi
  od;
  word = 0; i = 0; room = 0; cleared = position + 1;
  do
  :: sent == M -> break
  :: else ->
    if :: length = 1 :: length = 2 fi;
    end = position + RECORD(length);
    do
    :: end + 1 <= room -> break
    :: else ->
      /* BroadcastLimit.load */
#ifdef MUT_BOUNDARY_AT_END
      STEP(boundary[(end / BLOCK) % BLOCKS] = end + 1; messages[(end / BLOCK) % BLOCKS] = sent + 1);
#else
#ifdef MUT_ONE_BOUNDARY_A_BLOCK
      if
      :: boundary[(position / BLOCK) % BLOCKS] == 0 || (boundary[(position / BLOCK) % BLOCKS] - 1) / BLOCK != position / BLOCK ->
        NOTE(position)
      :: else
      fi;
#else
      NOTE(position);
#endif
#endif
      STEP(least = (gate == OPEN -> position : gate - 1));
      assert(least <= position);
      allowed = (end + 1 > position + C -> end + 1 : position + C);
      allowed = (allowed > least + N -> least + N : allowed);
      if
      :: allowed > intent && allowed >= end + 1 ->
#ifndef MUT_INTENT_AFTER_CLEAR
        STEP(intent = allowed);
#endif
#ifndef MUT_GATES_READ_ONCE
        STEP(least = (gate == OPEN -> position : gate - 1));
        allowed = (allowed > least + N -> least + N : allowed)
#endif
      :: else
      fi;
      room = allowed;
      if
      :: end + 1 > room -> gate != GATE(least) /* waits */
      :: else
      fi
    od;
    least = 0; allowed = 0;
    /* SpscRingSender.clear */
    if
    :: end >= cleared ->
      i = end;
      do
      :: i < end + A && i < room -> STEP(cell[i % N] = UNCOMMITTED); i++
      :: else -> break
      od;
      cleared = i; i = 0
    :: else
    fi;
    STEP(cell[(position + 1) % N] = sent + 1);
    if :: length == 2 -> STEP(cell[(position + 2) % N] = sent + 1) :: else fi;
#ifdef MUT_INTENT_AFTER_CLEAR
    STEP(intent = (room > intent -> room : intent));
#endif
    STEP(cell[position % N] = WORD(position, length); sent++);
    position = end; end = 0; length = 0;
  od;
  goto out;
#if K > 0
dead:
  atomic { position = 0; end = 0; length = 0; room = 0; allowed = 0; least = 0; word = 0; cleared = 0; i = 0 };
  goto start;
#endif
out: sender_gone = 1
}

#ifdef GATED
/* GatedRingReceiver */
proctype Gated() {
  byte position, word, m, i;

start:
  /* BroadcastRingReceiver.tryJoin */
  do
  :: STEP(i = NEWEST; position = (boundary[i] > 0 -> boundary[i] - 1 : 0); gated_next = messages[i] + 1);
    STEP(gate = GATE(position));
#ifdef MUT_JOIN_UNCHECKED
    break
#else
    STEP(i = INTACT(position));
    if :: i -> break :: else fi
#endif
  od;
  i = 0;
  gated_joined = 1;
end:
  do
  :: cell[position % N] != UNCOMMITTED ->
    /* poll */
    STEP(word = cell[position % N]);
    assert(word == WORD(position, LENGTH(word)) && LENGTH(word) > 0);
#ifdef MUT_GATE_BEFORE_READ
    STEP(gate = GATE(position + RECORD(LENGTH(word))));
#endif
    STEP(m = cell[(position + 1) % N]; assert(m == gated_next));
    if :: LENGTH(word) == 2 -> STEP(i = cell[(position + 2) % N]; assert(i == m)); i = 0 :: else fi;
    position = position + RECORD(LENGTH(word));
    /* publish */
    STEP(gate = GATE(position));
    d_step { gated_next++; word = 0; m = 0 }
  od;
#if K > 0
dead:
  atomic { position = 0; word = 0; m = 0; i = 0; gated_joined = 0; gated_next = 0 };
#ifndef MUT_DEAD_STAYS
  gate = OPEN; /* RingFlavor.recoverReceiver */
#endif
  if :: goto start :: skip fi
#endif
}
#endif

#ifdef LOSSY
/* LossyRingReceiver */
proctype Lossy() {
  byte position, word, m, i, b;
  bit intact;

start:
  do
  :: STEP(i = NEWEST; position = (boundary[i] > 0 -> boundary[i] - 1 : 0); lossy_next = messages[i] + 1);
    STEP(intact = INTACT(position));
    if :: intact -> break :: else fi
  od;
  i = 0; intact = 0;
end:
  do
#ifdef MUT_ZERO_IS_EMPTY
  :: cell[position % N] != UNCOMMITTED ->
#else
  :: cell[position % N] != UNCOMMITTED || !INTACT(position) ->
#endif
    /* copyNext */
    STEP(word = cell[position % N]);
    if
    :: word != UNCOMMITTED && word == WORD(position, LENGTH(word)) ->
      STEP(m = cell[(position + 1) % N]);
      i = m;
      if :: LENGTH(word) == 2 -> STEP(i = cell[(position + 2) % N]) :: else fi
    :: else
    fi;
#ifdef MUT_COPY_UNCHECKED
    STEP(intact = (word == WORD(position, LENGTH(word)) || INTACT(position)));
#else
    STEP(intact = INTACT(position));
#endif
    if
    :: intact && word == UNCOMMITTED
    :: intact && word != UNCOMMITTED ->
      assert(word == WORD(position, LENGTH(word)));
      assert(m == lossy_next && i == m);
      position = position + RECORD(LENGTH(word)); lossy_next++
#ifdef MUT_ZERO_IS_EMPTY
    :: !intact && word == UNCOMMITTED
    :: !intact && word != UNCOMMITTED ->
#else
    :: else ->
#endif
      /* skip: any boundary that is intact when the intent is read, not after */
      if :: i = 0 :: i = 1 fi;
      STEP(intact = INTACT(boundary[i] - 1) && boundary[i] > position + 1; b = boundary[i]; m = messages[i]);
      if :: intact -> position = b - 1; lossy_next = m + 1 :: else fi
    fi;
    d_step { word = 0; m = 0; i = 0; b = 0; intact = 0 }
  od;
#if K > 0
dead:
  atomic { position = 0; word = 0; m = 0; i = 0; b = 0; intact = 0 };
  goto start
#endif
}
#endif

proctype Monitor() {
end:
  timeout;
  assert(sender_gone);
#ifdef GATED
  assert(!gated_joined || gated_next == sent + 1);
#endif
#ifdef LOSSY
  assert(lossy_next == sent + 1);
#endif
}

init {
  atomic {
    run Sender();
#ifdef GATED
    run Gated();
#endif
#ifdef LOSSY
    run Lossy();
#endif
    run Monitor()
  }
}
