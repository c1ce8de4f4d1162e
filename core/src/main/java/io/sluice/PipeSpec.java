package io.sluice;

import io.sluice.pipe.PipeParameters;
import java.util.Objects;

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

    private final PipeParameters parameters;

    private PipeSpec(PipeParameters parameters) {
        this.parameters = parameters;
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
        return new PipeSpec(PipeParameters.bounded(capacity, DEFAULT_MANY));
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
        return new PipeSpec(PipeParameters.scaled(quota, DEFAULT_CAPACITY, DEFAULT_MANY));
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
        return new PipeSpec(PipeParameters.unbounded(quota, capacity, DEFAULT_MANY));
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
        return new PipeSpec(parameters.with(policy));
    }

    /**
     * Returns a rendezvous pipe for messages of up to 65520 bytes: see {@link #rendezvous(int)}.
     *
     * @return the specification
     */
    public static PipeSpec rendezvous() {
        return rendezvous(DEFAULT_CAPACITY - 16); // 16 bytes lie in front of a message.
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
        return new PipeSpec(PipeParameters.rendezvous(maxMessageLength, DEFAULT_MANY));
    }

    /**
     * Returns a broadcast of {@link #DEFAULT_CAPACITY}: see {@link #broadcast(int)}.
     *
     * @return the specification
     */
    public static PipeSpec broadcast() {
        return broadcast(DEFAULT_CAPACITY);
    }

    /**
     * Returns a broadcast: a bounded pipe of which every receiver gets every message that is sent
     * after it has attached. By default it is for one sender and 16 receivers, the most that it can
     * have.
     *
     * <p>Each receiver chooses how it is treated when it is slower than the senders. A
     * <em>gated</em> receiver, the default, loses nothing: senders wait for it. A {@linkplain
     * EndOptions#lossy() lossy} receiver does not hold a sender up: what it has not received is
     * overwritten, and it learns exactly how much. While no receiver is gated, senders never wait.
     *
     * <p>A receiver that leaves or dies keeps nothing: its successor begins anew, where {@link
     * EndOptions#startAt} says. So {@link #delivery} has no effect.
     *
     * @param capacity the capacity in bytes, 1 to 1 GiB, rounded up to a power of two and to whole
     *     pages; each message takes its length, rounded up to a multiple of 8, plus 8 bytes
     * @return the specification
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static PipeSpec broadcast(int capacity) {
        return new PipeSpec(PipeParameters.broadcast(capacity));
    }

    /**
     * Returns this broadcast with or without the demotion of receivers that are too far behind.
     * With it, a sender that finds a gated receiver three quarters of its capacity behind makes it
     * a lossy one: the sender goes on, and the receiver counts what it loses from then on. Distance
     * decides, not time. Receivers of such a pipe copy each message before the handler gets it.
     *
     * @param demoting true to demote receivers; false to wait for them
     * @return the specification
     * @throws IllegalArgumentException if this is not a broadcast
     */
    public PipeSpec demoting(boolean demoting) {
        return new PipeSpec(parameters.withDemotion(demoting));
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
        return senders(slots(ends));
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
        return new PipeSpec(parameters.withSenders(atOnce));
    }

    /**
     * Returns this specification for one receiver, or for {@link #DEFAULT_MANY} at once. Each
     * message goes to exactly one receiver. Receivers that share a lane compete for each message,
     * so a single receiver is faster. Of a {@link #broadcast(int)} each receiver gets each message,
     * and {@link Ends#MANY} are 16.
     *
     * @param ends one or many
     * @return the specification
     * @throws IllegalArgumentException if {@link Order#ARRIVAL} is set
     */
    public PipeSpec receivers(Ends ends) {
        return receivers(Math.min(slots(ends), parameters.maxReceivers()));
    }

    /**
     * Returns this specification for a number of receivers at once.
     *
     * @param atOnce the number, 1 to 4096; of a broadcast, 1 to 16
     * @return the specification
     * @throws IllegalArgumentException if the number is out of range, or {@link Order#ARRIVAL} is
     *     set
     */
    public PipeSpec receivers(int atOnce) {
        return new PipeSpec(parameters.withReceivers(atOnce));
    }

    private static int slots(Ends ends) {
        return Objects.requireNonNull(ends, "ends") == Ends.ONE ? 1 : DEFAULT_MANY;
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
        return new PipeSpec(parameters.with(order));
    }

    /**
     * Returns this specification with another policy for messages that a receiver had taken and not
     * finished when it died.
     *
     * @param delivery whether they are delivered again
     * @return the specification
     */
    public PipeSpec delivery(Delivery delivery) {
        return new PipeSpec(parameters.with(delivery));
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
        return new PipeSpec(parameters.withRetention(kept));
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
        return new PipeSpec(parameters.withGroup(shared));
    }

    PipeParameters parameters() {
        return parameters;
    }

    /**
     * Returns the requested capacity: of an unbounded pipe, that of each ring; of a rendezvous
     * pipe, the space that the longest message takes.
     *
     * @return the capacity in bytes
     */
    public int capacity() {
        return parameters.capacity();
    }

    @Override
    public String toString() {
        return "PipeSpec[" + parameters + "]";
    }
}
