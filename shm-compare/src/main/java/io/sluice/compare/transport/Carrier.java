package io.sluice.compare.transport;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** One end of a mechanism that copies messages from one buffer into another. One thread. */
interface Carrier {
    /** Sends the buffer's content after the carrier's own header. */
    void send(MemorySegment buffer, int length) throws IOException;

    /** Receives one message; returns how long it is, its header not counted. */
    int receive(MemorySegment buffer, int length) throws IOException;

    long capacity();

    void close();
}
