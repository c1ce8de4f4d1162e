package io.sluice.lane;

/**
 * Keeps a receiver from following a stream at the sender's heels, which would make every message a
 * transfer of the line that the sender is writing. When it has drained a batch of several messages
 * it stays away for a moment before it looks again, and lets lines fill; after a single message it
 * does not, because then somebody may be waiting for the answer.
 */
final class Pace {
    /** The first time away, in spins of {@link Thread#onSpinWait}; it doubles while it pays. */
    private static final int FIRST_PAUSE = 8;

    /** The longest time away, in spins: a microsecond or two. */
    private static final int LONGEST_PAUSE = 64;

    private final EndState state;

    Pace(EndState state) {
        this.state = state;
    }

    /** Lets the sender get ahead if the last batch ended with nothing left. */
    void stayAway() {
        int pause = state.pause();
        if (pause > 0) {
            for (int i = 0; i < pause; i++) {
                Thread.onSpinWait();
            }
            state.pause(-pause); // Spent, but remembered.
        }
    }

    /** Decides how long to stay away after a batch that left nothing. */
    void drained(int count) {
        int last = Math.abs(state.pause());
        if (count > 1) {
            state.pause(Math.min(Math.max(FIRST_PAUSE, 2 * last), LONGEST_PAUSE));
        } else if (last != 0) {
            state.pause(0);
        }
    }
}
