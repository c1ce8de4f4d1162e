package io.sluice.bench;

import java.nio.ByteBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.broadcast.BroadcastBufferDescriptor;
import org.agrona.concurrent.broadcast.BroadcastReceiver;
import org.agrona.concurrent.broadcast.BroadcastTransmitter;
import org.agrona.concurrent.broadcast.CopyBroadcastReceiver;

/**
 * Agrona's broadcast buffer, off the heap: its sender waits for no receiver. A receiver that was
 * lapped throws, and goes on with the newest message.
 */
final class AgronaBroadcast implements ByteBroadcast {
    private static final int TYPE = 1;
    private static final String LAPPED = "unable to keep up with broadcast";

    private final int size;
    private final UnsafeBuffer memory =
            new UnsafeBuffer(
                    ByteBuffer.allocateDirect(
                            ByteSubjects.CAPACITY + BroadcastBufferDescriptor.TRAILER_LENGTH));
    private final BroadcastTransmitter transmitter = new BroadcastTransmitter(memory);
    private final UnsafeBuffer message;

    AgronaBroadcast(int size) {
        this.size = size;
        this.message = new UnsafeBuffer(ByteBuffer.allocateDirect(size + 256), 128, size);
    }

    @Override
    public boolean trySend(long sequence) {
        message.putLong(0, sequence);
        transmitter.transmit(TYPE, message, 0, size);
        return true;
    }

    @Override
    public SubjectReceiver addReceiver() {
        DirectBufferReader reader = new DirectBufferReader(size, new Tally(true));
        MessageHandler handler =
                (type, buffer, index, length) -> reader.read(buffer, index, length);
        CopyBroadcastReceiver receiver = new CopyBroadcastReceiver(new BroadcastReceiver(memory));
        return limit -> {
            int count = 0;
            for (int tries = 0; tries < limit; tries++) {
                int received = receive(receiver, handler);
                if (received < 0) {
                    break;
                }
                count += received;
            }
            return count;
        };
    }

    /** Returns 1, or 0 if it was lapped, or -1 if there is no message. */
    private static int receive(CopyBroadcastReceiver receiver, MessageHandler handler) {
        try {
            return receiver.receive(handler) == 0 ? -1 : 1;
        } catch (IllegalStateException e) {
            if (LAPPED.equals(e.getMessage())) {
                return 0;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        // The garbage collector frees it.
    }
}
