package io.sluice.aeron;

import java.io.IOException;

/** One half of a bridge. One thread runs it; any thread may call the other methods. */
interface BridgeHalf {
    /** Runs until the end of the stream, or until it is stopped. */
    void run() throws IOException, InterruptedException;

    /** Makes {@link #run} return, as soon as it has nothing in hand. */
    void stop();

    BridgeStatistics statistics();

    /** Returns whether it is connected, for people. */
    String state();
}
