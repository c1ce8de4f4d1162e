package io.sluice.wait;

/**
 * The steps, besides arming its futex word, by which an end becomes visible to its wakers: it may
 * enter itself in a list, or set a bit that they check. Called by the end's own thread.
 */
public interface WaitHook {
    /** No further steps: wakers check the word itself. */
    WaitHook NO_OP = noOp(false);

    /** No further steps, and wakers fence before they check the word. */
    WaitHook WAKERS_FENCE = noOp(true);

    private static WaitHook noOp(boolean wakersFence) {
        return new WaitHook() {
            @Override
            public boolean beforeWait() {
                return wakersFence;
            }

            @Override
            public void afterWait() {}
        };
    }

    /**
     * Makes the wait visible: from now on wakers notice that this end waits, and check its word,
     * which is armed. Called again, without {@link #afterWait} between, whenever the word was
     * disarmed and the end prepares another wait: a waker may have undone the step. A fence of this
     * end follows.
     *
     * @return whether all wakers fence before each check, so that the end need not fence for them
     */
    boolean beforeWait();

    /** Undoes {@link #beforeWait}: the end no longer waits, and its word is disarmed. */
    void afterWait();
}
