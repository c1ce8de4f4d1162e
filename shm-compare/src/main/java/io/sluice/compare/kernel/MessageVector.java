package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.SystemCallException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Several messages of one size a call, over a socket that keeps messages apart: {@code sendmmsg(2)}
 * and {@code recvmmsg(2)}. One thread.
 */
public final class MessageVector {
    /** Do not wait for a second message. */
    private static final int MSG_WAITFORONE = 0x10000;

    // struct mmsghdr of 64-bit Linux: a struct msghdr, and how long the message was.
    private static final long HEADER = 64;
    private static final long IOV = 16;
    private static final long IOV_LENGTH = 24;
    private static final long LENGTH = 56;
    private static final long IOV_SIZE = 16;

    private static final Downcall SENDMMSG = Downcall.of("sendmmsg");
    private static final Downcall RECVMMSG = Downcall.of("recvmmsg");

    private final int size;
    private final MemorySegment headers;

    /**
     * Creates a vector over a buffer.
     *
     * @param messages where the messages are, one behind the other
     * @param size the length of each in bytes
     */
    public MessageVector(MemorySegment messages, int size) {
        this.size = size;
        long count = messages.byteSize() / size;
        this.headers = Arena.ofAuto().allocate(count * (HEADER + IOV_SIZE), 8);
        for (long i = 0; i < count; i++) {
            long iov = count * HEADER + i * IOV_SIZE;
            headers.set(ADDRESS, i * HEADER + IOV, headers.asSlice(iov));
            headers.set(JAVA_LONG, i * HEADER + IOV_LENGTH, 1L);
            headers.set(ADDRESS, iov, messages.asSlice(i * size));
            headers.set(JAVA_LONG, iov + 8, size);
        }
    }

    /**
     * Sends the first messages of the buffer.
     *
     * @param socket a connected socket
     * @param count how many
     * @throws SystemCallException if the other end is gone, or it fails otherwise
     */
    public void send(int socket, int count) throws SystemCallException {
        int done = 0;
        while (done < count) {
            done += SENDMMSG.transfer(socket, headers.asSlice(done * HEADER), count - done);
        }
    }

    /**
     * Receives messages, and waits for the first.
     *
     * @param socket a connected socket
     * @param count the largest number
     * @return how many there are; 0 if the other end is gone
     * @throws IOException if one has another length, or it fails otherwise
     */
    public int receive(int socket, int count) throws IOException {
        int n = RECVMMSG.transfer(socket, headers, count, MSG_WAITFORONE, 0);
        for (int i = 0; i < n; i++) {
            int length = headers.get(JAVA_INT, i * HEADER + LENGTH);
            if (length == 0) {
                return i; // The end; the next call finds it again.
            } else if (length != size) {
                throw new IOException("a message of " + length + " bytes, not " + size);
            }
        }
        return n;
    }
}
