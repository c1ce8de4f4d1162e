package io.sluice.waiting;

/**
 * What an end does besides arming its bell so that wakers find it: it may enter itself in a list,
 * or set a bit that they look at. Called by the end's own thread.
 */
public interface Rest {
    /** Nothing to do: wakers look at the bell itself. */
    Rest NOTHING = nothing(false);

    /** Nothing to do either, and wakers fence before they look at the bell. */
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
     * From now on wakers notice that this end sleeps, and look at its bell, which is armed. Called
     * again, without {@link #getUp} between, whenever the bell was rung and the end lies down
     * again: a waker may have undone it. A fence of this end follows.
     *
     * @return whether all who may wake it fence before each look, so that nobody has to fence for
     *     them
     */
    boolean lieDown();

    /** The end does not wait any longer, and its bell is disarmed. */
    void getUp();
}
