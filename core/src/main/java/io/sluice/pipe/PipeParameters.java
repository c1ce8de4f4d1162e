package io.sluice.pipe;

import io.sluice.Delivery;
import io.sluice.InvalidPipeException;
import io.sluice.Order;
import io.sluice.OverflowPolicy;
import io.sluice.linux.Mapping;
import io.sluice.linux.Platform;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.ring.LaneDescriptor;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The parameters of a pipe that is to be made: each is in range, and they do not contradict each
 * other. {@link io.sluice.PipeSpec} documents them.
 *
 * @param capacity the requested capacity of a ring, in bytes
 * @param quota the space of one sender in bytes; 0 unless the pipe is unbounded
 * @param senders the maximum number of attached senders
 * @param receivers the maximum number of attached receivers
 * @param features what else distinguishes the pipe
 */
public record PipeParameters(
        int capacity, long quota, int senders, int receivers, Set<Feature> features) {
    /** The number of segments that each end keeps mapped. */
    private static final int TYPICAL_SEGMENTS = 128;

    /**
     * Returns a bounded pipe with one receiver.
     *
     * @param capacity the capacity in bytes
     * @param senders the maximum number of attached senders
     * @return the parameters
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static PipeParameters bounded(int capacity, int senders) {
        return new PipeParameters(capacity, 0, senders, 1, EnumSet.noneOf(Feature.class)).checked();
    }

    /**
     * Returns an unbounded pipe with one receiver.
     *
     * @param quota the space of one sender, in bytes
     * @param capacity the capacity of a ring in bytes, unless the quota holds too few or too many
     *     of them
     * @param senders the maximum number of attached senders
     * @return the parameters
     * @throws IllegalArgumentException if the quota is out of range
     */
    public static PipeParameters scaled(long quota, int capacity, int senders) {
        long fitting = capacity;
        while (fitting > LaneDescriptor.MIN_CAPACITY && quota / fitting < 8) {
            fitting /= 2;
        }
        while (fitting < LaneDescriptor.MAX_CAPACITY && quota / fitting > TYPICAL_SEGMENTS) {
            fitting *= 2;
        }
        return unbounded(quota, (int) fitting, senders);
    }

    /**
     * Returns an unbounded pipe with one receiver.
     *
     * @param quota the space of one sender, in bytes
     * @param capacity the capacity of a ring, in bytes
     * @param senders the maximum number of attached senders
     * @return the parameters
     * @throws IllegalArgumentException if one of them is out of range
     */
    public static PipeParameters unbounded(long quota, int capacity, int senders) {
        if (quota < 1) {
            throw new IllegalArgumentException("quota=" + quota + " is not at least two rings");
        }
        return new PipeParameters(capacity, quota, senders, 1, EnumSet.noneOf(Feature.class))
                .checked();
    }

    /**
     * Returns a rendezvous pipe with one receiver.
     *
     * @param maxMessageLength the length of the longest message, in bytes
     * @param senders the maximum number of attached senders
     * @return the parameters
     * @throws IllegalArgumentException if the length is out of range
     */
    public static PipeParameters rendezvous(int maxMessageLength, int senders) {
        int most = LaneDescriptor.MAX_CAPACITY - LaneDescriptor.offerLength(0);
        check("maxMessageLength", maxMessageLength, 0, most);
        return new PipeParameters(
                LaneDescriptor.offerLength(maxMessageLength),
                0,
                senders,
                1,
                EnumSet.of(Feature.RENDEZVOUS));
    }

    /**
     * Returns a broadcast with one sender and the maximum number of receivers.
     *
     * @param capacity the capacity in bytes
     * @return the parameters
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static PipeParameters broadcast(int capacity) {
        return new PipeParameters(
                        capacity,
                        0,
                        1,
                        LaneDescriptor.MAX_BROADCAST_RECEIVERS,
                        EnumSet.of(Feature.BROADCAST))
                .checked();
    }

    /**
     * Returns these parameters with or without the demotion of receivers that are too far behind.
     *
     * @param demoting whether senders demote receivers
     * @return the parameters
     * @throws IllegalArgumentException if this is not a broadcast
     */
    public PipeParameters withDemotion(boolean demoting) {
        return with(Feature.DEMOTE, demoting).checked();
    }

    /**
     * Returns these parameters with another number of senders.
     *
     * @param atOnce the maximum number of attached senders
     * @return the parameters
     * @throws IllegalArgumentException if it is out of range
     */
    public PipeParameters withSenders(int atOnce) {
        return new PipeParameters(capacity, quota, atOnce, receivers, features).checked();
    }

    /**
     * Returns these parameters with another number of receivers.
     *
     * @param atOnce the maximum number of attached receivers
     * @return the parameters
     * @throws IllegalArgumentException if it is out of range, or contradicts another one
     */
    public PipeParameters withReceivers(int atOnce) {
        return new PipeParameters(capacity, quota, senders, atOnce, features).checked();
    }

    /**
     * Returns these parameters with another policy for a sender that has no room.
     *
     * @param policy the policy
     * @return the parameters
     * @throws IllegalArgumentException if this pipe cannot have it
     */
    public PipeParameters with(OverflowPolicy policy) {
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
                .checked();
    }

    /**
     * Returns these parameters with another order.
     *
     * @param order the order of the messages of different senders
     * @return the parameters
     * @throws IllegalArgumentException if this pipe cannot have it
     */
    public PipeParameters with(Order order) {
        return with(Feature.ARRIVAL_ORDER, Objects.requireNonNull(order, "order") == Order.ARRIVAL)
                .checked();
    }

    /**
     * Returns these parameters with another policy for the messages of a dead receiver.
     *
     * @param delivery the policy
     * @return the parameters
     */
    public PipeParameters with(Delivery delivery) {
        return with(
                Feature.AT_MOST_ONCE,
                Objects.requireNonNull(delivery, "delivery") == Delivery.AT_MOST_ONCE);
    }

    /**
     * Returns these parameters with or without retention while there are no receivers.
     *
     * @param kept whether messages are retained
     * @return the parameters
     */
    public PipeParameters withRetention(boolean kept) {
        return with(Feature.RETAIN_WITHOUT_RECEIVERS, kept);
    }

    /**
     * Returns these parameters with or without access for a group.
     *
     * @param shared whether the files' group has access
     * @return the parameters
     */
    public PipeParameters withGroup(boolean shared) {
        return with(Feature.GROUP, shared);
    }

    private PipeParameters with(Feature feature, boolean present) {
        Set<Feature> changed = EnumSet.copyOf(features);
        if (present) {
            changed.add(feature);
        } else {
            changed.remove(feature);
        }
        return new PipeParameters(capacity, quota, senders, receivers, changed);
    }

    private PipeParameters checked() {
        check("capacity", capacity, 1, LaneDescriptor.MAX_CAPACITY);
        check("senders", senders, 1, MetaDescriptor.MAX_ENDS);
        check("receivers", receivers, 1, MetaDescriptor.MAX_ENDS);
        checkBroadcast();
        if (features.contains(Feature.ARRIVAL_ORDER)) {
            if (features.contains(Feature.RENDEZVOUS)) {
                throw new IllegalArgumentException(
                        "order=ARRIVAL of a rendezvous pipe: its senders wait, and none comes"
                                + " before another; use order=SENDER");
            }
            if (receivers > 1) {
                throw new IllegalArgumentException(
                        "order=ARRIVAL with receivers=%s: several receivers have no common order; use one, or order=SENDER"
                                .formatted(receivers));
            }
            if (features.contains(Feature.DROP_OLDEST)) {
                throw new IllegalArgumentException(
                        "order=ARRIVAL with overflow=DROP_OLDEST: choose one of them");
            }
        }
        if (quota != 0) {
            checkQuota(layout().ringLength());
        }
        return this;
    }

    /**
     * Returns the largest number of receivers that such a pipe can have.
     *
     * @return the number
     */
    public int maxReceivers() {
        return features.contains(Feature.BROADCAST)
                ? LaneDescriptor.MAX_BROADCAST_RECEIVERS
                : MetaDescriptor.MAX_ENDS;
    }

    private void checkBroadcast() {
        if (features.contains(Feature.BROADCAST)) {
            if (receivers > LaneDescriptor.MAX_BROADCAST_RECEIVERS) {
                throw new IllegalArgumentException(
                        "receivers=%s of a broadcast: it has at most %s"
                                .formatted(receivers, LaneDescriptor.MAX_BROADCAST_RECEIVERS));
            }
            if (features.contains(Feature.ARRIVAL_ORDER)) {
                throw new IllegalArgumentException(
                        "order=ARRIVAL of a broadcast: its receivers have no common order; use"
                                + " order=SENDER");
            }
        } else if (features.contains(Feature.DEMOTE)) {
            throw new IllegalArgumentException(
                    "demotion of receivers that are behind: only a broadcast has it");
        }
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s=%s is not in %s..%s".formatted(what, value, least, most));
        }
    }

    private void checkQuota(long ring) {
        long most = MetaDescriptor.MAX_SEGMENTS;
        if (quota / ring < 2 || quota / ring > most) {
            throw new IllegalArgumentException(
                    "quota=%s is not in %s..%s: a ring of %s bytes takes %s, and there are 2 to %s of them"
                            .formatted(quota, 2 * ring, most * ring, capacity, ring, most));
        }
    }

    /**
     * Returns the geometry of such a pipe on this machine.
     *
     * @return the geometry, with an identity of its own
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public PipeLayout layout() {
        Platform.requireLinux(); // The page size is queried below.
        int least = Math.max(Mapping.pageSize(), LaneDescriptor.MIN_CAPACITY);
        int rounded = Integer.highestOneBit(2 * Math.max(capacity, least) - 1);
        long bits = 0;
        for (Feature feature : features) {
            bits |= feature.bit();
        }
        PipeLayout ring =
                new PipeLayout(
                        Platform.newUuid(),
                        Mapping.pageSize(),
                        rounded,
                        1,
                        senders,
                        receivers,
                        bits);
        return quota == 0
                ? ring
                : ring.withSegments((int) Math.min(Integer.MAX_VALUE, quota / ring.ringLength()));
    }

    /**
     * Checks that an existing pipe has these parameters.
     *
     * @throws InvalidPipeException if not; its message names each value that differs
     */
    void checkSame(Path path, PipeLayout found) {
        List<String> is = describe(found);
        List<String> should = describe(layout());
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

    /** Returns what an existing pipe was made with: a name and a value of each property. */
    static List<String> describe(PipeLayout layout) {
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
                "broadcast=" + layout.has(Feature.BROADCAST),
                "demoting=" + layout.has(Feature.DEMOTE),
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

    private String kind() {
        if (features.contains(Feature.RENDEZVOUS)) {
            return "rendezvous";
        }
        if (features.contains(Feature.BROADCAST)) {
            return "broadcast";
        }
        return quota == 0 ? "bounded" : "unbounded, quota=" + quota;
    }

    @Override
    public String toString() {
        String rest = features.isEmpty() ? "" : ", " + features;
        return "%s, capacity=%s, senders=%s, receivers=%s%s"
                .formatted(kind(), capacity, senders, receivers, rest);
    }
}
