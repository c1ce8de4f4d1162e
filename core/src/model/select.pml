/*
 * A select that sleeps for pipes and a mailbox: the futex poller waits on the words of the pipes, and wakes the select.
 *
 * A select looks at each of its channels, in order. It is enqueued in all queues, arms the word of each pipe, registers it with the
 * poller, fences all senders, looks again, and parks. A sender of a pipe stores a message, and if the word is armed disarms it and
 * wakes the poller; a sender of the mailbox wakes the select itself. Messages of one pipe are of one sender.
 *
 *   W  pipes, 1 or 2; the mailbox is one channel more
 *   M  messages to each pipe
 *   X  messages to the mailbox
 *   T  messages that the select takes, one call for each
 *
 * Memory: the message that a sender of a pipe stores last may be visible only later (TSO). All else is sequentially consistent.
 * No park ends by itself. A wake-up in a queue is one compare-and-set: wait-queue.pml has the entries.
 *
 * Checked: when no process can take a step, no message is in a channel while the select sleeps.
 */
#ifndef W
#define W 2
#endif
#ifndef M
#define M 1
#endif
#ifndef X
#define X 1
#endif
#ifndef T
#define T 2
#endif

#define AWAKE 255
#define ASLEEP 254
#define NONE 253
#define ANY 252
#define OWN W          /* the poller's own word */
#define MAILBOX W

byte messages[W + 1];
bit buffered[W];       /* a message that is in its sender's store buffer */
bit armed[W];          /* FutexEvent.isArmed */
bit waiting[W];        /* PolledEvent.waiting */
bit registered[W];     /* the flag of that name of its FutexPoller registration */
bit queued[W];         /* the same */
bit pending[W];        /* FutexPoller.pending */
bit own;               /* FutexPoller.wakeup is armed */
bit blocked;           /* the poller is in futex_waitv */
bit inGroup[W];        /* the words that it waits on */
byte notified = NONE;  /* the word at which it was woken */
byte state = AWAKE;    /* ParkingWaiter.state: AWAKE, ASLEEP, or the queue in which it was woken */

inline drain(p) { d_step { if :: buffered[p] -> buffered[p] = 0; messages[p]++ :: else fi } }

/* FUTEX_WAKE of a pipe's word, or of the poller's own. */
inline futexWake(p) {
  atomic {
    if
    :: blocked && p == OWN -> blocked = 0; notified = OWN
    :: blocked && p != OWN && inGroup[p % W] -> blocked = 0; notified = p
    :: else
    fi
  }
}

/* WaitQueue.wakeOne, ParkingWaiter.wake */
inline wakeOne(p) { atomic { if :: state == ASLEEP -> state = p :: else fi } }

proctype Memory() {
end:
  do
  :: buffered[0] -> drain(0)
#if W > 1
  :: buffered[1] -> drain(1)
#endif
  od
}

/* SenderEndpoint.trySend, FutexEvent.notifyOne */
proctype Sender(byte p) {
  byte m;
  bit ok;
  do
  :: m == M -> break
  :: else ->
    atomic { !buffered[p] -> buffered[p] = 1 };
    m++;
    if
    :: armed[p] ->
      d_step { drain(p); ok = armed[p]; armed[p] = 0 };
      if :: ok -> futexWake(p); ok = 0 :: else fi
    :: else
    fi
  od
}

/* QueueSender.trySend */
proctype MailboxSender() {
  byte m;
  do
  :: m == X -> break
  :: else -> messages[MAILBOX]++; wakeOne(MAILBOX); m++
  od
}

/* ParkingWaiter.dequeue, PolledEvent.cancelWait */
inline stopWaiting() {
  if
  :: enqueued ->
    enqueued = 0; seen = 0; state = AWAKE;
    p = 0;
    do
    :: p == W -> p = 0; break
    :: p < W -> waiting[p] = 0; armed[p] = 0; p++
    od
  :: else
  fi
}

/* PolledEvent.prepareWait */
inline prepareWait() {
  waiting[p] = 1;
  armed[p] = 1;
  /* FutexPoller.register, FutexPoller.enqueue */
  if
  :: !registered[p] ->
    atomic { ok = !queued[p]; queued[p] = 1 };
    if
    :: ok ->
      pending[p] = 1
    :: else
    fi
  :: else
  fi;
  ok = 0
}

/* Select.await */
proctype Select() {
  byte p, taken;
  bit enqueued, seen, ok;

look:
  do
  :: d_step { p > W -> p = 0 }; break
  :: atomic { p <= W && messages[p] > 0 -> messages[p]--; p = 0 }; goto leave
  :: d_step { p <= W && messages[p] == 0 -> p++ }
  od;
  if
  :: enqueued && !seen ->
    /* ParkingWaiter.park */
end:
    state != ASLEEP;
    seen = 1;
    goto look
  :: else
  fi;
  /* ParkingWaiter.enqueue */
#ifndef MUT_NOT_PREPARED_AGAIN
  stopWaiting();
#else
  ok = enqueued; enqueued = 0; seen = 0;
#endif
  state = ASLEEP;
#ifdef MUT_NOT_PREPARED_AGAIN
  if :: ok -> goto prepared :: else fi;
#endif
  p = 0;
  do
  :: p == W -> p = 0; break
  :: p < W -> prepareWait(); p++
  od;
#ifndef MUT_POLLER_NOT_NOTIFIED
  /* FutexPoller.notifyPending */
  if
  :: pending[0] || pending[W - 1] ->
    atomic { ok = own; own = 0 };
    if :: ok -> futexWake(OWN) :: else fi;
    ok = 0
  :: else
  fi;
#endif
#ifndef MUT_NO_FENCE
  do
  :: d_step { p == W -> p = 0 }; break
  :: d_step { p < W -> if :: buffered[p] -> buffered[p] = 0; messages[p]++ :: else fi; p++ }
  od;
#endif
prepared:
  enqueued = 1; ok = 0;
#ifdef MUT_NO_LOOK
end_at_once:
  state != ASLEEP;
  seen = 1;
#endif
  goto look;

leave:
  stopWaiting();
  taken++;
  if :: taken < T -> goto look :: else fi
}

/* FutexPoller.unparkNotified, of one word */
inline check(p) {
  if
  :: armed[p]
  :: else ->
    registered[p] = 0;
    if
#ifndef MUT_NO_SECOND_LOOK_AT_WORD
    :: waiting[p] ->
      if
      :: armed[p] -> registered[p] = 1
      :: else -> if :: waiting[p] -> wakeOne(p) :: else fi; mine[p] = 0
      fi
    :: else -> mine[p] = 0
#else
    :: skip -> mine[p] = 0
#endif
    fi
  fi
}

/* FutexPoller.pollerLoop */
proctype Poller() {
  byte p;
  bit mine[W];   /* FutexPoller.registrations */
  bit added[W];
  bit skipped;

loop:
  skip;
#ifndef MUT_OWN_WORD_LAST
  own = 1;
#endif
  /* FutexPoller.registerPending */
  d_step {
    added[0] = pending[0]; pending[0] = 0;
#if W > 1
    added[1] = pending[1]; pending[1] = 0
#endif
  };
  p = 0;
  do
  :: p == W -> p = 0; break
  :: p < W ->
    if
    :: added[p] ->
      if :: !registered[p] -> mine[p] = 1; registered[p] = 1 :: else fi;
      queued[p] = 0;
      added[p] = 0
    :: else
    fi;
    p++
  od;
#ifdef MUT_OWN_WORD_LAST
  own = 1;
#endif
  /* FutexPoller.fillFutexSet, FutexPoller.tryDeregister */
  do
  :: p == W -> p = 0; break
  :: p < W ->
    if
    :: mine[p] && !waiting[p] ->
      registered[p] = 0;
#ifndef MUT_NO_SECOND_LOOK_AT_WAITER
      if :: waiting[p] -> registered[p] = 1 :: else -> mine[p] = 0 fi
#else
      mine[p] = 0
#endif
    :: else
    fi;
    p++
  od;
  /* futex_waitv */
  atomic {
    inGroup[0] = mine[0];
    notified = ANY;
    blocked = own && (!mine[0] || armed[0]);
#if W > 1
    inGroup[1] = mine[1];
    blocked = blocked && (!mine[1] || armed[1])
#endif
  };
end:
  !blocked;
  if
  :: notified == OWN -> skipped = 0
  :: notified < W -> skipped = 0; check(notified)
  :: else ->
    /* FutexPoller.isOnlyRegistration */
    if
    :: !skipped && !own -> skipped = 1
    :: else ->
      skipped = 0;
      do
      :: p == W -> p = 0; break
      :: p < W -> if :: mine[p] -> check(p) :: else fi; p++
      od
    fi
  fi;
  goto loop
}

proctype Monitor() {
end:
  timeout;
  assert(state != ASLEEP || (messages[0] == 0 && messages[W - 1] == 0 && messages[MAILBOX] == 0))
}

init {
  byte p;
  atomic {
    do :: p < W -> run Sender(p); p++ :: else -> p = 0; break od;
    run MailboxSender(); run Memory(); run Select(); run Poller(); run Monitor()
  }
}
