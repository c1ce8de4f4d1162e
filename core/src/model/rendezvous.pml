/*
 * A lane of a rendezvous pipe: one offer at a time, in one word with its sequence; a receiver copies the payload and then
 * takes the offer by a compare-and-set, and a sender that gives up retracts it by a compare-and-set.
 *
 * S senders with a lane each, 2 receivers that poll all lanes. Each of them may be killed before any access to shared
 * memory, K times in all, and is replaced, or not. A dead sender is recovered by the process that gets its lock: a
 * receiver, or its successor, which may be killed meanwhile. A dead receiver leaves nothing to recover.
 *
 *   S  senders
 *   M  offers that a sender makes, all its successors together; the payload of offer q is two cells that hold q
 *   K  how many times an end may be killed
 *
 * Checked: a received message is whole, was offered, and was neither received nor retracted before; an offer reported to
 * its sender as received has been received, one reported as retracted never is; no offer stays without a live sender; when
 * no process can take a step, each offer was received or retracted, or its sender died.
 */
#ifndef S
#define S 2
#endif
#ifndef M
#define M 2
#endif
#ifndef K
#define K 1
#endif

#define DONE(q) (2 * (q))       /* SlotStateDescriptor.done */
#define READY(q) (2 * (q) + 1)  /* SlotStateDescriptor.ready */
#define SEQUENCE(word) ((word) / 2)
#define IS_READY(word) ((word) % 2 == 1) /* OfferDescriptor.isReady */

byte word[S];       /* OfferDescriptor.WORD_OFFSET */
byte first[S];      /* the payload: two cells, so that it may be torn */
byte second[S];
bit attached[S];    /* a sender's state in meta: attached, and not yet found dead */
bit locked[S];      /* its lock, which the kernel releases when the holder dies */

/* Ghosts. */
byte crashes = K;
byte offered[S];              /* offers made */
bit received[S * (M + 1)];    /* by a receiver */
bit back[S * (M + 1)];        /* retracted, as reported to the sender */
byte gone = 0;                /* senders that ended */

#if K > 0
#define STEP(s) if :: d_step { s } :: atomic { crashes > 0 -> crashes--; goto dead } fi
#else
#define STEP(s) d_step { s }
#endif

/* RendezvousLaneSender.recover, with the lock held. */
inline recover(x) {
  STEP(w = word[x]);
  if
#ifndef MUT_NO_RECOVERY
#ifdef MUT_RECOVER_BY_STORE
  :: IS_READY(w) -> STEP(word[x] = DONE(SEQUENCE(w) - 1))
#else
  :: IS_READY(w) -> STEP(if :: word[x] == w -> word[x] = DONE(SEQUENCE(w)) :: else fi)
#endif
#endif
  :: else
  fi;
  w = 0
}

/* RendezvousLaneSender, called by HandOver.await */
proctype Sender(byte me) {
  byte q, w;
  bit told;

start:
  /* Participants.attach: takes the lock, recovers what the dead sender left, then is attached. */
  atomic { !locked[me] -> locked[me] = 1 };
  recover(me);
  STEP(attached[me] = 1);
  STEP(q = SEQUENCE(word[me]));
  do
  :: offered[me] == M -> break
  :: else ->
    told = 0;
    /* publish */
#ifdef MUT_SAME_SEQUENCE
    if :: q == 0 -> q = 1 :: else fi;
#else
    q++;
#endif
#ifdef MUT_OFFER_BEFORE_PAYLOAD
    STEP(word[me] = READY(q); offered[me]++);
    STEP(first[me] = offered[me]);
    STEP(second[me] = offered[me]);
#else
    STEP(first[me] = offered[me] + 1);
    STEP(second[me] = offered[me] + 1);
    STEP(offered[me]++; word[me] = READY(q));
#endif
    do
    :: !told ->
      /* isReceived: the sender tests it once it can be true, */
      if
      :: word[me] == DONE(q) ->
        STEP(assert(word[me] == DONE(q)));
        assert(received[me * (M + 1) + offered[me]] && !back[me * (M + 1) + offered[me]]);
        told = 1
      :: true ->
        /* or its time is out: retract. */
#ifdef MUT_RETRACT_BY_STORE
        STEP(w = word[me]);
        if
        :: w == READY(q) -> STEP(word[me] = DONE(q); back[me * (M + 1) + offered[me]] = 1); told = 1
        :: else
        fi;
#else
        STEP(if
             :: word[me] == READY(q) -> word[me] = DONE(q); back[me * (M + 1) + offered[me]] = 1; told = 1
             :: else
             fi);
#endif
#ifdef MUT_RETRACTED_ANYWAY
        if :: !told -> d_step { back[me * (M + 1) + offered[me]] = 1; told = 1 } :: else fi;
#endif
        assert(!(back[me * (M + 1) + offered[me]] && received[me * (M + 1) + offered[me]]));
        w = 0
      fi
    :: told -> break
    od
  od;
  atomic { attached[me] = 0; locked[me] = 0 };
  goto out;
#if K > 0
dead:
  atomic { locked[me] = 0; q = 0; w = 0; told = 0 };
  if :: goto start :: goto out fi; /* replaced, or not */
#endif
out:
  atomic { gone++; q = 0; w = 0; told = 0 }
}

/* RendezvousLaneReceiver, and Participants.reapIfDead */
proctype Receiver() {
  byte x, w, a, b;
  bit taken, recovers;

end:
  do
  :: if
     :: IS_READY(word[0]) -> x = 0
#if S > 1
     :: IS_READY(word[1]) -> x = 1
#endif
     fi;
     /* poll */
     STEP(w = word[x]);
     if
     :: IS_READY(w) ->
#ifdef MUT_COPY_AFTER_TAKING
       STEP(if :: word[x] == w -> word[x] = DONE(SEQUENCE(w)); taken = 1 :: else fi);
       STEP(a = first[x]);
       STEP(b = second[x]);
       d_step { if :: taken -> received[x * (M + 1) + a] = 1; assert(a == b) :: else fi };
#else
       STEP(a = first[x]);
       STEP(b = second[x]);
       /* take: its step also records for the checks what was received. */
#ifdef MUT_TAKE_BY_STORE
       STEP(word[x] = DONE(SEQUENCE(w));
#else
       STEP(if
            :: word[x] != w -> skip
            :: else -> word[x] = DONE(SEQUENCE(w));
#endif
            assert(a == b && a > 0 && a <= offered[x]);
            assert(!received[x * (M + 1) + a]);
            assert(!back[x * (M + 1) + a]);
            received[x * (M + 1) + a] = 1
#ifndef MUT_TAKE_BY_STORE
            fi
#endif
       );
#endif
     :: else
     fi;
     atomic { w = 0; a = 0; b = 0; x = 0; taken = 0 }
  :: atomic {
       /* Attached, and its lock is free: the sender is dead. */
       if
       :: attached[0] && !locked[0] -> x = 0
#if S > 1
       :: attached[1] && !locked[1] -> x = 1
#endif
       fi;
       locked[x] = 1; recovers = 1
     };
     recover(x);
     STEP(attached[x] = 0);
     atomic { locked[x] = 0; recovers = 0; x = 0 }
  od;
#if K > 0
dead:
  /* The lock of a receiver that died during a recovery is released; the receiver is replaced at once. */
  atomic {
    if
    :: recovers -> locked[x] = 0; recovers = 0
    :: else
    fi;
    x = 0; w = 0; a = 0; b = 0; taken = 0
  };
  goto end
#endif
}

proctype Monitor() {
  byte i;
end:
  timeout;
  assert(gone == S);
  do
  :: i < S -> assert(!IS_READY(word[i])); i++
  :: else -> break
  od
}

init { atomic { byte i; for (i : 0 .. S - 1) { run Sender(i) }; run Receiver(); run Receiver(); run Monitor() } }
