package io.sluice.waiting;

/**
 * What an end does besides arming its bell so that wakers find it: it may enter itself in a list,
 * or set a bit that they look at. Called by the end's own thread.
 */
public interface Rest {
    /** Nothing to do: wakers look at the bell itself. */
    Rest NOTHING =
            new Rest() {
                @Override
                public void lieDown() {}

                @Override
                public void getUp() {}
            };

    /**
     * From now on wakers notice that this end sleeps, and look at its bell, which is armed. Called
     * again, without {@link #getUp} between, whenever the bell was rung and the end lies down
     * again: a waker may have undone it. The fence for it follows.
     */
    void lieDown();

    /** The end does not wait any longer, and its bell is disarmed. */
    void getUp();
}
