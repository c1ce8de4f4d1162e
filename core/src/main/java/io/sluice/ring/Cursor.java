package io.sluice.ring;

import io.sluice.memory.PaddedLongs;

/**
 * The private state of one end of a lane, or of several lanes. Never shared; one thread at a time.
 */
final class Cursor {
    private static final int POSITION = 0;
    private static final int LIMIT = 1;
    private static final int SAVED_LIMIT = 2;
    private static final int PAUSE = 3;
    private static final int ROOM = 4;
    private static final int NEXT_LANE = 5;
    private static final int CLEARED = 6;

    private final PaddedLongs words = new PaddedLongs();

    /** Returns this end's position in the lane. */
    long position() {
        return words.get(POSITION);
    }

    void position(long position) {
        words.set(POSITION, position);
    }

    /** Returns the position up to which this end needs only to write. */
    long limit() {
        return words.get(LIMIT);
    }

    void limit(long limit) {
        words.set(LIMIT, limit);
    }

    /** Returns the limit to restore once a claim has ended. */
    long savedLimit() {
        return words.get(SAVED_LIMIT);
    }

    void savedLimit(long limit) {
        words.set(SAVED_LIMIT, limit);
    }

    /** Returns the backoff after a drained batch, in spins; negative once it was spent. */
    int pause() {
        return (int) words.get(PAUSE);
    }

    void pause(int spins) {
        words.set(PAUSE, spins);
    }

    /** Returns the position up to which this end need not read the other end's position. */
    long room() {
        return words.get(ROOM);
    }

    void room(long position) {
        words.set(ROOM, position);
    }

    /** Returns the end of the zeroed bytes that begin at this end's position. */
    long cleared() {
        return words.get(CLEARED);
    }

    void cleared(long position) {
        words.set(CLEARED, position);
    }

    /** Returns the next lane in turn. */
    long nextLane() {
        return words.get(NEXT_LANE);
    }

    void nextLane(long lane) {
        words.set(NEXT_LANE, lane);
    }
}
