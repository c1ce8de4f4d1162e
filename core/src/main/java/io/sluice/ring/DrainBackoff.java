package io.sluice.ring;

import io.sluice.wait.DrainMode;

/**
 * Backs a receiver off after it has drained a lane. A receiver that polls directly behind a
 * streaming sender makes every message a transfer of the cache line that the sender is writing. If
 * a batch of several messages drained the lane, and the next poll finds nothing, the receiver
 * pauses for some spins before it polls again; meanwhile the sender fills cache lines. Messages
 * that arrive during the pause are received when it ends. A single message causes no pause, except
 * in {@link DrainMode#LONG}, because a peer may be waiting for the reply. {@link DrainMode} defines
 * the sizes of the batches and the lengths of the pauses.
 */
class DrainBackoff {
    /** The private state of the receiver, of which the next pause is a part. */
    final Cursor cursor = new Cursor();

    private final DrainMode mode;

    DrainBackoff(DrainMode mode) {
        this.mode = mode;
    }

    /** Pauses before a poll, if a pause is due and the lane has no message. */
    final void beforePoll(LaneReceiver lane) {
        if (cursor.pause > 0 && !lane.hasNext()) {
            pause();
        }
    }

    /** Tests whether a pause is due if a poll finds nothing. */
    final boolean isDue() {
        return cursor.pause > 0;
    }

    /** Spins for the length of the pause, while the sender gets ahead. */
    void pause() {
        int pause = cursor.pause;
        for (int i = 0; i < pause; i++) {
            Thread.onSpinWait();
        }
        cursor.pause = -pause; // Spent; the length is kept for the next drained().
    }

    /** Sets the next pause after a batch that drained the lane. */
    final void onDrained(int count) {
        int last = cursor.pause;
        int next = mode.nextSpins(count, last);
        if (next != last) {
            cursor.pause = next;
        }
    }
}
