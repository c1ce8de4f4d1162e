/*
 * A lane with one receiver: a record is published by its own word, and the next record's word is cleared first, with
 * some cells after it.
 *
 * The ring has N cells; a record is a word and 1 or 2 cells of payload, so a word of one lap is where payload was in
 * another, and cells that are not cleared hold what an earlier lap left. Sender and receiver may be killed before any
 * access to shared memory, K times in all, and are replaced (the sender perhaps not).
 *
 *   M  messages, 1..M; the payload of message q is the number q in each of its cells
 *   N  cells of the ring
 *   A  cells that are cleared at once
 *   B  maximum number of records that one poll hands out before it publishes its position
 *   K  how many times an end may be killed
 *   LATER  the receiver keeps what it hands out, and another thread of its process acknowledges it, in any order; the
 *          position follows in order
 *   BATCH  two messages may be a batch: their words are stored first to last but for the first word, which is stored last
 *
 * Checked: a record that the receiver hands out was published, its payload is whole, and records are in order; the attempt
 * of each message handed out is the number of times it was noted as handed out before, so no less than the number of times
 * it was; when no process can take a step, all that was sent has been received, and the sender, if alive, has sent all.
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
#ifndef B
#define B 2
#endif
#ifndef K
#define K 1
#endif

#define UNCOMMITTED 0
#define WORD(position, length) (100 + 4 * (position) + (length))  /* RecordDescriptor.word */
#define LENGTH(word) ((word) & 3)                                 /* cells of payload */
#define RECORD(length) (1 + (length))                             /* RecordDescriptor.recordLength */

byte cell[N];             /* the ring */
byte receiver_position;   /* LaneDescriptor.RECEIVER_POSITION_OFFSET */
byte taken_position;    /* the end of what was handed out, or was about to be */
byte attempts;            /* LaneDescriptor.ATTEMPTS_OFFSET: how often the record at attempts_position was handed out */
byte attempts_position;   /* LaneDescriptor.ATTEMPTS_POSITION_OFFSET */

/* Ghosts. */
byte crashes = K;
byte sent;             /* messages published */
byte received;         /* the last message that was handed out for the first time */
byte handed[M + 1];    /* how often each message was handed out */
byte noted[M + 1];     /* how often it was noted that each message is handed out */
bit sender_gone;

#ifdef LATER
/* KeptRecords, in the memory of the receiver's process. */
byte record_end[M + 1];  /* where the record of each message ends; 0 if it is not kept */
bit acknowledged[M + 1]; /* of a kept one */
byte kept;               /* how many are kept */
byte oldest;             /* the first that is kept */
#define MAY_HAND_OUT (position >= tried || kept == 0)
#else
#define MAY_HAND_OUT true
#endif

#if K > 0
#define STEP(s) if :: d_step { s } :: atomic { crashes > 0 -> crashes--; goto dead } fi
#else
#define STEP(s) d_step { s }
#endif

/* SpscRingSender */
proctype Sender() {
  byte position, next, length, limit, walked, cleared, i;
#ifdef BATCH
  byte added, first;
#endif

start:
  skip;
  /* findPosition: the first uncommitted word after the receiver's position. */
  STEP(position = receiver_position; walked = 0);
#ifndef MUT_RESUME_AT_RECEIVER
  do
  :: STEP(next = cell[position % N]);
    if
    :: next == UNCOMMITTED -> break
    :: else ->
      assert(next == WORD(position, LENGTH(next)) && LENGTH(next) > 0);
      position = position + RECORD(LENGTH(next)); walked = walked + RECORD(LENGTH(next));
      assert(walked < N)
    fi
  od;
  walked = 0; next = 0;
#endif
  limit = 0;
#ifdef MUT_BATCH_OF_THE_DEAD_STAYS
  cleared = position + 4;
#else
  cleared = position + 1;
#endif
  do
  :: sent == M -> break
#ifdef BATCH
  :: sent + 2 <= M ->
    /* SpscRingSender.tryBatch: room for two, and for the word after them */
    do
    :: position + 6 <= limit -> break
    :: else -> receiver_position + N - 1 != limit; STEP(limit = receiver_position + N - 1)
    od;
    next = position; added = 0;
    do
    :: added == 2 -> break
    :: else ->
      if :: length = 1 :: length = 2 fi;
      STEP(cell[(next + 1) % N] = sent + added + 1);
      if :: length == 2 -> STEP(cell[(next + 2) % N] = sent + added + 1) :: else fi;
      if
      :: added == 0 ->
        first = length;
#ifdef MUT_FIRST_WORD_FIRST
        STEP(cell[next % N] = WORD(next, length))
#endif
      :: else -> STEP(cell[next % N] = WORD(next, length))
      fi;
      next = next + RECORD(length); added++; length = 0
    od;
#ifndef MUT_BATCH_END_NOT_CLEARED
    if
    :: next >= cleared ->
      i = next;
      do
      :: i < next + A && i <= limit -> STEP(cell[i % N] = UNCOMMITTED); i++
      :: else -> break
      od;
      cleared = i; i = 0
    :: else
    fi;
#endif
    skip;
    /* SpscRingSender.commitBatch */
    STEP(cell[position % N] = WORD(position, first); sent = sent + 2);
    position = next; next = 0; added = 0; first = 0
  :: sent < M ->
#else
  :: else ->
#endif
    if :: length = 1 :: length = 2 fi;
    /* hasRoom, makeRoom: for the record and the word after it */
    do
    :: position + RECORD(length) <= limit -> break
    :: else ->
#ifdef MUT_NO_ROOM_FOR_NEXT_WORD
#define SPACE N
#else
#define SPACE (N - 1)
#endif
      receiver_position + SPACE != limit;
      STEP(limit = receiver_position + SPACE)
    od;
    next = position + RECORD(length);
#ifndef MUT_NO_CLEAR
#ifndef MUT_CLEAR_AFTER_PUBLISH
    /* clear: the cells before the next word will be payload */
    if
    :: next >= cleared ->
      i = next;
      do
      :: i < next + A && i <= limit -> STEP(cell[i % N] = UNCOMMITTED); i++
      :: else -> break
      od;
      cleared = i; i = 0
    :: else
    fi;
#endif
#endif
    /* publish */
#ifdef MUT_PUBLISH_BEFORE_PAYLOAD
    STEP(cell[position % N] = WORD(position, length); sent++);
    STEP(cell[(position + 1) % N] = sent);
    if :: length == 2 -> STEP(cell[(position + 2) % N] = sent) :: else fi;
#else
    STEP(cell[(position + 1) % N] = sent + 1);
    if :: length == 2 -> STEP(cell[(position + 2) % N] = sent + 1) :: else fi;
    STEP(cell[position % N] = WORD(position, length); sent++);
#ifdef MUT_CLEAR_AFTER_PUBLISH
    STEP(cell[next % N] = UNCOMMITTED);
#endif
#endif
    position = next; next = 0; length = 0
  od;
  goto out;
#if K > 0
dead:
  atomic { position = 0; next = 0; length = 0; limit = 0; walked = 0; cleared = 0; i = 0 };
#ifdef BATCH
  atomic { added = 0; first = 0 };
#endif
  if :: goto start :: goto out fi; /* replaced, or not */
#endif
out: sender_gone = 1
}

/* SpscRingReceiver */
proctype Receiver() {
  byte position, published, taken_end, tried, word, length, i, m, last, count, before, was;
#define FIRST (position - RECORD(length))    /* where the record begins */
#define MESSAGE cell[(FIRST + 1) % N]        /* for ghosts */

start:
  skip;
  STEP(position = receiver_position);
  STEP(taken_end = taken_position);
#ifdef MUT_RESUME_AT_TAKEN
  position = taken_end;
#endif
  published = position; last = 0; tried = taken_end;
end:
  do
#ifdef MUT_REDELIVERED_TOGETHER
  :: cell[position % N] != UNCOMMITTED ->
#else
  :: cell[position % N] != UNCOMMITTED && MAY_HAND_OUT ->
#endif
    /* poll; with LATER pollKept */
    count = 0;
    do
    :: count == B -> break
    :: else ->
#ifndef MUT_REDELIVERED_TOGETHER
      if :: !(MAY_HAND_OUT) -> break :: else fi;
#endif
      STEP(word = cell[position % N]);
      if :: word == UNCOMMITTED -> break :: else fi;
      length = LENGTH(word);
      assert(word == WORD(position, length) && length > 0);
      position = position + RECORD(length); count++;
      d_step { was = noted[MESSAGE]; before = 0 };
#ifndef MUT_UNMARKED
      if
      :: FIRST < tried ->
        /* countAttempt */
#ifdef MUT_ATTEMPTS_OF_ANOTHER
        i = FIRST;
#else
        STEP(i = attempts_position);
#endif
        if
        :: i == FIRST -> STEP(before = attempts)
        :: else
        fi;
        if :: before == 0 -> before = 1 :: else fi;
#ifdef MUT_ATTEMPTS_POSITION_FIRST
        STEP(attempts_position = FIRST; if :: i != FIRST -> noted[MESSAGE]++ :: else fi);
        STEP(attempts = before + 1; if :: i == FIRST -> noted[MESSAGE]++ :: else fi);
#else
        STEP(attempts = before + 1; if :: i == FIRST -> noted[MESSAGE]++ :: else fi);
        STEP(attempts_position = FIRST; if :: i != FIRST -> noted[MESSAGE]++ :: else fi);
#endif
        i = 0
      :: else
      fi;
#endif
#ifdef MUT_POSITION_BEFORE_HANDING_OUT
      STEP(receiver_position = position); published = position;
#endif
#ifdef MUT_TAKEN_GOES_BACK
      STEP(taken_position = position; if :: FIRST >= tried -> noted[MESSAGE]++ :: else fi); taken_end = position;
#else
#ifndef MUT_TAKEN_AFTER_HANDING_OUT
      /* Never decreases: a redelivered record may precede the end of what the dead receiver had handed out. */
      if :: position > taken_end -> STEP(taken_position = position; noted[MESSAGE]++); taken_end = position :: else fi;
#endif
#endif
      /* The handler reads the payload, cell by cell. */
      STEP(m = cell[(position - length) % N]);
      if :: length == 2 -> STEP(i = cell[(position - 1) % N]); assert(i == m); i = 0 :: else fi;
      d_step {
        assert(m > 0 && m <= sent);
        assert(m <= received + 1);
        assert(last == 0 || m == last + 1);
        assert(before >= handed[m]);
        assert(before == was);
#ifdef LATER
        /* KeptRecords.add */
        record_end[m] = position; acknowledged[m] = 0; if :: kept == 0 -> oldest = m :: else fi; kept++;
#endif
        handed[m]++; last = m; if :: m > received -> received = m :: else fi; m = 0
      };
#ifdef MUT_TAKEN_AFTER_HANDING_OUT
      if :: position > taken_end -> STEP(taken_position = position; noted[MESSAGE]++); taken_end = position :: else fi;
#endif
#ifndef LATER
#ifndef MUT_REDELIVERED_IN_BATCH
      /* The space of a redelivered record is released at once. */
      if :: FIRST < tried -> STEP(receiver_position = position); published = position :: else fi;
#endif
#endif
      d_step { word = 0; length = 0; before = 0; was = 0 }
    od;
    word = 0; count = 0;
#ifndef LATER
    /* publish */
    if
    :: position != published -> STEP(receiver_position = position); published = position
    :: else
    fi
#endif
  od;
#if K > 0
dead:
#ifdef LATER
  skip;
  d_step { i = 1; do :: i <= M -> record_end[i] = 0; acknowledged[i] = 0; i++ :: else -> break od; i = 0; kept = 0; oldest = 0 };
#endif
  atomic { position = 0; published = 0; taken_end = 0; tried = 0; word = 0; length = 0; i = 0; m = 0; count = 0; before = 0; was = 0 };
  goto start
#endif
}

#ifdef LATER
/* A thread of the receiver's process that acknowledges. */
proctype Worker() {
  byte q;
end:
  do
  :: kept > 0 ->
    /* KeptRecord.acknowledge, of any message that is kept */
    atomic {
      q = 1;
      do
      :: q < M -> q++
      :: record_end[q] > 0 && !acknowledged[q] -> break
      :: q == M && (record_end[q] == 0 || acknowledged[q]) -> q = 0; break
      od;
      if
      :: q > 0 ->
        assert(cell[(record_end[q] - 1) % N] == q);
        acknowledged[q] = 1;
#ifdef MUT_RELEASED_OUT_OF_ORDER
        receiver_position = record_end[q];
#endif
      :: else
      fi;
      q = 0
    };
    /* KeptRecords.releaseAcknowledged */
    d_step {
      if
      :: kept > 0 && acknowledged[oldest] ->
#ifndef MUT_RELEASED_OUT_OF_ORDER
        receiver_position = record_end[oldest];
#endif
        record_end[oldest] = 0; acknowledged[oldest] = 0; oldest++; kept--
      :: else
      fi
    }
  od
}
#endif

proctype Monitor() {
end:
  timeout;
#ifdef LATER
  assert(kept == 0 && receiver_position == taken_position);
#endif
  assert(sender_gone && received == sent)
}

init {
  atomic {
    run Sender(); run Receiver(); run Monitor();
#ifdef LATER
    run Worker()
#endif
  }
}
