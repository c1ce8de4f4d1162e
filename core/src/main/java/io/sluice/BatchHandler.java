package io.sluice;

/** A handler of runs of messages of a pipe, in place. */
@FunctionalInterface
public interface BatchHandler {
    /**
     * Handles messages that were waiting one behind the other. They count as received together when
     * this call ends, whether it returns or throws, and whether or not it looked at all of them. If
     * this process dies before, all of them are delivered again, and marked, unless the pipe is
     * {@link Delivery#AT_MOST_ONCE}.
     *
     * @param batch the messages; valid during this call
     */
    void onBatch(MessageBatch batch);
}
