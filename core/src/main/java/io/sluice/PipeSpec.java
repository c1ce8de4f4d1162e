package io.sluice;

import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.MetaDescriptor;
import io.sluice.lane.LaneDescriptor;
import io.sluice.os.Mapping;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What a pipe is to be. Immutable: each method gives another specification.
 *
 * <p>Unless said otherwise a pipe has one sender and one receiver, delivers again what a receiver
 * had taken when it died, breaks when its receivers have left, and is its user's alone.
 */
public final class PipeSpec {
    /** The capacity of {@link #bounded()}: large enough that neither end waits often, and in L2. */
    public static final int DEFAULT_CAPACITY = 1 << 16;

    /** How many ends {@link Ends#MANY} stands for unless a number is given. */
    public static final int DEFAULT_MANY = 64;

    private final int capacity;
    private final int senders;
    private final int receivers;
    private final Set<Feature> features;

    private PipeSpec(int capacity, int senders, int receivers, Set<Feature> features) {
        this.capacity = capacity;
        this.senders = senders;
        this.receivers = receivers;
        this.features = features;
    }

    /**
     * A pipe of {@link #DEFAULT_CAPACITY}.
     *
     * @return the specification
     */
    public static PipeSpec bounded() {
        return bounded(DEFAULT_CAPACITY);
    }

    /**
     * A pipe that holds this much of each sender.
     *
     * @param capacity in bytes, 1 to 1 GiB, rounded up to a power of two and to whole pages; each
     *     message takes its length, rounded up to a multiple of 8, and 8 bytes more
     * @return the specification
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static PipeSpec bounded(int capacity) {
        if (capacity < 1 || capacity > LaneDescriptor.MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " is not in 1.." + LaneDescriptor.MAX_CAPACITY);
        }
        return new PipeSpec(capacity, 1, 1, EnumSet.noneOf(Feature.class));
    }

    /**
     * A pipe for one sender, or for {@link #DEFAULT_MANY} at once. Each has a lane of its own, of
     * the pipe's capacity, made when it is needed; senders do not slow each other down, and one
     * that dies or is paused keeps nobody waiting.
     *
     * @param ends how many
     * @return the specification
     */
    public PipeSpec senders(Ends ends) {
        return new PipeSpec(capacity, places(ends), receivers, features);
    }

    /**
     * A pipe for so many senders at once. Over its life it may have any number.
     *
     * @param atOnce how many, 1 to 4096
     * @return the specification
     * @throws IllegalArgumentException if the number is out of range
     */
    public PipeSpec senders(int atOnce) {
        return new PipeSpec(capacity, check("senders", atOnce), receivers, features);
    }

    /**
     * A pipe for one receiver, or for {@link #DEFAULT_MANY} at once; each message goes to exactly
     * one. To take a message from others costs more than to have them all: one receiver is faster.
     *
     * @param ends how many
     * @return the specification
     * @throws IllegalArgumentException if the order of arrival was asked for
     */
    public PipeSpec receivers(Ends ends) {
        return receivers(places(ends));
    }

    /**
     * A pipe for so many receivers at once.
     *
     * @param atOnce how many, 1 to 4096
     * @return the specification
     * @throws IllegalArgumentException if the number is out of range, or the order of arrival was
     *     asked for
     */
    public PipeSpec receivers(int atOnce) {
        return new PipeSpec(capacity, senders, check("receivers", atOnce), features).checkOrder();
    }

    private static int places(Ends ends) {
        return Objects.requireNonNull(ends, "ends") == Ends.ONE ? 1 : DEFAULT_MANY;
    }

    private static int check(String what, int atOnce) {
        if (atOnce < 1 || atOnce > MetaDescriptor.MAX_ENDS) {
            throw new IllegalArgumentException(
                    what + "=" + atOnce + " is not in 1.." + MetaDescriptor.MAX_ENDS);
        }
        return atOnce;
    }

    /**
     * In which order messages of different senders are received. Those of one sender are always
     * received in the order in which it sent them.
     *
     * @param order the order
     * @return the specification
     * @throws IllegalArgumentException for {@link Order#ARRIVAL} with many receivers, among whom
     *     there is no order
     */
    public PipeSpec order(Order order) {
        return with(Feature.ARRIVAL_ORDER, Objects.requireNonNull(order, "order") == Order.ARRIVAL)
                .checkOrder();
    }

    private PipeSpec checkOrder() {
        if (receivers > 1 && features.contains(Feature.ARRIVAL_ORDER)) {
            throw new IllegalArgumentException(
                    "order=ARRIVAL with receivers="
                            + receivers
                            + ": several receivers have no common order; use one, or order=SENDER");
        }
        return this;
    }

    /**
     * What becomes of messages that a receiver had taken and not finished when it died.
     *
     * @param delivery whether they come again
     * @return the specification
     */
    public PipeSpec delivery(Delivery delivery) {
        return with(
                Feature.AT_MOST_ONCE,
                Objects.requireNonNull(delivery, "delivery") == Delivery.AT_MOST_ONCE);
    }

    /**
     * Whether the pipe outlives its receivers: then senders go on when the last one has left, and
     * what they send waits for the next.
     *
     * @param kept whether it does; else they get a {@link BrokenChannelException}
     * @return the specification
     */
    public PipeSpec keptWithoutReceivers(boolean kept) {
        return with(Feature.KEPT, kept);
    }

    /**
     * Whether a named pipe is shared with the group of its files (mode 2770 and 0660, whatever the
     * umask is): its members may send, receive, and do any harm that a peer can do.
     *
     * @param shared whether it is; else it is its user's alone
     * @return the specification
     */
    public PipeSpec sharedWithGroup(boolean shared) {
        return with(Feature.GROUP, shared);
    }

    private PipeSpec with(Feature feature, boolean present) {
        Set<Feature> changed = EnumSet.copyOf(features);
        if (present) {
            changed.add(feature);
        } else {
            changed.remove(feature);
        }
        return new PipeSpec(capacity, senders, receivers, changed);
    }

    /** What a pipe of this kind is on this machine. */
    Geometry geometry() {
        int least = Math.max(Mapping.pageSize(), LaneDescriptor.MIN_CAPACITY);
        int rounded = Integer.highestOneBit(2 * Math.max(capacity, least) - 1);
        long bits = features.stream().mapToLong(Feature::bit).sum();
        return new Geometry(
                UUID.randomUUID(), Mapping.pageSize(), rounded, 1, senders, receivers, bits);
    }

    /**
     * The capacity that was asked for.
     *
     * @return in bytes
     */
    public int capacity() {
        return capacity;
    }

    @Override
    public String toString() {
        return "PipeSpec[bounded, capacity="
                + capacity
                + ", senders="
                + senders
                + ", receivers="
                + receivers
                + (features.isEmpty() ? "" : ", " + features)
                + "]";
    }
}
