package io.sluice.node;

import io.sluice.BrokenChannelException;
import io.sluice.pipe.PipeHandle;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The links by which one node answers the requests of others: its lanes in their pipes for replies.
 *
 * <p>An answer is for one request of one generation of its asker. If that has gone, the answer is
 * dropped and counted: it must not fill the pipe of a successor.
 *
 * <p>Any thread; each link has a lock, which is free unless two threads answer the same node.
 */
final class ReplyLinks implements AutoCloseable {
    /** How long an answer waits for room before it looks whether its asker is still there. */
    private static final long RECHECK_NANOS = 50_000_000;

    /** The link to one asker. */
    private static final class ReplyLane {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile NodeLink link; // Written under the lock.
    }

    private final NodeRegistry registry;
    private final NodeParameters parameters;
    private final int self;
    private final AtomicLong dropped;
    private final ReplyLane[] lanes; // Guarded by this.
    private boolean closed; // Guarded by this.

    /**
     * Creates the links, none of which is open.
     *
     * @param registry the names
     * @param parameters how to wait for room
     * @param self the number of this node
     * @param dropped counts answers whose asker has gone
     */
    ReplyLinks(NodeRegistry registry, NodeParameters parameters, int self, AtomicLong dropped) {
        this.registry = registry;
        this.parameters = parameters;
        this.self = self;
        this.dropped = dropped;
        this.lanes = new ReplyLane[registry.capacity()];
    }

    /** How an attempt to answer ended. */
    enum ReplyResult {
        /** The answer was sent. */
        SENT,
        /** There is no room now. */
        FULL,
        /** The asker has gone: the answer would not be read. */
        GONE
    }

    /**
     * Sends an answer.
     *
     * @param kind the kind of answer
     * @param asker the first word of the request
     * @param number the number of the request
     * @param array the content, or null
     * @param segment the content, if there is no array
     * @param offset the offset of the content in one of them
     * @param length the length of the content, in bytes
     * @param nanos how long to wait for room
     * @throws InterruptedException if this thread was interrupted while it waited for room
     * @throws IllegalStateException if the node is closed
     */
    ReplyResult send(
            int kind,
            long asker,
            long number,
            byte[] array,
            MemorySegment segment,
            long offset,
            int length,
            long nanos)
            throws InterruptedException {
        int slot = HeaderDescriptor.slot(asker);
        long generation = HeaderDescriptor.generation(asker);
        ReplyLane lane = lane(slot);
        lane.lock.lock();
        try {
            if (registry.joined(slot) != generation) {
                return gone();
            }
            if (lane.link == null) {
                lane.link = open(slot);
            }
            NodeLink link = lane.link;
            long first = HeaderDescriptor.first(kind, slot, generation);
            long second = HeaderDescriptor.second(number, 0);
            // The form that waits, even for no time: another thread may close the node meanwhile.
            long left = nanos;
            while (!link.claim(first, second, length, Math.min(left, RECHECK_NANOS))) {
                // The pipe has a receiver again if the name has another owner, which may not read.
                if (registry.joined(slot) != generation) {
                    return gone();
                }
                left = nanos == Waiter.NO_TIMEOUT ? nanos : left - RECHECK_NANOS;
                if (left <= 0) {
                    return ReplyResult.FULL;
                }
            }
            link.send(array, segment, offset, length);
            return ReplyResult.SENT;
        } catch (BrokenChannelException | NoSuchFileException e) {
            return gone();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the pipe for replies of name " + slot + " cannot be used now", e);
        } finally {
            lane.lock.unlock();
        }
    }

    private ReplyResult gone() {
        dropped.incrementAndGet();
        return ReplyResult.GONE;
    }

    private synchronized ReplyLane lane(int slot) {
        if (closed) {
            throw new IllegalStateException("the node is closed");
        }
        if (lanes[slot] == null) {
            lanes[slot] = new ReplyLane();
        }
        return lanes[slot];
    }

    private NodeLink open(int slot) throws IOException {
        Path path = registry.replies(registry.nameOfOwner(slot));
        try (PipeHandle pipe = PipeHandle.open(path, false)) {
            return new NodeLink(pipe.sender(parameters.idle(), parameters.spins(), self), slot);
        }
    }

    /** Closes the links. An answer that waits for room throws. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        for (ReplyLane lane : lanes) { // No longer written.
            if (lane != null) {
                NodeLink link = lane.link;
                if (link != null) {
                    link.close();
                }
                lane.lock.lock(); // Any answer in the meantime has ended.
                try {
                    if (lane.link != null) {
                        lane.link.close();
                    }
                } finally {
                    lane.lock.unlock();
                }
            }
        }
    }
}
