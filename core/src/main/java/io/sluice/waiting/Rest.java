package io.sluice.waiting;

/**
 * The steps, besides arming its futex word, by which an end becomes visible to its wakers: it may
 * enter itself in a list, or set a bit that they check. Called by the end's own thread.
 */
public interface Rest {
    /** No further steps: wakers check the word itself. */
    Rest NOTHING = nothing(false);

    /** No further steps, and wakers fence before they check the word. */
    Rest WAKERS_FENCE = nothing(true);

    private static Rest nothing(boolean wakersFence) {
        return new Rest() {
            @Override
            public boolean lieDown() {
                return wakersFence;
            }

            @Override
            public void getUp() {}
        };
    }

    /**
     * Makes the wait visible: from now on wakers notice that this end waits, and check its word,
     * which is armed. Called again, without {@link #getUp} between, whenever the word was disarmed
     * and the end prepares another wait: a waker may have undone the step. A fence of this end
     * follows.
     *
     * @return whether all wakers fence before each check, so that the end need not fence for them
     */
    boolean lieDown();

    /** Undoes {@link #lieDown}: the end no longer waits, and its word is disarmed. */
    void getUp();
}
