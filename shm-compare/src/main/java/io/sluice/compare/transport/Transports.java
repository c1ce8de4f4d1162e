package io.sluice.compare.transport;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/** All mechanisms, in the order in which they are shown. */
public final class Transports {
    /** The transport of the floor; not among {@link #all}. */
    public static final String LINE = "line";

    private static final List<Transport> ALL =
            List.of(
                    new PipeTransport(),
                    new FifoTransport(),
                    new UnixStreamTransport(),
                    new HintedPipeTransport(),
                    new SluiceTransport());

    private Transports() {}

    /**
     * All mechanisms that can be compared.
     *
     * @return them
     */
    public static List<Transport> all() {
        return ALL;
    }

    /**
     * A mechanism by its name.
     *
     * @param id its name
     * @return it
     * @throws NoSuchElementException if none has that name; the message lists those that there are
     */
    public static Transport of(String id) {
        if (id.equals(LINE)) {
            return new LineTransport();
        }
        return ALL.stream()
                .filter(transport -> transport.id().equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "there is no mechanism '"
                                                + id
                                                + "': choose from "
                                                + ids()));
    }

    /**
     * The names of all mechanisms.
     *
     * @return separated by commas
     */
    public static String ids() {
        return ALL.stream().map(Transport::id).collect(Collectors.joining(","));
    }
}
