package io.sluice.example;

import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TRAILER_LENGTH;

import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.agrona.PipeRingBuffer;
import java.nio.ByteBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;

/**
 * Replaces an Agrona ring buffer by a pipe: code that uses a {@link RingBuffer} stays as it is, and
 * only the construction changes. {@link PipeRingBuffer} lists the differences.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.FromAgrona
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * OneToOneRingBuffer: type=1 price=101
 * OneToOneRingBuffer: type=2 price=102
 * PipeRingBuffer: type=1 price=101
 * PipeRingBuffer: type=2 price=102
 * }</pre>
 */
public final class FromAgrona {
    private static final int CAPACITY = 1 << 16;
    private static final int BID = 1;
    private static final int ASK = 2;

    public static void main(String[] args) throws Exception {
        ByteBuffer memory = ByteBuffer.allocateDirect(CAPACITY + TRAILER_LENGTH);
        exchange(new OneToOneRingBuffer(new UnsafeBuffer(memory)));

        // For another process: Pipe.create(path, spec), and a ring over one end in each process.
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(CAPACITY));
                PipeRingBuffer ring = new PipeRingBuffer(pipe.sender(), pipe.receiver())) {
            exchange(ring);
        }
    }

    private static void exchange(RingBuffer ring) {
        UnsafeBuffer quote = new UnsafeBuffer(new byte[Long.BYTES]);
        quote.putLong(0, 101);
        ring.write(BID, quote, 0, Long.BYTES);

        int index = ring.tryClaim(ASK, Long.BYTES);
        ring.buffer().putLong(index, 102);
        ring.commit(index);

        String name = ring.getClass().getSimpleName();
        MessageHandler handler =
                (type, buffer, offset, length) ->
                        System.out.printf(
                                "%s: type=%d price=%d%n", name, type, buffer.getLong(offset));
        while (ring.read(handler) > 0) {}
    }
}
