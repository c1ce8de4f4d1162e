package io.sluice.compare.transport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All mechanisms that the class path has, in the order in which they are shown. */
public final class Transports {
    /** The transport of the floor; not among {@link #all}. */
    public static final String LINE = "line";

    /** The package of the mechanisms in the jar of the peers. */
    private static final String PEERS = "io.sluice.compare.peers";

    private static final Transports FOUND = new Transports();

    /**
     * What makes the transport of an end, which does not look for all others: that takes a virtual
     * machine which has just started a tenth of a second.
     *
     * @param type its class
     * @param name its name
     * @param row what it is, if it is of this jar; null otherwise
     */
    public record TransportSource(String type, String name, Mechanism row) {
        /**
         * Returns that of a transport.
         *
         * @param transport one of {@link Transports}
         * @return it
         */
        public static TransportSource of(Transport transport) {
            Mechanism row = transport instanceof ListedTransport listed ? listed.row : null;
            return new TransportSource(transport.getClass().getName(), transport.name(), row);
        }

        /**
         * Returns a new transport.
         *
         * @return it
         * @throws IllegalStateException if the class path does not have it
         */
        public Transport transport() {
            if (row != null) {
                return row.transport();
            }
            return make(type).variants().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }

        /** Returns a new object of a transport's class. */
        static Transport make(String type) {
            try {
                return (Transport) Class.forName(type).getDeclaredConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("there is no class " + type, e);
            }
        }
    }

    private final Map<String, Transport> byName = new LinkedHashMap<>();
    private final List<String> broken = new ArrayList<>();

    private Transports() {
        for (Mechanism mechanism : MechanismsFile.read()) {
            add(mechanism.transport());
        }
        var loaded = ServiceLoader.load(Transport.class).iterator();
        while (true) {
            // A mechanism that cannot be loaded must not prevent the others from loading.
            try {
                if (!loaded.hasNext()) {
                    return;
                }
                loaded.next().variants().forEach(this::add);
            } catch (ServiceConfigurationError | LinkageError e) {
                broken.add(e.getMessage());
            }
        }
    }

    private void add(Transport transport) {
        Transport first = byName.putIfAbsent(transport.name(), transport);
        if (first != null) {
            String is = transport.getClass().getName();
            String was = first.getClass().getName();
            broken.add("%s calls itself %s, as %s does".formatted(is, transport.name(), was));
        }
    }

    /**
     * Returns all mechanisms that can be compared.
     *
     * @return them
     */
    public static List<Transport> all() {
        return FOUND.byName.values().stream().filter(each -> !each.name().equals(LINE)).toList();
    }

    /**
     * Returns how to add other libraries' mechanisms.
     *
     * @return it; nothing if they are there
     */
    public static Optional<String> missingPeers() {
        return all().stream().anyMatch(each -> each.getClass().getPackageName().equals(PEERS))
                ? Optional.empty()
                : Optional.of(
                        "other libraries' mechanisms (Aeron, Agrona, Chronicle Queue, gRPC,"
                                + " JeroMQ, Netty) are in shm-compare-peers.jar: put it beside shm-compare.jar");
    }

    /**
     * Returns the mechanisms on the class path that cannot be used.
     *
     * @return why, for each
     */
    public static List<String> broken() {
        return List.copyOf(FOUND.broken);
    }

    /**
     * Returns a mechanism by its name.
     *
     * @param name its {@linkplain Transport#name() name}; its id will do, if it has one way to wait
     * @return it
     * @throws NoSuchElementException if none has that name, or several; the message lists those
     *     that there are
     */
    public static Transport of(String name) {
        Transport exactly = FOUND.byName.get(name);
        List<Transport> found = exactly == null ? named(name) : List.of(exactly);
        if (found.size() > 1) {
            throw new NoSuchElementException(
                    "'%s' may mean several: choose from %s"
                            .formatted(name, distinct(found, Transport::name)));
        }
        return found.get(0);
    }

    /**
     * Returns the mechanisms that a name stands for.
     *
     * @param name the name of one, or the id of one with all its ways to wait
     * @return one or more
     * @throws NoSuchElementException if there is none; the message lists those that there are
     */
    public static List<Transport> named(String name) {
        List<Transport> found =
                all().stream()
                        .filter(each -> each.name().equals(name) || each.id().equals(name))
                        .toList();
        if (found.isEmpty()) {
            throw new NoSuchElementException(
                    "there is no mechanism '%s': choose from %s%s"
                            .formatted(name, ids(), missingPeers().map("; "::concat).orElse("")));
        }
        return found;
    }

    /**
     * Returns the ids of all mechanisms.
     *
     * @return separated by commas
     */
    public static String ids() {
        return distinct(all(), Transport::id);
    }

    private static String distinct(List<Transport> of, Function<Transport, String> text) {
        return of.stream().map(text).distinct().collect(Collectors.joining(","));
    }
}
