package io.sluice.compare.transport;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A way to pass messages between two processes. The coordinator {@linkplain #prepare prepares} what
 * both ends need, in an empty directory; then each of the two processes {@linkplain #open opens}
 * its end. Whatever lies in that directory is removed afterwards.
 *
 * <p>Found by {@link java.util.ServiceLoader}: a mechanism is a public class with a public
 * constructor without arguments, and a line in {@code
 * META-INF/services/io.sluice.compare.transport.Transport}.
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
     * What tells it from all others: a mechanism may come with several ways to wait.
     *
     * @return id, slash, waiting
     */
    default String name() {
        return id() + "/" + waiting();
    }

    /**
     * What it is.
     *
     * @return a line
     */
    String description();

    /**
     * Its limits, costs and end, on this machine.
     *
     * @return what it is like
     */
    Traits traits();

    /**
     * All that this class offers: several ways to wait, other settings of the same thing.
     *
     * @return them, in the order in which they are shown; by default only this one
     */
    default List<Transport> variants() {
        return List.of(this);
    }

    /**
     * Why it cannot be had here.
     *
     * @return the reason, or nothing if it can
     */
    default Optional<String> unavailable() {
        return Optional.empty();
    }

    /**
     * Why it cannot carry messages of a size. It carries others whole.
     *
     * @param size in bytes
     * @return the limit, or nothing if it can
     */
    default Optional<String> tooLarge(int size) {
        Traits.Limit longest = traits().longest();
        return size <= longest.bytes()
                ? Optional.empty()
                : Optional.of(
                        id() + " carries up to " + longest.bytes() + " bytes: " + longest.setBy());
    }

    /**
     * What the Java of an end must be started with.
     *
     * @return options of the {@code java} command; by default none
     */
    default List<String> jvmOptions() {
        return List.of();
    }

    /**
     * Whether several initiators may open the same address, whose messages then come to one
     * responder. They only send.
     *
     * @return by default not
     */
    default boolean joinsSenders() {
        return false;
    }

    /**
     * Whether one call of {@link Link#receive} may hand over several messages. Where it does not,
     * there is nothing to vary: a batch is one message.
     *
     * @return by default not
     */
    default boolean receivesBatches() {
        return false;
    }

    /**
     * Makes what the two ends will open.
     *
     * @param directory an empty directory on a tmpfs, if there is one
     * @return what this process must keep, and how to get rid of it
     * @throws IOException if it cannot be made; then nothing is left
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
     * What the coordinator keeps. It {@linkplain #release releases} once both ends are open, and
     * {@linkplain #remove removes} when both are gone, each once; if an end did not come so far, it
     * does both then.
     *
     * @param address what the ends must be told, without spaces; may be empty
     * @param release gives up what the coordinator holds itself, and names nobody needs any more
     * @param remove ends helpers, and removes what would outlive the two ends, files in the
     *     directory excepted
     * @param helpers ids of processes that work for the two ends, and whose CPU time is theirs
     */
    record Prepared(String address, Runnable release, Runnable remove, List<Long> helpers) {
        /** Nothing to keep, nothing to tell. */
        public static final Prepared NOTHING = new Prepared("-", () -> {});

        /** Copies the list. */
        public Prepared {
            helpers = List.copyOf(helpers);
        }

        /**
         * Something to give up, and nothing to remove.
         *
         * @param address what the ends must be told
         * @param release gives up what the coordinator holds itself
         */
        public Prepared(String address, Runnable release) {
            this(address, release, () -> {}, List.of());
        }
    }
}
