package io.sluice.ring;

/**
 * The private state of one end of a lane, or of several lanes. Never shared; one thread at a time.
 */
final class Cursor extends CursorWords {
    @SuppressWarnings("unused") // Each keeps the objects behind off the words' cache lines.
    long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;

    /** Returns this end's position in the lane. */
    long position() {
        return position;
    }

    void position(long position) {
        this.position = position;
    }

    /** Returns the position up to which this end needs only to write. */
    long limit() {
        return limit;
    }

    void limit(long limit) {
        this.limit = limit;
    }

    /** Returns the limit to restore once a claim has ended. */
    long savedLimit() {
        return savedLimit;
    }

    void savedLimit(long limit) {
        this.savedLimit = limit;
    }

    /** Returns the backoff after a drained batch, in spins; negative once it was spent. */
    int pause() {
        return (int) pause;
    }

    void pause(int spins) {
        this.pause = spins;
    }

    /** Returns the position up to which this end need not read the other end's position. */
    long room() {
        return room;
    }

    void room(long position) {
        this.room = position;
    }

    /** Returns the end of the zeroed bytes that begin at this end's position. */
    long cleared() {
        return cleared;
    }

    void cleared(long position) {
        this.cleared = position;
    }

    /** Returns the position of the next record of the batch. */
    long batchNext() {
        return batchNext;
    }

    void batchNext(long position) {
        this.batchNext = position;
    }

    /** Returns the end of the batch's room. */
    long batchEnd() {
        return batchEnd;
    }

    void batchEnd(long position) {
        this.batchEnd = position;
    }

    /** Returns the word of the batch's first record, which is stored last. */
    long batchFirst() {
        return batchFirst;
    }

    void batchFirst(long word) {
        this.batchFirst = word;
    }

    /** Returns the number of messages of the batch. */
    int batchCount() {
        return (int) batchCount;
    }

    void batchCount(int messages) {
        this.batchCount = messages;
    }

    /** Returns the number of messages that the batch has slots for. */
    int batchSlots() {
        return (int) batchSlots;
    }

    void batchSlots(int messages) {
        this.batchSlots = messages;
    }

    /** Returns the next lane in turn. */
    long nextLane() {
        return nextLane;
    }

    void nextLane(long lane) {
        this.nextLane = lane;
    }
}
