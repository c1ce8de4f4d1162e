/*
 * Sleeping and waking: which process must be woken, so that no message is in a lane while receivers sleep, and no sender
 * sleeps while its lane has room.
 *
 * In a stream senders never fence: a sender publishes and loads one word. The sleeper executes a membarrier instead. A sender
 * that was asked to announce sets its notify mode to ALWAYS for a while: it fences for each message, so that receivers need no
 * membarrier before they sleep. The model therefore has a store buffer for each process (TSO, as on x86-64). A store becomes
 * visible when `Memory_` takes it out of the buffer, a process sees its own stores at once, an atomic operation first drains
 * the process's own buffer, and membarrier drains every buffer, one after the other in any order, some time before it returns.
 *
 *   R   receivers (1: io.sluice.ring.SpscLane*, 2 and more: io.sluice.ring.SpmcLane*)
 *   S   senders, each with its lane; sender s sends M messages (the first) or M1 (the others); a lane holds N = 1
 *   D   depth of the store buffers, 0 (sequential consistency), 1 or 2
 *   K   how many kills may happen, each before any step
 *   L   how many times a receiver may leave (timeout, interrupt, or other work), for a while or permanently
 *   CALM   receivers do not spin and deactivate no lane: they poll and enqueue themselves
 *   EXACT   the order of lanes matters: a lane is deactivated only while its notify mode is ALWAYS, and no receiver glances
 *   STREAMED   senders have streamed before: their lanes are ready, and the notify mode is 0
 *   HANDLER_STAYS   a handler may never return: the message that it holds is excepted from the checks, the others are not
 *   STRONG_RECEIVERS   only senders have store buffers
 *
 * No sleep times out by itself here: without a death a lost wake-up is a permanent sleep. When a process is dead, a
 * sleeper's wait may time out, and the sleeper recovers what the dead process held.
 *
 * Checked when no process can take a step (Monitor): no message is in a lane while a receiver sleeps, or spins over the
 * ready lanes; no sender sleeps while its lane has room.
 */
#ifndef R
#define R 2
#endif
#ifndef S
#define S 2
#endif
#ifndef M
#define M 1
#endif
#ifndef M1
#define M1 M
#endif
#ifndef D
#define D 2
#endif
#ifndef K
#define K 0
#endif
#ifndef L
#define L 1
#endif
#define N 1
#define P (S + R)  /* processes: senders 0..S-1, receivers S..P-1 */

/* The shared words. */
#define TAIL(l) (l)                 /* how many records lane l's sender has published */
#define HEAD(l) (S + (l))           /* how many of them were received: the sender may reuse their space */
#define NOTIFY_MODE(l) (2 * S + (l))  /* not 0: the sender of lane l must announce what it publishes */
#define ONCE 1  /* set by a receiver */
#define ALWAYS 2   /* set by the sender, which fences before it looks for sleepers */
#define EVENT(p) (3 * S + (p))       /* 1: process p sleeps, or is about to; its futex word */
#define READY (3 * S + P)            /* bitmap: lanes that receivers poll while they are awake */
#define WAITING (3 * S + P + 1)    /* bitmap: receivers that sleep, or are about to, and that no waker has chosen */
byte mem[3 * S + P + 2];
byte taken[S];  /* how many records receivers have taken: slot states; with one receiver, its own position */

/* The kernel: whether a process waits in its futex. */
bit queued[P];

/* Ghosts, for recovery and for the monitor. */
#define AWAKE 0
#define ASLEEP 1
#define SPINNING 2
#define AWAY 3
#define DEAD 4
#define RECOVERING 5
#define GONE 6
#define NONE 255
byte mode[P];
byte holder[S];  /* 1 + the receiver that holds lane l's record, 0: none */
byte crashes = K;
byte leaves = L;
bit stays_dead;  /* a receiver has died and is not replaced */

#define BIT(x) (1 << (x))
#define HAS(set, x) (((set) >> (x)) & 1)
#define NONEMPTY(l) (mem[TAIL(l)] > taken[l])

/* A step: one access to shared memory, before which the process may be killed. */
#if K > 0
#define STEP(s) if :: d_step { s } :: atomic { crashes > 0 -> crashes--; goto dead } fi
#else
#define STEP(s) d_step { s }
#endif

/* Store buffers: entry 0 is the oldest. */
#if D > 0
byte stored[P];
byte address[P * 2];
byte value[P * 2];
#define ROOM stored[me] < D
#define LOAD(a) ((stored[me] > 1 && address[2 * me + 1] == (a)) -> value[2 * me + 1] : \
    ((stored[me] > 0 && address[2 * me] == (a)) -> value[2 * me] : mem[a]))
#ifdef STRONG_RECEIVERS
#define BUFFERED (me < S)
#define BUFFERS S
#else
#define BUFFERED true
#define BUFFERS P
#endif
inline put(a, v) {
  if
  :: BUFFERED -> address[2 * me + stored[me]] = a; value[2 * me + stored[me]] = v; stored[me]++
  :: else -> mem[a] = v
  fi
}
inline store(a, v) { STEP(ROOM; put(a, v)) }
inline oldest(p) {
  mem[address[2 * (p)]] = value[2 * (p)];
  address[2 * (p)] = address[2 * (p) + 1]; value[2 * (p)] = value[2 * (p) + 1];
  address[2 * (p) + 1] = 0; value[2 * (p) + 1] = 0; stored[p]--
}
inline drain(p) {
  if :: stored[p] > 1 -> oldest(p) :: else fi;
  if :: stored[p] > 0 -> oldest(p) :: else fi
}
#ifdef MUT_NO_MEMBARRIER
inline membarrier() { STEP(drain(me)) } /* a fence of the sleeper only */
#else
inline membarrier() {
  STEP(drain(me); fenced = BIT(me) & (BIT(BUFFERS) - 1));
  do
  :: fenced == BIT(BUFFERS) - 1 -> fenced = 0; break
  :: else ->
    if
    :: !HAS(fenced, 0) -> other = 0
#if BUFFERS > 1
    :: !HAS(fenced, 1) -> other = 1
#endif
#if BUFFERS > 2
    :: !HAS(fenced, 2) -> other = 2
#endif
#if BUFFERS > 3
    :: !HAS(fenced, 3) -> other = 3
#endif
    fi;
    STEP(drain(other); fenced = fenced | BIT(other); other = 0)
  od;
  skip
}
#endif
proctype Memory_() {
  byte p;
end:
  do
  :: d_step { stored[0] > 0 -> oldest(0) }
  :: d_step { stored[1] > 0 -> oldest(1) }
#if S + R > 2
  :: d_step { stored[2] > 0 -> oldest(2) }
#endif
#if S + R > 3
  :: d_step { stored[3] > 0 -> oldest(3) }
#endif
  od
}
#else
#define ROOM true
#define LOAD(a) mem[a]
inline put(a, v) { mem[a] = v }
inline store(a, v) { STEP(ROOM; put(a, v)) }
inline drain(p) { skip }
inline membarrier() { skip }
#endif

/* Atomic operations drain the process's own buffer first; one without effect is a load. */
inline compareAndSet(a, from, to, done) {
  STEP(if :: LOAD(a) == (from) -> drain(me); mem[a] = to; done = 1 :: else -> done = 0 fi)
}
inline setBit(a, n) { STEP(if :: HAS(LOAD(a), n) -> skip :: else -> drain(me); mem[a] = mem[a] | BIT(n) fi) } /* SharedBits.set */
inline clearBit(a, n, changed) { /* SharedBits.clear */
  STEP(if :: HAS(LOAD(a), n) -> drain(me); mem[a] = mem[a] & ~BIT(n); changed = 1 :: else -> changed = 0 fi)
}

/* FUTEX_WAKE: whether a process was waiting. */
inline futexWake(p, found) { STEP(drain(me); found = queued[p]; queued[p] = 0) }

/* FutexEvent.notifyOne: whether it woke a process. */
inline notifyOne(p, woken) {
#ifdef MUT_FUTEX_ONLY
  futexWake(p, woken)
#else
  STEP(woken = LOAD(EVENT(p)));
  if
  :: woken ->
    compareAndSet(EVENT(p), 1, 0, woken);
    if :: woken -> futexWake(p, woken) :: else fi
  :: else
  fi
#endif
}

/* Notifier.wakeOne: the process that clears a receiver's bit wakes it, or tries the next. others: whether another receiver sleeps. */
inline wakeOne(others) {
  r = 0;
  do
  :: r == R -> break
  :: else ->
    clearBit(WAITING, r, ok);
    if
    :: ok ->
      notifyOne(S + r, ok);
#ifdef MUT_NO_NEXT
      break
#else
      if :: ok -> break :: else fi
#endif
    :: else
    fi;
    r++
  od;
  r = 0; ok = 0;
  STEP(others = (LOAD(WAITING) != 0))
}

#if K > 0
#define ANY_DEAD (mode[0] == DEAD || mode[1] == DEAD || mode[P / 3 * 2] == DEAD || mode[P / 4 * 3] == DEAD)
/* Participants.reapIfDead, Recovery.run, by a process that finds a dead one; GONE last, so that it can be repeated. */
inline recover() {
  if
  :: atomic { mode[0] == DEAD -> mode[0] = RECOVERING; victim = 0 }
  :: atomic { mode[1] == DEAD -> mode[1] = RECOVERING; victim = 1 }
#if S + R > 2
  :: atomic { mode[2] == DEAD -> mode[2] = RECOVERING; victim = 2 }
#endif
#if S + R > 3
  :: atomic { mode[3] == DEAD -> mode[3] = RECOVERING; victim = 3 }
#endif
  :: !ANY_DEAD
  fi;
  if
  :: victim == NONE
  :: else ->
    if
    :: victim >= S ->
      clearBit(WAITING, victim - S, x);
      x = 0;
      do
      :: x == S -> x = 0; break
      :: x < S ->
        /* What it had taken is available again: Recovery.release; with one receiver, by its position. */
        STEP(if :: holder[x] == 1 + victim -> holder[x] = 0; taken[x] = mem[HEAD(x)] :: else fi);
#ifndef MUT_RECOVERY_WITHOUT_READY
        setBit(READY, x);
#endif
        x++
      od
    :: else ->
#ifndef MUT_RECOVERY_WITHOUT_READY
      setBit(READY, victim)
#else
      skip
#endif
    fi;
    /* Recovery.wakeAll: the receiver that the dead process had chosen but not woken is unknown: so all are woken. */
    w = 0;
    do
    :: w == P -> w = 0; break
    :: w < P ->
#ifdef MUT_RECOVERY_BY_BITS
      if :: w >= S -> STEP(x = HAS(LOAD(WAITING), w - S)) :: else -> x = 1 fi;
      if :: x -> STEP(drain(me); mem[EVENT(w)] = 0); futexWake(w, x) :: else fi;
#else
#ifdef MUT_RECOVERY_BY_EVENTS
      notifyOne(w, x);
#else
      /* FutexEvent.forceNotify */
      STEP(drain(me); mem[EVENT(w)] = 0);
      futexWake(w, x);
#endif
#endif
      x = 0; w++
    od;
    skip;
    STEP(mode[victim] = GONE; victim = NONE)
  fi
}
#endif

/* Doorbell.ring: the sender has published while its notify mode was not 0. x: the value of that word. */
inline announce() {
  if
  :: x == ALWAYS ->
    if
    :: skip ->
#ifndef MUT_ALWAYS_WITHOUT_FENCE
      STEP(drain(me));
#endif
      setBit(READY, me);
      wakeOne(x)
    :: skip -> /* Doorbell.leaveAlways: the code counts messages; here it may happen at any time */
#ifdef MUT_READY_BEFORE_MODE
      setBit(READY, me);
      compareAndSet(NOTIFY_MODE(me), ALWAYS, 0, ok);
      wakeOne(x);
#else
#ifdef MUT_LOOK_BEFORE_END
      setBit(READY, me);
      wakeOne(x);
      compareAndSet(NOTIFY_MODE(me), ALWAYS, 0, ok);
#else
      compareAndSet(NOTIFY_MODE(me), ALWAYS, 0, ok);
      setBit(READY, me);
      wakeOne(x);
#endif
#endif
      /* The next message must be announced too, if a receiver still sleeps. */
#ifndef MUT_REQUEST_NOT_RESTORED
      if :: x -> compareAndSet(NOTIFY_MODE(me), 0, ONCE, ok) :: else fi
#endif
    fi
  :: else -> /* Doorbell.enterAlways */
    compareAndSet(NOTIFY_MODE(me), ONCE, ALWAYS, ok);
    setBit(READY, me);
    wakeOne(x)
  fi;
  ok = 0
}

#define TIMED_OUT 1    /* polls once more, then leaves */
#define INTERRUPTED 2  /* leaves at once */
/* FutexEvent.await: until the event is notified, a timeout, an interrupt or, if a process is dead, perhaps the end of a park. */
inline sleep() {
  do
  :: STEP(drain(me); if :: mem[EVENT(me)] == 1 -> queued[me] = 1; mode[me] = ASLEEP :: else fi);
    if
    :: mode[me] != ASLEEP -> break
    :: mode[me] == ASLEEP ->
end_asleep:
      if
      :: queued[me] == 0 -> mode[me] = AWAKE
      :: atomic { me >= S && leaves > 0 -> leaves--; if :: giveUp = TIMED_OUT :: giveUp = INTERRUPTED fi; queued[me] = 0; mode[me] = AWAKE }; break
#if K > 0
      :: atomic { ANY_DEAD -> queued[me] = 0; mode[me] = AWAKE }; recover(); break
#endif
      fi
    fi
  od
}

/* SenderEndpoint: sender and lane `me`. */
proctype Sender(byte me) {
  byte sent, x, w, r, ok, fenced, other, giveUp;
#ifdef STREAMED
  bit again;
#endif
#if K > 0
  byte victim = NONE;
#endif

attach:
  skip;
  /* Doorbell.new: a new sender's first message is announced. */
#ifndef MUT_ATTACH_WITHOUT_REQUEST
#ifdef STREAMED
  if :: again -> store(NOTIFY_MODE(me), ONCE) :: else fi;
#else
  store(NOTIFY_MODE(me), ONCE);
#endif
#endif
  do
  :: sent == (me == 0 -> M : M1) -> break
  :: else ->
    /* LaneSender.tryWrite: tests for room */
    STEP(x = LOAD(HEAD(me)));
    if
    :: sent - x < N ->
      store(TAIL(me), sent + 1); sent++;
      /* SenderEndpoint.announce */
      STEP(x = LOAD(NOTIFY_MODE(me)));
      if :: x -> announce() :: else fi
    :: else ->
      /* FutexWaiter.prepareWait, one more test for room, FutexEvent.await, FutexWaiter.stop */
#ifdef MUT_SENDER_LOOKS_FIRST
      STEP(x = LOAD(HEAD(me)));
      store(EVENT(me), 1);
      membarrier();
#else
      store(EVENT(me), 1);
      membarrier();
      STEP(x = LOAD(HEAD(me)));
#endif
      if
      :: sent - x < N -> skip
      :: else -> sleep()
      fi;
      compareAndSet(EVENT(me), 1, 0, ok)
    fi;
    x = 0; ok = 0
  od;
  skip;
  /* Doorbell.close */
  STEP(x = LOAD(NOTIFY_MODE(me)));
  compareAndSet(NOTIFY_MODE(me), x, ALWAYS, ok);
  x = 0; ok = 0;
  goto out;
#if K > 0
dead:
  skip;
  d_step {
    drain(me); queued[me] = 0; mode[me] = DEAD; if :: victim != NONE -> mode[victim] = DEAD; victim = NONE :: else fi;
    x = 0; w = 0; r = 0; ok = 0; fenced = 0; other = 0; sent = 0
  };
  if
  :: skip -> goto out /* not replaced */
  :: skip;
    do
    :: mode[me] == GONE -> break
    :: mode[me] == DEAD -> recover()
    od;
    atomic { mode[me] = AWAKE; sent = mem[TAIL(me)] };
#ifdef STREAMED
    again = 1;
#endif
    goto attach
  fi;
#endif
out: skip
}

/* LaneReceiver.poll, as far as it matters here: ok if this receiver took a record of lane l. */
inline take() {
  STEP(if
    :: LOAD(TAIL(l)) > taken[l] -> if :: R > 1 -> drain(me) :: else fi; taken[l]++; holder[l] = 1 + me; ok = 1
    :: else -> ok = 0
    fi)
}

/* SpscRingReceiver.publish, SpmcRingReceiver.deliver: the sender may reuse the space. */
inline finish() { STEP(ROOM; put(HEAD(l), taken[l]); holder[l] = 0) }

/* LaneReceiver.hasNext */
inline look() { STEP(found = (LOAD(TAIL(l)) > taken[l])) }

/* ReadySet.rescan: marks lanes with a message as ready. any: whether there is one. */
inline rescan(any) {
  l = 0; any = 0;
  do
  :: l == S -> l = 0; break
  :: l < S -> look(); if :: found -> found = 0; setBit(READY, l); any = 1 :: else fi; l++
  od
}

/* ReadySet.requestNotify: the fence keeps the load after the change of the bit. unfenced: the sender does not fence. */
inline requestNotify() {
  STEP(drain(me); x = mem[NOTIFY_MODE(l)]);
  if :: x == 0 -> compareAndSet(NOTIFY_MODE(l), 0, ONCE, ok) :: else fi;
#ifdef MUT_ONE_ALWAYS
  unfenced = (x != ALWAYS);
#else
  if :: x != ALWAYS -> unfenced = 1 :: else fi;
#endif
  x = 0; ok = 0
}

/* A membarrier, unless all senders fence. */
inline fence() {
  if :: unfenced -> membarrier() :: else -> STEP(drain(me)) fi;
  unfenced = 0
}

/* FutexWaiter.stop, ReadySet.afterWait. unchosen: whether no waker has chosen this receiver. */
inline stop(unchosen) {
  compareAndSet(EVENT(me), 1, 0, ok);
  clearBit(WAITING, me - S, unchosen);
  prepared = 0; rescan_needed = 0; ok = 0
}

/* ReceiverEndpoint.stopWaiting: if it was woken, another receiver may have to be woken too (ReadySet.passWakeup). */
inline stopWaiting() {
  stop(x);
#ifndef MUT_NO_PASS_ON
  if
  :: x == 0 ->
    rescan(any);
    if :: any -> wakeOne(x) :: else fi
  :: else
  fi;
#endif
  x = 0; any = 0
}

/* ReceiverEndpoint */
proctype Receiver(byte me) {
  byte l, x, w, r, ok, fenced, other, ready;
  bit prepared;    /* FutexWaiter.prepared */
  bit rescan_needed;    /* ReadySet.rescanNeeded: the next poll scans every lane */
  byte giveUp;
  bit found, any, unfenced;
#if K > 0
  byte victim = NONE;
#endif

start:
  skip;
  /* ReadySet.beforePoll */
  if :: rescan_needed -> rescan_needed = 0; rescan(any); any = 0 :: else fi;
  /* RoundRobinReceiver.poll: the ready lanes. */
  STEP(ready = LOAD(READY));
  l = 0;
  do
  :: l == S -> l = 0; break
  :: l < S ->
    if
    :: HAS(ready, l) ->
      take();
      if :: ok -> goto took :: else fi
    :: else
    fi;
    l++
  od;
  if
  :: giveUp -> ready = 0; goto leave
  :: else
  fi;
  if
  :: skip -> goto pause
#ifndef CALM
  :: HAS(ready, 0) -> l = 0; goto deactivate
#if S > 1
  :: HAS(ready, 1) -> l = 1; goto deactivate
#endif
  /* IdleWaiter, or other lanes keep it polling: it is never enqueued. */
  :: !prepared -> mode[me] = SPINNING;
end_spinning:
    if
#if !defined(EXACT) && !defined(MUT_NO_GLANCE)
    /* ReadySet.spotCheck */
    :: atomic { NONEMPTY(0) -> l = 0; mode[me] = AWAKE; ready = 0 }; setBit(READY, l)
#if S > 1
    :: atomic { NONEMPTY(S - 1) -> l = S - 1; mode[me] = AWAKE; ready = 0 }; setBit(READY, l); l = 0
#endif
#endif
    :: atomic { mem[READY] != ready || (HAS(ready, 0) && NONEMPTY(0)) || (S > 1 && HAS(ready, S - 1) && NONEMPTY(S - 1)) -> mode[me] = AWAKE; ready = 0 }
#if K > 0
    :: atomic { ANY_DEAD -> mode[me] = AWAKE; ready = 0 }; recover()
#endif
    fi;
    goto start
#endif
  :: atomic { leaves > 0 && !prepared -> leaves-- }; ready = 0; goto leave
  fi;

took:
  ok = 0; ready = 0; giveUp = 0;
#ifdef HANDLER_STAYS
  /* Its handler takes long, or never returns: the other receivers must proceed without it. */
  mode[me] = AWAY;
end_handling:
  if
  :: mode[me] = AWAKE
  :: goto out
  fi;
#endif
  finish();
  /* Wakes the sender if it waits for room. */
  notifyOne(l, x);
  x = 0; l = 0;
  if :: prepared -> stopWaiting() :: else fi;
  if
  :: goto start
  :: atomic { leaves > 0 -> leaves-- }; goto leave
  fi;

#ifndef CALM
deactivate:
  /* ReadySet.deactivate: the lane was empty for long; its sender must announce its messages from now on. */
  ready = 0;
#ifdef MUT_REQUEST_BEFORE_READY
  requestNotify();
  clearBit(READY, l, x);
#else
  clearBit(READY, l, x);
  requestNotify();
#endif
#if !defined(EXACT) || defined(MUT_DEACTIVATED_WITHOUT_ALWAYS)
  unfenced = 0; /* No fence here: a glance finds messages that were not announced. */
#endif
#ifndef MUT_NO_LOOK_AFTER_DEACTIVATION
  look();
#endif
  if :: found || unfenced -> setBit(READY, l) :: else fi;
  found = 0; unfenced = 0; x = 0; l = 0;
  goto start;
#endif

pause:
  /* FutexWaiter.pause */
  ready = 0;
  if
  :: prepared ->
    STEP(x = LOAD(EVENT(me)));
    if
    :: x ->
      x = 0; sleep();
      if :: giveUp == INTERRUPTED -> goto leave :: else -> goto start fi
    :: else
    fi
  :: else
  fi;
  /* FutexWaiter.prepareWait */
  store(EVENT(me), 1);
  /* ReadySet.beforeWait. If the bit is already set, setBit is no fence; a process that clears it from now on must see the event. */
#ifndef MUT_SET_WITHOUT_FENCE
  STEP(drain(me));
#endif
  setBit(WAITING, me - S);
  l = 0;
  do
  :: l == S -> l = 0; break
  :: l < S -> requestNotify(); l++
  od;
  fence();
  prepared = 1;
#ifdef MUT_LOOK_BEFORE_PREPARING
  goto pause;
#else
  rescan_needed = 1;
  goto start;
#endif

leave:
  giveUp = 0;
  if :: prepared -> stopWaiting() :: else fi;
  mode[me] = AWAY;
end_away:
  if
  :: mode[me] = AWAKE; goto start
  :: goto out
  fi;
#if K > 0
dead:
  skip;
  d_step {
    drain(me); queued[me] = 0; mode[me] = DEAD; if :: victim != NONE -> mode[victim] = DEAD; victim = NONE :: else fi;
    l = 0; x = 0; w = 0; r = 0; ok = 0; fenced = 0; other = 0; ready = 0; prepared = 0; rescan_needed = 0; found = 0; any = 0; unfenced = 0; giveUp = 0
  };
  if
  :: atomic { R > 1 && !stays_dead -> stays_dead = 1 }; goto out
  :: skip;
    do
    :: mode[me] == GONE -> break
    :: mode[me] == DEAD -> recover()
    od;
    mode[me] = AWAKE;
    goto start
  fi;
#endif
out: skip
}

proctype Monitor() {
  byte l, p;
end:
  timeout;
  atomic {
    do
    :: l < S ->
      p = S;
      do
      :: p < P -> assert(!(NONEMPTY(l) && (mode[p] == ASLEEP || mode[p] == SPINNING))); p++
      :: else -> break
      od;
      assert(!(mode[l] == ASLEEP && mem[TAIL(l)] - mem[HEAD(l)] < N));
      l++
    :: else -> break
    od
  }
}

init {
  byte p;
  atomic {
#ifdef STREAMED
    mem[READY] = BIT(S) - 1;
#endif
#if D > 0
    run Memory_();
#endif
    run Monitor();
    do
    :: p < S -> run Sender(p); p++
    :: p >= S && p < P -> run Receiver(p); p++
    :: p == P -> break
    od
  }
}
