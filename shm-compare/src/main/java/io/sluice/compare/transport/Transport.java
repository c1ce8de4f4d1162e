package io.sluice.compare.transport;

import io.sluice.compare.result.Waiting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A way to pass messages between two processes. The coordinator {@linkplain #prepare prepares} what
 * both ends need, in an empty directory; then each of the two processes {@linkplain #open opens}
 * its end. All files in that directory are removed afterwards.
 *
 * <p>Found by {@link java.util.ServiceLoader}: a mechanism is a public class with a public
 * constructor without arguments, and a line in {@code
 * META-INF/services/io.sluice.compare.transport.Transport}.
 */
public interface Transport {
    /**
     * Returns the mechanism's id.
     *
     * @return lower case, as on the command line
     */
    String id();

    /**
     * Returns how an end waits.
     *
     * @return one of the constants of {@link Waiting}, or another if it waits in a way of its own
     */
    Waiting waiting();

    /**
     * Returns its unique name: a mechanism may come with several ways to wait.
     *
     * @return id, slash, waiting
     */
    default String name() {
        return id() + "/" + waiting();
    }

    /**
     * Describes it.
     *
     * @return a line
     */
    String description();

    /**
     * Returns its limits, costs and ending, on this machine.
     *
     * @return its properties
     */
    Traits traits();

    /**
     * Returns all variants of this class: several ways to wait, other settings.
     *
     * @return them, in the order in which they are shown; by default only this one
     */
    default List<Transport> variants() {
        return List.of(this);
    }

    /**
     * Returns why it is unavailable here.
     *
     * @return the reason, or nothing if it can
     */
    default Optional<String> unavailable() {
        return Optional.empty();
    }

    /**
     * Returns why it cannot carry messages of a size; all others are carried whole.
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
     * Returns the options that the JVM of an end needs.
     *
     * @return options of the {@code java} command; by default none
     */
    default List<String> jvmOptions() {
        return List.of();
    }

    /**
     * Tests whether several initiators may open the same address, whose messages then reach one
     * responder. They only send.
     *
     * @return by default not
     */
    default boolean supportsFanIn() {
        return false;
    }

    /**
     * Tests whether one call may carry several messages: {@link Link#receive} may return several,
     * and {@link Link#send} may collect several. If not, the batch cannot be varied: it is one
     * message.
     *
     * @return by default not
     */
    default boolean supportsBatches() {
        return false;
    }

    /**
     * Creates what the two ends will open; by default nothing.
     *
     * @param directory an empty directory on a tmpfs, if there is one
     * @return what this process must keep, and how to release it
     * @throws IOException if it cannot be made; then nothing is left
     */
    default Prepared prepare(Path directory) throws IOException {
        return Prepared.NOTHING;
    }

    /**
     * Opens one end. May block until the other end opens.
     *
     * @param role which one
     * @param directory the same directory
     * @param address the {@link Prepared#address}
     * @param size how long messages are, in bytes
     * @return the end
     * @throws IOException if it cannot be opened
     */
    Link open(Role role, Path directory, String address, int size) throws IOException;

    /**
     * What the coordinator keeps. It {@linkplain #release releases} once both ends are open, and
     * {@linkplain #remove removes} when both are gone, each once; if an end did not open, it does
     * both then.
     *
     * @param address the address for the ends, without spaces; may be empty
     * @param release releases what the coordinator holds itself, and names that are no longer
     *     needed
     * @param remove ends helpers, and removes what would outlive the two ends, files in the
     *     directory excepted
     * @param helpers ids of processes that work for the two ends, and whose CPU time is theirs
     */
    record Prepared(String address, Runnable release, Runnable remove, List<Long> helpers) {
        /** Nothing to pass to the ends, to release or to remove. */
        public static final Prepared NOTHING = new Prepared("-", () -> {});

        /** Copies the list. */
        public Prepared {
            helpers = List.copyOf(helpers);
        }

        /**
         * Creates one with something to release, and nothing to remove.
         *
         * @param address the address for the ends
         * @param release releases what the coordinator holds itself
         */
        public Prepared(String address, Runnable release) {
            this(address, release, () -> {}, List.of());
        }
    }
}
