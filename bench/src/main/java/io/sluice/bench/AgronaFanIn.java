package io.sluice.bench;

import static io.sluice.bench.FanInTally.word;

import java.nio.ByteBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** Agrona's ring buffer for many senders, off the heap. */
final class AgronaFanIn implements FanInSubject {
    private static final int TYPE = 1;

    private final RingBuffer ring =
            new ManyToOneRingBuffer(
                    new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                    ByteSubjects.CAPACITY + RingBufferDescriptor.TRAILER_LENGTH)));
    private final FanInBufferReader reader = new FanInBufferReader();
    private final MessageHandler handler =
            (type, buffer, index, length) -> reader.read(buffer, index);

    @Override
    public SubjectSender sender(int number) {
        UnsafeBuffer message = new UnsafeBuffer(ByteBuffer.allocateDirect(SIZE + 256), 128, SIZE);
        return sequence -> {
            message.putLong(0, word(number, sequence));
            return ring.write(TYPE, message, 0, SIZE);
        };
    }

    @Override
    public int poll(int limit) {
        return ring.read(handler, limit);
    }

    @Override
    public FanInTally tally() {
        return reader.tally();
    }

    @Override
    public void close() {
        // The garbage collector frees it.
    }
}
