package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.transport.CopyLink.TransferCalls;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A mechanism of the kernel whose ends hold descriptors. A subclass says how they get them; how a
 * descriptor is used is written here, once for all.
 */
abstract class DescriptorTransport extends ListedTransport {
    /** How the ends use their descriptors. */
    enum Use {
        /** A message a call, of a stream of bytes. */
        STREAM,
        /** A message a call, which arrives whole. */
        MESSAGES,
        /** Several messages a call, of a stream of bytes. */
        BUFFERED,
        /** Several messages a call, each of which arrives whole. */
        VECTORS,
        /** A message a call, which arrives whole; a count in shared memory limits how many wait. */
        WINDOW,
        /** No call blocks: a flag in shared memory says when to receive. */
        HINT,
        /** No call blocks: ends call again and again. */
        NONBLOCK
    }

    abstract Descriptors connect(Role role, Path directory, String address) throws IOException;

    /**
     * Returns how many messages certainly fit, where the ends must not block. In a socket a
     * message's buffer is rounded up, to twice its size at most, and has a head of its own.
     */
    long room(long capacity, int size) {
        return Math.max(1, capacity / (2L * size + 2048));
    }

    /** Returns the calls that transfer a message each. */
    TransferCalls calls(int size) {
        return row.use() == Use.MESSAGES || row.use() == Use.WINDOW
                ? TransferCalls.MESSAGES
                : TransferCalls.STREAM;
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Descriptors ends = connect(role, directory, address);
        if (row.use() == Use.NONBLOCK) {
            KernelCalls.addFlag(ends.in, KernelCalls.NON_BLOCKING);
            KernelCalls.addFlag(ends.out, KernelCalls.NON_BLOCKING);
        }
        return switch (row.use()) {
            case BUFFERED -> BatchingLink.ofStream(ends, size);
            case VECTORS -> BatchingLink.ofMessages(ends, size);
            case STREAM, MESSAGES, NONBLOCK -> new CopyLink(ends, calls(size), size);
            case HINT, WINDOW -> counted(ends, size, new Counts(directory, role));
        };
    }

    /**
     * Returns a link whose sender waits, by counts in shared memory, while there may be no room.
     *
     * <p>Hinted, no end ever sleeps, which removes the waiting from the kernel's cost and keeps the
     * rest: the sender sends, and then increments a word in shared memory; the receiver spins on
     * that word until it changes, and only then receives, so that no call blocks, fails or contends
     * for a lock.
     */
    private Link counted(Descriptors ends, int size, Counts counts) {
        long room = room(ends.capacity, size);
        boolean spins = row.use() == Use.HINT;
        return new CopyLink(ends, calls(size), size) {
            @Override
            public void send(Payload payload, long sequence) throws IOException {
                counts.awaitRoom(room);
                super.send(payload, sequence);
                counts.countSent();
            }

            @Override
            public void receive(Payload payload, int limit) throws IOException {
                if (spins) {
                    counts.awaitMessage();
                }
                super.receive(payload, limit);
                counts.countReceived();
            }
        };
    }
}
