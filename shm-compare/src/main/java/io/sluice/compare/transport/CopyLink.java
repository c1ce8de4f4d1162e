package io.sluice.compare.transport;

import io.sluice.compare.kernel.KernelCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A link over a copying mechanism: a message is written into a buffer of this end, and checked in a
 * buffer of the other. One call transfers one message.
 */
class CopyLink extends DescriptorLink {
    /** Sends the buffer's content after the mechanism's own header. */
    interface Send {
        void to(int out, MemorySegment buffer, int length) throws IOException;
    }

    /** Receives one message; returns how long it is, its header not counted. */
    interface Receive {
        int from(int in, MemorySegment buffer, int length) throws IOException;
    }

    /**
     * How messages are sent and received.
     *
     * @param header how many bytes the mechanism has in front of a message
     * @param slack how many more a receiver has room for
     */
    record TransferCalls(Send send, Receive receive, int header, int slack) {
        /** Over a stream: a read requests no more than a message. */
        static final TransferCalls STREAM =
                new TransferCalls(KernelCalls::writeFully, KernelCalls::readFully, 0, 0);

        /** Of whole messages: the slack detects one that is too long. */
        static final TransferCalls MESSAGES =
                new TransferCalls(
                        KernelCalls::writeMessage, KernelCalls::readMessage, 0, Long.BYTES);
    }

    private final Send send;
    private final Receive receive;
    private final int header;
    private final int room;
    private final MemorySegment outgoing;
    private final MemorySegment incoming;

    CopyLink(Descriptors ends, TransferCalls calls, int size) {
        super(ends);
        this.send = calls.send;
        this.receive = calls.receive;
        this.header = calls.header;
        this.room = size + calls.slack;
        this.outgoing = Arena.ofAuto().allocate(header + (long) size, 64);
        this.incoming = Arena.ofAuto().allocate(header + (long) room, 64);
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        payload.write(outgoing, header, sequence);
        send.to(ends.out, outgoing, payload.size());
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        payload.verify(incoming, header, receive.from(ends.in, incoming, room));
    }
}
