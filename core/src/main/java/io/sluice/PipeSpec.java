package io.sluice;

import io.sluice.file.Feature;
import io.sluice.file.Geometry;
import io.sluice.file.MetaDescriptor;
import io.sluice.lane.LaneDescriptor;
import io.sluice.lane.OfferDescriptor;
import io.sluice.os.Identity;
import io.sluice.os.Mapping;
import io.sluice.os.Platform;
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

    /** As many as each end keeps mapped. */
    private static final int USUAL_SEGMENTS = 128;

    private final int capacity;
    private final long quota;
    private final int senders;
    private final int receivers;
    private final Set<Feature> features;

    private PipeSpec(int capacity, long quota, int senders, int receivers, Set<Feature> features) {
        this.capacity = capacity;
        this.quota = quota;
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
        return new PipeSpec(capacity, 0, 1, 1, EnumSet.noneOf(Feature.class));
    }

    /**
     * A pipe that grows: when a sender's ring is full another one follows, up to a quota. While
     * receivers keep up it is one ring, and as fast as a bounded pipe of that capacity. What was
     * received is used again; what is not needed any more is given back to the file system, except
     * for two rings of each sender.
     *
     * @param quota how much space the messages of one sender may take, in bytes: at least two rings
     *     with their control words; rings are of {@link #DEFAULT_CAPACITY}, smaller if the quota
     *     would hold less than eight, and larger if it would hold more than 128
     * @return the specification
     * @throws IllegalArgumentException if the quota is out of range
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static PipeSpec unbounded(long quota) {
        long capacity = DEFAULT_CAPACITY;
        while (capacity > LaneDescriptor.MIN_CAPACITY && quota / capacity < 8) {
            capacity /= 2;
        }
        while (capacity < LaneDescriptor.MAX_CAPACITY && quota / capacity > USUAL_SEGMENTS) {
            capacity *= 2;
        }
        return unbounded(quota, (int) capacity);
    }

    /**
     * A pipe that grows by rings of a given capacity, see {@link #unbounded(long)}.
     *
     * @param quota how much space the messages of one sender may take, in bytes: at least two rings
     *     with their control words, and at most 4096
     * @param capacity of a ring, in bytes, 1 to 1 GiB, rounded up to a power of two and to whole
     *     pages; a message is not longer than that less 16 bytes
     * @return the specification
     * @throws IllegalArgumentException if one of them is out of range
     * @throws UnsupportedOperationException on other systems than Linux
     */
    public static PipeSpec unbounded(long quota, int capacity) {
        if (quota < 1) {
            throw new IllegalArgumentException("quota=" + quota + " is not at least two rings");
        }
        PipeSpec spec =
                new PipeSpec(
                        bounded(capacity).capacity, quota, 1, 1, EnumSet.noneOf(Feature.class));
        return spec.checkQuota();
    }

    private PipeSpec checkQuota() {
        if (quota != 0) {
            long ring = geometry().ringLength();
            if (quota / ring < 2 || quota / ring > MetaDescriptor.MAX_SEGMENTS) {
                throw new IllegalArgumentException(
                        "quota="
                                + quota
                                + " is not in "
                                + 2 * ring
                                + ".."
                                + MetaDescriptor.MAX_SEGMENTS * ring
                                + ": a ring of "
                                + capacity
                                + " bytes takes "
                                + ring
                                + ", and there are 2 to "
                                + MetaDescriptor.MAX_SEGMENTS
                                + " of them");
            }
        }
        return this;
    }

    /**
     * What happens when an unbounded pipe has reached its quota.
     *
     * @param atQuota what a sender does then
     * @return the specification
     * @throws IllegalArgumentException if the pipe is bounded; or for {@link AtQuota#DROP_OLDEST}
     *     if the order of arrival was asked for
     */
    public PipeSpec atQuota(AtQuota atQuota) {
        Objects.requireNonNull(atQuota, "atQuota");
        if (quota == 0) {
            throw new IllegalArgumentException(
                    "atQuota=" + atQuota + " of a bounded pipe: only unbounded ones have a quota");
        }
        return with(Feature.DROP_OLDEST, atQuota == AtQuota.DROP_OLDEST)
                .with(Feature.REFUSE, atQuota == AtQuota.REFUSE)
                .checkOrder()
                .checkQuota();
    }

    /**
     * A pipe that holds nothing, for messages of up to 65520 bytes: see {@link #rendezvous(int)}.
     *
     * @return the specification
     */
    public static PipeSpec rendezvous() {
        return rendezvous(OfferDescriptor.maxPayloadLength(DEFAULT_CAPACITY));
    }

    /**
     * A pipe that holds nothing: a message goes from a sender that waits to a receiver that is
     * there. To send returns when the message has been received, which happens once, also if an end
     * dies; a time limit or an interruption takes it back, or reports that it was received.
     *
     * <p>A message is received when a receiver has its copy, before the handler runs: what a
     * receiver has not finished when it dies is gone with it, so {@link #delivery} makes no
     * difference.
     *
     * @param maxMessageLength the longest message, in bytes, 0 to 1 GiB less 16; more may fit,
     *     since it is rounded up to whole pages
     * @return the specification
     * @throws IllegalArgumentException if the length is out of range
     */
    public static PipeSpec rendezvous(int maxMessageLength) {
        int most = OfferDescriptor.maxPayloadLength(LaneDescriptor.MAX_CAPACITY);
        if (maxMessageLength < 0 || maxMessageLength > most) {
            throw new IllegalArgumentException(
                    "maxMessageLength=" + maxMessageLength + " is not in 0.." + most);
        }
        return new PipeSpec(
                OfferDescriptor.PAYLOAD_OFFSET + maxMessageLength,
                0,
                1,
                1,
                EnumSet.of(Feature.RENDEZVOUS));
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
        return new PipeSpec(capacity, quota, places(ends), receivers, features);
    }

    /**
     * A pipe for so many senders at once. Over its life it may have any number.
     *
     * @param atOnce how many, 1 to 4096
     * @return the specification
     * @throws IllegalArgumentException if the number is out of range
     */
    public PipeSpec senders(int atOnce) {
        return new PipeSpec(capacity, quota, check("senders", atOnce), receivers, features);
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
        return new PipeSpec(capacity, quota, senders, check("receivers", atOnce), features)
                .checkOrder()
                .checkQuota();
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
     *     there is no order, or of a rendezvous pipe, where nothing arrives before it is received
     */
    public PipeSpec order(Order order) {
        return with(Feature.ARRIVAL_ORDER, Objects.requireNonNull(order, "order") == Order.ARRIVAL)
                .checkOrder();
    }

    private PipeSpec checkOrder() {
        if (features.contains(Feature.RENDEZVOUS) && features.contains(Feature.ARRIVAL_ORDER)) {
            throw new IllegalArgumentException(
                    "order=ARRIVAL of a rendezvous pipe: its senders wait, and none comes before"
                            + " another; use order=SENDER");
        }
        if (receivers > 1 && features.contains(Feature.ARRIVAL_ORDER)) {
            throw new IllegalArgumentException(
                    "order=ARRIVAL with receivers="
                            + receivers
                            + ": several receivers have no common order; use one, or order=SENDER");
        }
        if (features.contains(Feature.DROP_OLDEST) && features.contains(Feature.ARRIVAL_ORDER)) {
            throw new IllegalArgumentException(
                    "order=ARRIVAL with atQuota=DROP_OLDEST: choose one of them");
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
        return new PipeSpec(capacity, quota, senders, receivers, changed);
    }

    /** What a pipe of this kind is on this machine. */
    Geometry geometry() {
        Platform.requireLinux(); // Else the size of a page cannot be asked for.
        int least = Math.max(Mapping.pageSize(), LaneDescriptor.MIN_CAPACITY);
        int rounded = Integer.highestOneBit(2 * Math.max(capacity, least) - 1);
        long bits = 0;
        for (Feature feature : features) {
            bits |= feature.bit();
        }
        UUID uuid = Identity.newUuid();
        Geometry ring =
                new Geometry(uuid, Mapping.pageSize(), rounded, 1, senders, receivers, bits);
        int segments =
                quota == 0 ? 1 : (int) Math.min(Integer.MAX_VALUE, quota / ring.ringLength());
        return ring.withSegments(segments);
    }

    /**
     * The capacity that was asked for: of each ring, if the pipe grows; of a rendezvous pipe, what
     * the longest message takes.
     *
     * @return in bytes
     */
    public int capacity() {
        return capacity;
    }

    private String kind() {
        if (features.contains(Feature.RENDEZVOUS)) {
            return "rendezvous";
        }
        return quota == 0 ? "bounded" : "unbounded, quota=" + quota;
    }

    @Override
    public String toString() {
        return "PipeSpec["
                + kind()
                + ", capacity="
                + capacity
                + ", senders="
                + senders
                + ", receivers="
                + receivers
                + (features.isEmpty() ? "" : ", " + features)
                + "]";
    }
}
