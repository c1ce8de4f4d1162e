/*
 * Requests between two names: the asker's lane in the inbox of the name that it calls, and that name's lane in the
 * asker's pipe for replies. Each name has one owner at a time. An owner may be killed before any access to shared memory,
 * K times in all, and has a successor, or not. How a lane carries messages is the model spsc; here a message is sent in one
 * step, and the lane has the two positions that its receiver stores.
 *
 *   M  requests that the owners of the asking name make, all together; each owner numbers its own from 1
 *   T  how many calls may time out
 *   K  how many times an owner may be killed
 *
 * Checked: a request is executed at most once. A call that ends as replied gets the reply to its own request, which was
 * executed. A call that ends as not done was not executed, and never is. When no process can take a step, no call waits.
 */
#ifndef M
#define M 2
#endif
#ifndef T
#define T 1
#endif
#ifndef K
#define K 1
#endif

#define REPLIED 1
#define NOT_DONE 2
#define UNKNOWN 3

byte generation;        /* RegistryDescriptor.GENERATION_OFFSET of the name that is called */
bit owned;              /* its lock, which the kernel releases when the holder dies */
byte incarnation;       /* the same word of the asking name */
byte sent;              /* the lane: requests sent; request n is the nth */
byte taken;             /* LaneDescriptor.TAKEN_POSITION_OFFSET */
byte received;          /* LaneDescriptor.RECEIVER_POSITION_OFFSET */
byte owner[M + 1];      /* the header of each request: the generation that it is for, */
byte asker[M + 1];      /* its asker's generation, */
byte number[M + 1];     /* and its number */
chan replies = [3 * M] of { byte, byte, byte, byte }; /* generation, number, kind; and the request, a ghost */

/* Ghosts. */
byte crashes = K;
byte timeouts = T;
bit executed[M + 1];
bit notDone[M + 1];     /* reported so to the asker */
bit over = 0;           /* no asker comes any more */

#if K > 0
#define STEP(...) if :: d_step { __VA_ARGS__ } :: atomic { crashes > 0 -> crashes--; goto dead } fi
#else
#define STEP(...) d_step { __VA_ARGS__ }
#endif

inline reportNotDone() {
  assert(!executed[mine]);
  notDone[mine] = 1
}

/* NodeEndpoint.onAnswer: takes an answer if it is that of this call. */
inline takeAnswer() {
  STEP(replies ? inc, num, kind, req);
  if
#ifdef MUT_ANY_INCARNATION
  :: num == n ->
#else
#ifdef MUT_ANY_NUMBER
  :: inc == me ->
#else
  :: inc == me && num == n ->
#endif
#endif
    assert(req == mine);
    outcome = kind;
    if
    :: kind == REPLIED -> assert(executed[mine])
    :: kind == NOT_DONE -> reportNotDone()
    :: else
    fi
  :: else /* Late: dropped. */
  fi;
  inc = 0; num = 0; kind = 0; req = 0
}

/* NodeEndpoint.call */
proctype Asker() {
  byte me, n, g, mine, outcome, inc, num, kind, req;
  bit wasTaken, gone;

start:
  STEP(incarnation++; me = incarnation);
  n = 0;
  do
  :: sent == M -> break
  :: else ->
    n++;
    outcome = 0;
    gone = 0;
    STEP(g = generation);
    STEP(sent++; mine = sent; owner[mine] = g; asker[mine] = me; number[mine] = n);
#ifdef MUT_TAKEN_BEFORE_GONE
    STEP(wasTaken = taken >= mine);
#endif
    do
    :: outcome == 0 && nempty(replies) -> takeAnswer()
#ifndef MUT_NO_LOCK
    /* NodeEndpoint.isGone, asked again and again */
    :: outcome == 0 && empty(replies) && (generation != g || !owned) -> gone = 1; break
#endif
    :: outcome == 0 && timeouts > 0 -> timeouts--; break
    :: outcome != 0 -> break
    od;
    if
    :: gone ->
      do /* NodeEndpoint.drainReplies */
      :: outcome == 0 && nempty(replies) -> takeAnswer()
      :: outcome != 0 || empty(replies) -> break
      od;
      if
      :: outcome == 0 ->
        /* NodeEndpoint.judge */
#ifndef MUT_TAKEN_BEFORE_GONE
        STEP(wasTaken = taken >= mine);
#endif
        if
        :: !wasTaken -> reportNotDone()
        :: else
        fi
      :: else
      fi
    :: else
    fi;
    wasTaken = 0
  od;
  goto out;
#if K > 0
dead:
  atomic { n = 0; g = 0; mine = 0; outcome = 0; wasTaken = 0; gone = 0; inc = 0; num = 0; kind = 0; req = 0 };
  if :: goto start :: goto out fi; /* succeeded, or not */
#endif
out:
  atomic { over = 1; me = 0; n = 0; g = 0; mine = 0; outcome = 0 }
}

/* NodeEndpoint.dispatch */
proctype Owner() {
  byte me, next, upTo, answer;
  bit there;

start:
  /* NodeRegistry.tryOwn */
  atomic { !owned -> owned = 1 };
  STEP(generation++; me = generation);
  STEP(next = received; upTo = taken);
  do
  :: next < sent ->
    next++;
#ifndef MUT_TAKEN_AFTER_EXECUTION
    STEP(taken = (next > taken -> next : taken));
#endif
    if
#ifdef MUT_ANY_OWNER
    :: true ->
#else
    :: owner[next] == me ->
#endif
      STEP(assert(!executed[next] && !notDone[next]); executed[next] = 1);
      answer = REPLIED
#ifndef MUT_ANY_OWNER
    /* NodeEndpoint.refuse */
    :: else ->
#ifdef MUT_REFUSED_AS_NOT_DONE
      answer = NOT_DONE
#else
      answer = (next <= upTo -> UNKNOWN : NOT_DONE)
#endif
#endif
    fi;
#ifdef MUT_TAKEN_AFTER_EXECUTION
    STEP(taken = (next > taken -> next : taken));
#endif
    /* ReplyLinks.send */
    STEP(there = incarnation == asker[next]);
    if
    :: there -> STEP(replies ! asker[next], number[next], answer, next)
    :: else
    fi;
    STEP(received = next);
    there = 0; answer = 0
  :: over && next == sent -> break
  od;
  owned = 0;
  goto out;
#if K > 0
dead:
  atomic { owned = 0; me = 0; next = 0; upTo = 0; answer = 0; there = 0 };
  if :: goto start :: goto out fi;
#endif
out:
  skip
}

init {
  atomic { run Owner(); run Asker() }
}
