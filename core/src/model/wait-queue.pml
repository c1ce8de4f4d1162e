/*
 * Sleeping and waking within a process: waiters that are enqueued in one queue or in two, as a select is.
 *
 * There are two queues, each of a channel with messages. A waiter polls its channels, in order, is enqueued in all queues, polls again,
 * and sleeps. A sender that puts a message wakes one waiter of that queue. A waiter that has a message, or is
 * interrupted, leaves; if it was woken and has left a message there, it wakes another one.
 *
 *   W  waiters: the first B wait in both queues, the others in the second one only
 *   B  waiters of both queues
 *   M  messages to each channel
 *   T  messages that each waiter takes, one wait for each
 *   I  interruptions, in all
 *   DISABLES  a waiter of both queues waits in the second one for its first message only
 *
 * Memory is sequentially consistent: futex-event.pml and edge WAITING cover the fence. A message is put, and taken, in one step.
 * No park ends by itself.
 *
 * Checked: when no process can take a step, no message is in a channel in whose queue a waiter sleeps, and the counts of waiters are
 * correct.
 */
#ifndef W
#define W 2
#endif
#ifndef B
#define B 1
#endif
#ifndef M
#define M 1
#endif
#ifndef T
#define T 1
#endif
#ifndef I
#define I 0
#endif

#define AWAKE 255
#define ASLEEP 254
#define NONE 253
#define FIRST(w) ((w) < B -> 0 : 1)  /* its queues are FIRST(w)..1 */

byte messages[2];
byte counted[2];      /* WaitQueue.count */
byte state[W] = AWAKE;
byte interrupts = I;
bit interested[W] = 1;      /* whether it is enqueued in the second queue, too */
/* WaitQueue.add, WaitQueue.remove */
chan entries0 = [2 * W] of { byte };
chan entries1 = [2 * W] of { byte };

#ifdef MUT_ANY_WAIT
#define WAITS(w, place) (state[w] == ASLEEP)
#else
#define WAITS(w, place) (state[w] == ASLEEP && (place == 0 || interested[w]))
#endif

/* WaitQueue.wakeOne, WaitQueue.wakeFirst: uses first */
inline wakeOne(place) {
  if
  :: counted[place] == 0
  :: counted[place] != 0 ->
    do
    :: true ->
      atomic {
        first = NONE;
        if
        :: place == 0 && nempty(entries0) -> entries0?first
        :: place == 0 && empty(entries0)
        :: place == 1 && nempty(entries1) -> entries1?first
        :: place == 1 && empty(entries1)
        fi
      };
      if
      :: first == NONE -> break
      :: else ->
        /* ParkingWaiter.wake: only from the wait for which it was enqueued here, by its number. */
        if
        :: atomic { WAITS(first, place) -> state[first] = place }; counted[place]--; break
        :: atomic { !WAITS(first, place) -> skip }
        fi
      fi
    od
  fi;
  first = 0
}

/* WaitNode.dequeue */
inline dequeue(place) {
  atomic {
    if
    :: place == 0 -> if :: entries0??[eval(me)] -> entries0??eval(me) :: !(entries0??[eval(me)]) fi
    :: place == 1 -> if :: entries1??[eval(me)] -> entries1??eval(me) :: !(entries1??[eval(me)]) fi
    fi
  };
  counted[place]--
}

/* ParkingWaiter.dequeue: sets at, to NONE if the waiter was not woken */
inline stopWaiting() {
  at = NONE;
  if
  :: enqueued ->
    enqueued = 0; seen = 0;
    atomic {
      if
      :: state[me] == ASLEEP
      :: else -> at = state[me]
      fi;
      state[me] = AWAKE
    };
    p = FIRST(me);
    do
    :: p > last -> p = 0; break
#ifdef MUT_OTHERS_NOT_DEQUEUED
    :: p <= last -> if :: at == NONE -> dequeue(p) :: else fi; p++
#else
    :: p <= last -> if :: p != at -> dequeue(p) :: else fi; p++
#endif
    od
  :: else
  fi
}

proctype Waiter(byte me) {
  byte p, at = NONE, first, taken, last = 1;
  bit enqueued;   /* ParkingWaiter.prepared */
  bit seen;   /* ParkingWaiter.wokenSeen */
  bit got;

look:
  /* Another thread may close it, before the poll or instead of a pause; modeled as an interrupt. */
  if
  :: skip
  :: atomic { interrupts > 0 -> interrupts-- }; goto leave
  fi;
  p = FIRST(me);
  do
  :: p > last -> p = 0; break
  :: p <= last ->
    atomic { if :: messages[p] > 0 -> messages[p]--; got = 1 :: else fi };
    if :: got -> p = 0; goto leave :: else -> p++ fi
  od;
  /* ParkingWaiter.pause */
  if
#ifdef MUT_WOKEN_FORGOTTEN
  :: enqueued && state[me] == ASLEEP ->
#else
  :: enqueued && !seen ->
#endif
    /* ParkingWaiter.park */
end:
    if
    :: state[me] != ASLEEP
    :: atomic { interrupts > 0 -> interrupts-- }; goto leave
    fi;
    seen = 1;
    goto look
  :: else
  fi;
  /* ParkingWaiter.enqueue */
  stopWaiting();
  at = NONE;
  p = FIRST(me);
  do :: p > last -> p = FIRST(me); break :: p <= last -> counted[p]++; p++ od;
  state[me] = ASLEEP;
  do
  :: p > last -> p = 0; break
  :: p == 0 -> entries0!me; p++
  :: p == 1 && p <= last -> entries1!me; p++
  od;
  enqueued = 1;
#ifdef MUT_NO_LOOK
  goto sleepAtOnce;
#endif
  goto look;
#ifdef MUT_NO_LOOK
sleepAtOnce:
end_at_once:
  state[me] != ASLEEP;
  seen = 1;
  goto look;
#endif

leave:
  /* ParkingWaiter.stop, Selectable.passWakeup */
  stopWaiting();
#ifndef MUT_NO_PASS_ON
  if
  :: at != NONE && messages[at] > 0 -> wakeOne(at)
  :: else
  fi;
#endif
  at = NONE; got = 0; taken++;
#ifdef DISABLES
  /* Select.disable */
  if :: me < B && last == 1 -> last = 0; interested[me] = 0 :: else fi;
#endif
  if :: taken < T -> goto look :: else fi
}

/* QueueSender.trySend */
proctype Sender(byte place) {
  byte m, first;
  do
  :: m == M -> break
  :: else -> messages[place]++; wakeOne(place); m++
  od
}

#define PARKED(w, p) (w < W && state[(w) % W] == ASLEEP && FIRST(w) <= p && (p == 0 || interested[(w) % W]))

proctype Monitor() {
end:
  timeout;
  assert(!(messages[0] > 0 && (PARKED(0, 0) || PARKED(1, 0) || PARKED(2, 0))));
  assert(!(messages[1] > 0 && (PARKED(0, 1) || PARKED(1, 1) || PARKED(2, 1))));
  assert(counted[0] == PARKED(0, 0) + PARKED(1, 0) + PARKED(2, 0));
  assert(counted[1] == PARKED(0, 1) + PARKED(1, 1) + PARKED(2, 1))
}

init {
  byte w;
  atomic {
    do :: w < W -> run Waiter(w); w++ :: else -> w = 0; break od;
    run Sender(0); run Sender(1); run Monitor()
  }
}
