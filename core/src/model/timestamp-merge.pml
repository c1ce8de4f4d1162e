/*
 * Order of arrival: many lanes, one receiver, and a timestamp in front of each message, taken before it is published.
 *
 * The receiver takes the smallest timestamp among the heads of the lanes, then rescans every lane until a scan finds no
 * smaller one.
 *
 *   S  senders
 *   M  messages of each sender
 *
 * The clock may advance whenever it is read, and two senders may read the same time. Assumed: a send takes longer than a
 * tick of the clock, which is a nanosecond. (Mutant COARSE_CLOCK: without that the order is wrong.)
 *
 * Checked: if the send of a message returned before the send of another began, it is received first. The receiver scans
 * at most S + 1 times, so the bound in TimestampMergeReceiver.earliestLane never cuts it short. When no process can take a step, all
 * messages have been received.
 */
#ifndef S
#define S 3
#endif
#ifndef M
#define M 1
#endif

#define NONE 255                       /* SpscRingReceiver.NO_MESSAGE */
#define MESSAGE(s, q) ((s) * M + (q))  /* q in 0..M-1 */

byte clock;
byte published[S];  /* messages of each lane */
byte ready;          /* bitmap of the lanes that the receiver polls: see futex-event.pml */
byte timestamp[S * M];

/* Ghosts, sets of messages: those whose send had returned before this one's began; that returned; that were received. */
byte before[S * M];
byte returned;
byte received;

/* TimestampedLaneSender */
proctype Sender(byte s) {
  byte q, now;

  do
  :: q == M -> break
  :: else ->
    before[MESSAGE(s, q)] = returned;
#ifdef MUT_TIMESTAMP_AFTER_PUBLISH
    d_step { timestamp[MESSAGE(s, q)] = now; published[s]++ };
#endif
    /* tryClaim: a timestamp later than that of its last message. */
    atomic { if :: clock > now :: clock++ fi; now = clock };
    timestamp[MESSAGE(s, q)] = now;
#ifndef MUT_TIMESTAMP_AFTER_PUBLISH
    /* commit */
    published[s]++;
#endif
    /* Doorbell.ring, for an idle lane */
    ready = ready | (1 << s);
    d_step {
#ifndef MUT_COARSE_CLOCK
      if :: clock == now -> clock++ :: else fi;
#endif
      returned = returned | (1 << MESSAGE(s, q))
    };
    q++
  od
}

#define NEWS(i) ((ready >> (i)) & 1 && published[i] > next[i])

/* TimestampMergeReceiver.poll */
proctype Receiver() {
  byte i, best, found, least, x, looks;
#ifdef MUT_READY_LANES_SEEN_ONCE
  byte seen;
#endif
  byte next[S];  /* of each lane, the receiver's position */

poll:
  best = NONE; least = NONE; looks = 0;
#ifdef MUT_READY_LANES_SEEN_ONCE
  seen = ready;
#endif
look:
  /* TimestampMergeReceiver.earliestLane */
  looks++;
  assert(looks <= S + 1);
  found = best; i = 0;
  do
  :: i == S -> i = 0; break
  :: i < S ->
    if
#ifdef MUT_READY_LANES_SEEN_ONCE
    :: i != best && (seen >> i) & 1 ->
#else
    :: i != best && (ready >> i) & 1 ->
#endif
      /* peekLong */
      if
      :: d_step { next[i] < published[i] -> x = timestamp[MESSAGE(i, next[i])] };
        if :: found == NONE || x < least -> least = x; found = i :: else fi;
        x = 0
      :: next[i] == published[i]
      fi
    :: else
    fi;
    i++
  od;
  if
#ifndef MUT_NO_SECOND_LOOK
  :: found != best -> best = found; goto look
  :: found == best && best != NONE ->
#else
  :: found != NONE -> best = found;
#endif
    d_step {
      /* All messages whose send had returned before this one's began have been received. */
      assert((before[MESSAGE(best, next[best])] & ~received) == 0);
      received = received | (1 << MESSAGE(best, next[best]));
      next[best]++
    };
    goto poll
  :: found == NONE ->
end:
    /* No message: waits until there is one. */
    NEWS(0) || NEWS(1) || NEWS(S - 1);
    goto poll
  fi
}

proctype Monitor() {
end:
  timeout;
  assert(received == (1 << (S * M)) - 1)
}

init {
  byte s;
  atomic {
    /* Some lanes are ready already. */
    do :: s < S -> if :: ready = ready | (1 << s) :: skip fi; s++ :: else -> s = 0; break od;
    run Receiver(); run Monitor(); do :: s < S -> run Sender(s); s++ :: else -> break od
  }
}
