package io.sluice.lane;

/**
 * Keeps a receiver from following a stream at the sender's heels, which would make every message a
 * transfer of the line that the sender is writing. When it has drained a batch of several messages
 * and then looks and finds nothing, it stays away for a moment before it looks again, and lets
 * lines fill. What has come in the meantime is received at once; and after a single message it does
 * not stay away, because then a peer may be waiting for the answer. {@link DrainMode} says how
 * long.
 */
class Pace {
    private final EndState state;
    private final DrainMode mode;

    Pace(EndState state, DrainMode mode) {
        this.state = state;
        this.mode = mode;
    }

    /** Whether it is time to stay away, if a look finds nothing. */
    final boolean isDue() {
        return state.pause() > 0;
    }

    /** Lets the sender get ahead. */
    void stayAway() {
        int pause = state.pause();
        for (int i = 0; i < pause; i++) {
            Thread.onSpinWait();
        }
        state.pause(-pause); // Spent, but remembered.
    }

    /** Decides how long to stay away after a batch that left nothing. */
    final void drained(int count) {
        int last = state.pause();
        if (count >= mode.smallestBatch) {
            state.pause(Math.min(Math.max(mode.first, 2 * Math.abs(last)), mode.longest));
        } else if (last < 0) { // The time away has brought too little.
            state.pause(0);
        }
    }
}
