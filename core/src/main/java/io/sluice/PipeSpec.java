package io.sluice;

import io.sluice.linux.Identifiers;
import io.sluice.linux.Mapping;
import io.sluice.linux.Platform;
import io.sluice.pipe.storage.Feature;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.OfferDescriptor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * The specification of a pipe. Immutable: each method returns another specification.
 *
 * <p>By default a pipe is for many senders and one receiver, as a mailbox is, delivers again what a
 * receiver had taken and not finished when it died, breaks when its receivers have left, and is
 * accessible to its user only. One sender is faster: {@code senders(Ends.ONE)}. Several receivers
 * share the messages: {@code receivers(Ends.MANY)}.
 */
public final class PipeSpec {
    /** The capacity of {@link #bounded()}: large enough that ends rarely wait, and fits into L2. */
    public static final int DEFAULT_CAPACITY = 1 << 16;

    /** The number of ends for {@link Ends#MANY}, unless a number is given. */
    public static final int DEFAULT_MANY = 64;

    /** The number of segments that each end keeps mapped. */
    private static final int TYPICAL_SEGMENTS = 128;

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
     * Returns a bounded pipe of {@link #DEFAULT_CAPACITY}.
     *
     * @return the specification
     */
    public static PipeSpec bounded() {
        return bounded(DEFAULT_CAPACITY);
    }

    /**
     * Returns a bounded pipe with the given capacity for each sender.
     *
     * @param capacity the capacity in bytes, 1 to 1 GiB, rounded up to a power of two and to whole
     *     pages; each message takes its length, rounded up to a multiple of 8, plus 8 bytes
     * @return the specification
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static PipeSpec bounded(int capacity) {
        check("capacity", capacity, 1, LaneDescriptor.MAX_CAPACITY);
        return new PipeSpec(capacity, 0, DEFAULT_MANY, 1, EnumSet.noneOf(Feature.class));
    }

    /**
     * Returns a pipe that grows: when a sender's ring is full, another one follows, up to a quota.
     * While receivers keep up, a sender uses one ring, and is as fast as in a bounded pipe of that
     * capacity. Rings are reused once their messages were received; surplus rings are returned to
     * the file system, except for two of each sender.
     *
     * @param quota the space that the messages of one sender may take, in bytes: at least two rings
     *     with their control words; rings are of {@link #DEFAULT_CAPACITY}, smaller if the quota
     *     would hold less than eight, and larger if it would hold more than 128
     * @return the specification
     * @throws IllegalArgumentException if the quota is out of range
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static PipeSpec unbounded(long quota) {
        long capacity = DEFAULT_CAPACITY;
        while (capacity > LaneDescriptor.MIN_CAPACITY && quota / capacity < 8) {
            capacity /= 2;
        }
        while (capacity < LaneDescriptor.MAX_CAPACITY && quota / capacity > TYPICAL_SEGMENTS) {
            capacity *= 2;
        }
        return unbounded(quota, (int) capacity);
    }

    /**
     * Returns a pipe that grows by rings of the given capacity, see {@link #unbounded(long)}.
     *
     * @param quota the space that the messages of one sender may take, in bytes: at least two rings
     *     with their control words, and at most 4096
     * @param capacity the capacity of a ring in bytes, 1 to 1 GiB, rounded up to a power of two and
     *     to whole pages; the longest message is 16 bytes shorter
     * @return the specification
     * @throws IllegalArgumentException if one of them is out of range
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static PipeSpec unbounded(long quota, int capacity) {
        if (quota < 1) {
            throw new IllegalArgumentException("quota=" + quota + " is not at least two rings");
        }
        PipeSpec ring = bounded(capacity);
        return new PipeSpec(capacity, quota, ring.senders, ring.receivers, ring.features)
                .checkQuota();
    }

    private PipeSpec checkQuota() {
        if (quota != 0) {
            long ring = pipeLayout().ringLength();
            if (quota / ring < 2 || quota / ring > MetaDescriptor.MAX_SEGMENTS) {
                long most = MetaDescriptor.MAX_SEGMENTS;
                throw new IllegalArgumentException(
                        "quota=%s is not in %s..%s: a ring of %s bytes takes %s, and there are 2 to %s of them"
                                .formatted(quota, 2 * ring, most * ring, capacity, ring, most));
            }
        }
        return this;
    }

    /**
     * Returns this specification with another policy for a sender that has no room: one whose part
     * of an unbounded pipe has reached the quota.
     *
     * @param policy the policy: {@link OverflowPolicy#BLOCK}; of an unbounded pipe also {@link
     *     OverflowPolicy#FAIL} and {@link OverflowPolicy#DROP_OLDEST}
     * @return the specification
     * @throws IllegalArgumentException if this pipe cannot have the policy; or for {@link
     *     OverflowPolicy#DROP_OLDEST} with {@link Order#ARRIVAL}
     */
    public PipeSpec overflow(OverflowPolicy policy) {
        boolean possible =
                switch (Objects.requireNonNull(policy, "policy")) {
                    case BLOCK -> true;
                    case FAIL, DROP_OLDEST -> quota != 0;
                    case DROP_NEWEST, CONFLATE -> false;
                };
        if (!possible) {
            String remedy =
                    quota == 0
                            ? "only BLOCK is possible; FAIL and DROP_OLDEST need an unbounded pipe"
                            : "BLOCK, FAIL and DROP_OLDEST are possible";
            throw new IllegalArgumentException(
                    "overflow=" + policy + " of a pipe that is " + kind() + ": " + remedy);
        }
        return with(Feature.DROP_OLDEST, policy == OverflowPolicy.DROP_OLDEST)
                .with(Feature.FAIL, policy == OverflowPolicy.FAIL)
                .checkOrder()
                .checkQuota();
    }

    /**
     * Returns a rendezvous pipe for messages of up to 65520 bytes: see {@link #rendezvous(int)}.
     *
     * @return the specification
     */
    public static PipeSpec rendezvous() {
        return rendezvous(OfferDescriptor.maxPayloadLength(DEFAULT_CAPACITY));
    }

    /**
     * Returns a rendezvous pipe, which has no buffer: a message passes from a waiting sender to a
     * receiver. {@code send} returns once the message has been received. A message is received at
     * most once, even if an end dies. On a timeout or an interrupt the sender retracts the message,
     * or reports that it was received.
     *
     * <p>A message is received when a receiver has copied it, before the handler runs. What a
     * receiver has not finished when it dies is lost, so {@link #delivery} has no effect.
     *
     * @param maxMessageLength the length of the longest message in bytes, 0 to 1 GiB less 16;
     *     longer messages may fit, since the space is rounded up to whole pages
     * @return the specification
     * @throws IllegalArgumentException if the length is out of range
     */
    public static PipeSpec rendezvous(int maxMessageLength) {
        int most = OfferDescriptor.maxPayloadLength(LaneDescriptor.MAX_CAPACITY);
        check("maxMessageLength", maxMessageLength, 0, most);
        return new PipeSpec(
                OfferDescriptor.PAYLOAD_OFFSET + maxMessageLength,
                0,
                DEFAULT_MANY,
                1,
                EnumSet.of(Feature.RENDEZVOUS));
    }

    /**
     * Returns this specification for one sender, or for {@link #DEFAULT_MANY} at once. Each sender
     * has a lane of its own, of the pipe's capacity, created when it is needed. Senders do not
     * contend with each other, and a sender that dies or is paused blocks no other end.
     *
     * @param ends one or many
     * @return the specification
     */
    public PipeSpec senders(Ends ends) {
        return new PipeSpec(capacity, quota, slots(ends), receivers, features);
    }

    /**
     * Returns this specification for a number of senders at once. Over time the pipe may have any
     * number of senders.
     *
     * @param atOnce the number, 1 to 4096
     * @return the specification
     * @throws IllegalArgumentException if the number is out of range
     */
    public PipeSpec senders(int atOnce) {
        check("senders", atOnce, 1, MetaDescriptor.MAX_ENDS);
        return new PipeSpec(capacity, quota, atOnce, receivers, features);
    }

    /**
     * Returns this specification for one receiver, or for {@link #DEFAULT_MANY} at once. Each
     * message goes to exactly one receiver. Receivers that share a lane compete for each message,
     * so a single receiver is faster.
     *
     * @param ends one or many
     * @return the specification
     * @throws IllegalArgumentException if {@link Order#ARRIVAL} is set
     */
    public PipeSpec receivers(Ends ends) {
        return receivers(slots(ends));
    }

    /**
     * Returns this specification for a number of receivers at once.
     *
     * @param atOnce the number, 1 to 4096
     * @return the specification
     * @throws IllegalArgumentException if the number is out of range, or {@link Order#ARRIVAL} is
     *     set
     */
    public PipeSpec receivers(int atOnce) {
        check("receivers", atOnce, 1, MetaDescriptor.MAX_ENDS);
        return new PipeSpec(capacity, quota, senders, atOnce, features).checkOrder().checkQuota();
    }

    private static int slots(Ends ends) {
        return Objects.requireNonNull(ends, "ends") == Ends.ONE ? 1 : DEFAULT_MANY;
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s=%s is not in %s..%s".formatted(what, value, least, most));
        }
    }

    /**
     * Returns this specification with another order among messages of different senders. Messages
     * of one sender are always received in the order in which it sent them.
     *
     * @param order the order
     * @return the specification
     * @throws IllegalArgumentException for {@link Order#ARRIVAL} with several receivers, which have
     *     no common order; of a rendezvous pipe, which stores no messages; or with {@link
     *     OverflowPolicy#DROP_OLDEST}
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
                    "order=ARRIVAL with receivers=%s: several receivers have no common order; use one, or order=SENDER"
                            .formatted(receivers));
        }
        if (features.contains(Feature.DROP_OLDEST) && features.contains(Feature.ARRIVAL_ORDER)) {
            throw new IllegalArgumentException(
                    "order=ARRIVAL with overflow=DROP_OLDEST: choose one of them");
        }
        return this;
    }

    /**
     * Returns this specification with another policy for messages that a receiver had taken and not
     * finished when it died.
     *
     * @param delivery whether they are delivered again
     * @return the specification
     */
    public PipeSpec delivery(Delivery delivery) {
        return with(
                Feature.AT_MOST_ONCE,
                Objects.requireNonNull(delivery, "delivery") == Delivery.AT_MOST_ONCE);
    }

    /**
     * Returns this specification with or without retention while there are no receivers. With it,
     * senders continue after the last receiver has left, and the pipe keeps what they send for the
     * next one.
     *
     * @param kept true to retain messages; false to throw a {@link BrokenChannelException} to
     *     senders
     * @return the specification
     */
    public PipeSpec retainWithoutReceivers(boolean kept) {
        return with(Feature.RETAIN_WITHOUT_RECEIVERS, kept);
    }

    /**
     * Returns this specification with or without access for the group of a named pipe's files (mode
     * 2770 and 0660, whatever the umask is). Members of the group may send, receive, and do any
     * harm that a peer can do.
     *
     * @param shared true to share the pipe with the group; false for its user only
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

    /**
     * Checks that an existing pipe has this specification.
     *
     * @throws InvalidPipeException if not; its message names each value that differs
     */
    void checkSame(Path path, PipeLayout found) {
        List<String> is = describe(found);
        List<String> should = describe(pipeLayout());
        StringJoiner differs = new StringJoiner(", ");
        StringJoiner expected = new StringJoiner(", ");
        for (int i = 0; i < is.size(); i++) {
            if (!is.get(i).equals(should.get(i))) {
                differs.add(is.get(i));
                expected.add(should.get(i));
            }
        }
        if (differs.length() > 0) {
            throw new InvalidPipeException(
                    path,
                    "a pipe with " + differs,
                    expected + ", as specified: use open, or delete the pipe first");
        }
    }

    private static List<String> describe(PipeLayout layout) {
        OverflowPolicy policy =
                layout.has(Feature.FAIL)
                        ? OverflowPolicy.FAIL
                        : layout.has(Feature.DROP_OLDEST)
                                ? OverflowPolicy.DROP_OLDEST
                                : OverflowPolicy.BLOCK;
        Delivery delivery =
                layout.has(Feature.AT_MOST_ONCE) ? Delivery.AT_MOST_ONCE : Delivery.AT_LEAST_ONCE;
        Object quota = layout.isSegmented() ? layout.segments() * layout.ringLength() : "none";
        return List.of(
                "rendezvous=" + layout.has(Feature.RENDEZVOUS),
                "capacity=" + layout.capacity(),
                "quota=" + quota,
                "senders=" + layout.senders(),
                "receivers=" + layout.receivers(),
                "order=" + (layout.has(Feature.ARRIVAL_ORDER) ? Order.ARRIVAL : Order.SENDER),
                "delivery=" + delivery,
                "overflow=" + policy,
                "retainWithoutReceivers=" + layout.has(Feature.RETAIN_WITHOUT_RECEIVERS),
                "sharedWithGroup=" + layout.has(Feature.GROUP));
    }

    /** Returns the geometry of such a pipe on this machine. */
    PipeLayout pipeLayout() {
        Platform.requireLinux(); // The page size is queried below.
        int least = Math.max(Mapping.pageSize(), LaneDescriptor.MIN_CAPACITY);
        int rounded = Integer.highestOneBit(2 * Math.max(capacity, least) - 1);
        long bits = 0;
        for (Feature feature : features) {
            bits |= feature.bit();
        }
        UUID uuid = Identifiers.newUuid();
        PipeLayout ring =
                new PipeLayout(uuid, Mapping.pageSize(), rounded, 1, senders, receivers, bits);
        int segments =
                quota == 0 ? 1 : (int) Math.min(Integer.MAX_VALUE, quota / ring.ringLength());
        return ring.withSegments(segments);
    }

    /**
     * Returns the requested capacity: of an unbounded pipe, that of each ring; of a rendezvous
     * pipe, the space that the longest message takes.
     *
     * @return the capacity in bytes
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
        String rest = features.isEmpty() ? "" : ", " + features;
        return "PipeSpec[%s, capacity=%s, senders=%s, receivers=%s%s]"
                .formatted(kind(), capacity, senders, receivers, rest);
    }
}
