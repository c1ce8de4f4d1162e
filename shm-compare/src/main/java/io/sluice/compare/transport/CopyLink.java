package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A link over a copying mechanism: a message is written into a buffer of this end, and checked in a
 * buffer of the other. One call transfers one message.
 */
final class CopyLink implements Link {
    /** Room after a message, to detect one that is too long. */
    static final int SLACK = 8;

    /** Sends the buffer's content after the mechanism's own header. */
    interface Send {
        void to(int out, MemorySegment buffer, int length) throws IOException;
    }

    /** Receives one message; returns how long it is, its header not counted. */
    interface Receive {
        int from(int in, MemorySegment buffer, int length) throws IOException;
    }

    private final Descriptors ends;
    private final Send send;
    private final Receive receive;
    private final Runnable release;
    private final int header;
    private final int room;
    private final MemorySegment outgoing;
    private final MemorySegment incoming;
    private boolean closed;

    /** Messages of one size; a call receives up to {@code room} bytes. */
    CopyLink(
            Descriptors ends,
            Send send,
            Receive receive,
            Runnable release,
            int header,
            int size,
            int room) {
        this.ends = ends;
        this.send = send;
        this.receive = receive;
        this.release = release;
        this.header = header;
        this.room = room;
        this.outgoing = Arena.ofAuto().allocate(header + (long) size, 64);
        this.incoming = Arena.ofAuto().allocate(header + (long) room, 64);
    }

    /** Returns a link over a stream: a read requests no more than a message. */
    static CopyLink ofStream(Descriptors ends, int size) {
        return new CopyLink(
                ends, KernelCalls::writeFully, KernelCalls::readFully, ends::close, 0, size, size);
    }

    /** Returns a link over messages: a read would take a longer one, too. */
    static CopyLink ofMessages(Descriptors ends, int size) {
        return new CopyLink(
                ends,
                KernelCalls::writeMessage,
                KernelCalls::readMessage,
                ends::close,
                0,
                size,
                size + SLACK);
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        payload.write(outgoing, header, sequence);
        send.to(ends.out(), outgoing, payload.size());
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        payload.verify(incoming, header, receive.from(ends.in(), incoming, room));
    }

    @Override
    public long capacity() {
        return ends.capacity();
    }

    @Override
    public void close() {
        if (!closed) { // The numbers may be other descriptors' by now.
            closed = true;
            release.run();
        }
    }
}
