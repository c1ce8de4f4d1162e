package io.sluice;

import io.sluice.lane.ExclusiveLaneReceiver;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Objects;

/**
 * The receiving end of a {@link Pipe}.
 *
 * <p>Messages are handed to a {@link MessageHandler} in place, in batches; a batch's space goes
 * back to the sender when the batch is done. Receiving neither allocates nor locks nor makes a
 * system call while messages flow; a receiver that finds nothing asks the kernel once in a
 * millisecond whether the sender lives.
 *
 * <p>If a handler throws, the exception reaches the caller, and the message that it was handed
 * counts as received; the pipe stays usable. Every method throws {@link IllegalStateException}
 * after {@link #close}.
 *
 * <p>Belongs to one thread at a time.
 */
public final class PipeReceiver implements AutoCloseable {
    private final PipeEnd end;
    private final ExclusiveLaneReceiver lane;
    private final MessageHandler copier = this::copy;
    private byte[] copied;
    private boolean ended;

    PipeReceiver(PipeEnd end) {
        this.end = end;
        try {
            this.lane = new ExclusiveLaneReceiver(end.lane().control(), end.lane().ring());
        } catch (RuntimeException e) {
            end.close();
            throw e;
        }
    }

    private void copy(MemorySegment memory, long offset, int length) {
        copied = memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    /**
     * Hands out messages that are there.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @return how many; 0 if there is none now, or {@link #ended}
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     */
    public int poll(MessageHandler handler, int limit) {
        int count = lane.poll(handler, limit);
        if (count == 0) {
            nothing(limit);
        } else if (ended) {
            ended = false;
        }
        return count;
    }

    /** The end is exact: the sender's last message is visible before its leaving is. */
    private void nothing(int limit) {
        end.checkOpen();
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + " is not at least 1");
        }
        boolean now = end.otherHasLeftAfterAll(lane.position()) && !lane.hasNext();
        if (now != ended) { // Written only when it changes: its line may be others' too.
            ended = now;
        }
    }

    /**
     * Hands out messages, and waits for the first if there is none.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @return how many, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     */
    public int receive(MessageHandler handler, int limit) throws InterruptedException {
        int count = poll(handler, limit);
        if (count > 0) {
            return count;
        }
        end.beginWaiting();
        while (!ended) {
            end.waitOnce();
            count = poll(handler, limit);
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    /**
     * Hands out messages, and waits some time for the first if there is none.
     *
     * @param handler is handed each message, in order
     * @param limit how many at the most, at least 1
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return how many, 0 if none came in that time, or -1 at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws ChannelCorruptedException if the lane holds something that no sender wrote
     */
    public int receive(MessageHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        int count = poll(handler, limit);
        if (count > 0) {
            return count;
        }
        long deadline = PipeEnd.deadline(timeout);
        end.beginWaiting();
        while (!ended) {
            if (deadline - System.nanoTime() <= 0) {
                return 0;
            }
            end.waitOnce();
            count = poll(handler, limit);
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    /**
     * Takes a message that is there. Allocates its copy.
     *
     * @return the message, or null if there is none now, or {@link #ended}
     */
    public byte[] tryReceive() {
        copied = null;
        poll(copier, 1);
        return copied;
    }

    /**
     * Takes a message, and waits for it if there is none. Allocates its copy.
     *
     * @return the message, or null at the end of the stream
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     */
    public byte[] receive() throws InterruptedException {
        copied = null;
        receive(copier, 1);
        return copied;
    }

    /**
     * Takes a message, and waits some time for it if there is none. Allocates its copy.
     *
     * @param timeout how long to wait at the most; zero or less does not wait
     * @return the message, or null if none came in that time, or {@link #ended}
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     */
    public byte[] receive(Duration timeout) throws InterruptedException {
        copied = null;
        receive(copier, 1, timeout);
        return copied;
    }

    /**
     * Whether the last call found the end of the stream: the sender had closed or died, and all
     * that it had sent was received. Should another sender attach later, messages arrive again, and
     * this is false again.
     *
     * @return whether it has ended
     */
    public boolean ended() {
        return ended;
    }

    /**
     * Breaks the pipe: what was not received is not read any more, and the sender gets a {@link
     * BrokenChannelException}. Closing twice is no error.
     */
    @Override
    public void close() {
        if (end.isClosed()) {
            return;
        }
        end.close();
    }

    @Override
    public String toString() {
        return "PipeReceiver["
                + end.path()
                + (end.isClosed() ? ", closed" : ", position=" + lane.position())
                + (ended ? ", ended" : "")
                + "]";
    }
}
