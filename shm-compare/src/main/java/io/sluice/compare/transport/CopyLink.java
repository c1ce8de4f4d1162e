package io.sluice.compare.transport;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A link over a copying mechanism: a message is written into a buffer of this end, and checked in a
 * buffer of the other. One call transfers one message.
 */
final class CopyLink implements Link {
    /** Room after a message, to detect one that is too long. */
    private static final int SLACK = 8;

    private final Carrier carrier;
    private final int header;
    private final int room;
    private final MemorySegment outgoing;
    private final MemorySegment incoming;
    private boolean closed;

    /** Messages of one size over a carrier that delivers whole messages. */
    CopyLink(Carrier carrier, int header, int size, int room) {
        this.carrier = carrier;
        this.header = header;
        this.room = room;
        this.outgoing = Arena.ofAuto().allocate(header + (long) size, 64);
        this.incoming = Arena.ofAuto().allocate(header + (long) room, 64);
    }

    /** Returns a link over a stream: a read requests no more than a message. */
    static CopyLink ofStream(Carrier carrier, int size) {
        return new CopyLink(carrier, 0, size, size);
    }

    /** Returns a link over messages: a read would take a longer one, too. */
    static CopyLink ofMessages(Carrier carrier, int size) {
        return new CopyLink(carrier, 0, size, size + SLACK);
    }

    @Override
    public void send(Payload payload, long sequence) throws IOException {
        payload.write(outgoing, header, sequence);
        carrier.send(outgoing, payload.size());
    }

    @Override
    public void receive(Payload payload, int limit) throws IOException {
        int length = carrier.receive(incoming, room);
        payload.verify(incoming, header, length);
    }

    @Override
    public long capacity() throws IOException {
        return carrier.capacity();
    }

    @Override
    public void close() {
        if (!closed) { // The numbers may be other descriptors' by now.
            closed = true;
            carrier.close();
        }
    }
}
