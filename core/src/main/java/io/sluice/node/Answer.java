package io.sluice.node;

/**
 * How a request ended.
 *
 * @param outcome as of {@link NodeEndpoint#call}
 * @param content the reply; empty without one
 */
@SuppressWarnings("ArrayRecordComponent")
public record Answer(int outcome, byte[] content) {
    private static final byte[] EMPTY = {};

    /** Creates an answer without content. */
    static Answer of(int outcome) {
        return new Answer(outcome, EMPTY);
    }
}
