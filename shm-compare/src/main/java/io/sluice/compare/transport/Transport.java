package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A way to pass messages between two processes. The coordinator {@linkplain #prepare prepares} what
 * both ends need, in an empty directory; then each of the two processes {@linkplain #open opens}
 * its end. Whatever lies in that directory is removed afterwards.
 */
public interface Transport {
    /**
     * The mechanism's name.
     *
     * @return lower case, as on the command line
     */
    String id();

    /**
     * How an end waits.
     *
     * @return one of the constants of {@link io.sluice.compare.result.Factors}
     */
    String waiting();

    /**
     * What it is.
     *
     * @return a line
     */
    String description();

    /**
     * Why it cannot be had here.
     *
     * @return the reason, or nothing if it can
     */
    default Optional<String> unavailable() {
        return Optional.empty();
    }

    /**
     * Why it cannot carry messages of a size.
     *
     * @param size in bytes
     * @return the limit, or nothing if it can
     */
    default Optional<String> tooLarge(int size) {
        return Optional.empty();
    }

    /**
     * Makes what the two ends will open.
     *
     * @param directory an empty directory on a tmpfs, if there is one
     * @return what this process must keep until both ends are open
     * @throws IOException if it cannot be made
     */
    Prepared prepare(Path directory) throws IOException;

    /**
     * Opens one end. May wait for the other.
     *
     * @param side which one
     * @param directory the same directory
     * @param address what {@link Prepared#address} said
     * @param size how long messages are, in bytes
     * @return the end
     * @throws IOException if it cannot be opened
     */
    Link open(Side side, Path directory, String address, int size) throws IOException;

    /**
     * What the coordinator keeps until both ends are open.
     *
     * @param address what the ends must be told, without spaces; may be empty
     * @param release gives up what the coordinator holds itself
     */
    record Prepared(String address, Runnable release) {
        /** Nothing to keep, nothing to tell. */
        static final Prepared NOTHING = new Prepared("-", () -> {});
    }
}
