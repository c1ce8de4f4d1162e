package io.sluice.lane;

import io.sluice.memory.PrivateWords;

/** What one end of a lane, or of several, keeps for itself. Never shared; one thread at a time. */
final class EndState {
    private static final int POSITION = 0;
    private static final int LIMIT = 1;
    private static final int SAVED_LIMIT = 2;
    private static final int PAUSE = 3;
    private static final int ROOM = 4;
    private static final int CURSOR = 5;
    private static final int CLEARED = 6;

    private final PrivateWords words = new PrivateWords();

    /** Where this end is in the lane. */
    long position() {
        return words.get(POSITION);
    }

    void position(long position) {
        words.set(POSITION, position);
    }

    /** How far this end may go before it has to do more than write. */
    long limit() {
        return words.get(LIMIT);
    }

    void limit(long limit) {
        words.set(LIMIT, limit);
    }

    /** The limit that holds again once a claim has ended. */
    long savedLimit() {
        return words.get(SAVED_LIMIT);
    }

    void savedLimit(long limit) {
        words.set(SAVED_LIMIT, limit);
    }

    /** How long to stay away from what was drained, in spins; negative once spent. */
    int pause() {
        return (int) words.get(PAUSE);
    }

    void pause(int spins) {
        words.set(PAUSE, spins);
    }

    /** How far this end may go before it has to look at the other's position. */
    long room() {
        return words.get(ROOM);
    }

    void room(long position) {
        words.set(ROOM, position);
    }

    /** Up to where there are zeros, from this end's position on. */
    long cleared() {
        return words.get(CLEARED);
    }

    void cleared(long position) {
        words.set(CLEARED, position);
    }

    /** Which lane is next. */
    long cursor() {
        return words.get(CURSOR);
    }

    void cursor(long lane) {
        words.set(CURSOR, lane);
    }
}
