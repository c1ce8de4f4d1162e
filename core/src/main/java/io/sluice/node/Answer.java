package io.sluice.node;

import io.sluice.CallOutcome;

/**
 * How a request ended.
 *
 * @param outcome whether there is a reply, and why not
 * @param content the reply; empty without one
 */
@SuppressWarnings("ArrayRecordComponent")
public record Answer(CallOutcome outcome, byte[] content) {
    private static final byte[] EMPTY = {};

    /** Creates an answer without content. */
    static Answer of(CallOutcome outcome) {
        return new Answer(outcome, EMPTY);
    }
}
