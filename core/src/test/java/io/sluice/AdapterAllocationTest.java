package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.agrona.DirectBufferHandler;
import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.DirectBufferSender;
import io.sluice.agrona.PipeRingBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.agrona.collections.MutableLong;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sending and receiving through an adapter allocates nothing. */
@Timeout(120)
class AdapterAllocationTest extends OnePipe {
    private static final int MESSAGES = 50_000;
    private static final int ATTEMPTS = 40;

    private long received;

    /** A codec for 64-bit values that decodes every message into the same object. */
    private static final class Reusing implements Codec<MutableLong> {
        private final MutableLong decoded = new MutableLong();

        @Override
        public int length(MutableLong message) {
            return Long.BYTES;
        }

        @Override
        public int encode(MutableLong message, MemorySegment memory, long offset) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, message.get());
            return Long.BYTES;
        }

        @Override
        public MutableLong decode(MemorySegment memory, long offset, int length) {
            decoded.set(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
            return decoded;
        }
    }

    /** Checks that the rounds allocate nothing once the JIT compiler has compiled them. */
    private void allocatesNothing(Runnable round) {
        long least = Allocation.least(ATTEMPTS, MESSAGES, round::run);
        assertEquals(0, least, "bytes for " + MESSAGES + " messages");
        assertTrue(received >= MESSAGES, () -> received + " messages received");
    }

    @Test
    void aCodecThatAllocatesNothing() {
        Reusing codec = new Reusing();
        Sender<MutableLong> numbers = codec.sender(sender);
        Receiver<MutableLong> back = codec.receiver(receiver);
        MutableLong number = new MutableLong();
        allocatesNothing(
                () -> {
                    number.set(received);
                    numbers.trySend(number);
                    MutableLong found = back.tryReceive();
                    if (found.get() == received) {
                        received++;
                    }
                });
    }

    @Test
    void aReadyCodecThatEncodes() {
        Sender<String> strings = Codec.utf8().sender(sender);
        Sender<Long> numbers = Codec.longs().sender(sender);
        Long number = 1L << 40;
        MessageHandler count = (memory, offset, length) -> received++;
        allocatesNothing(
                () -> {
                    strings.trySend("gr\u00fc\u00df \ud83d\ude00");
                    numbers.trySend(number);
                    receiver.poll(count, 2);
                });
    }

    @Test
    void buffersThatAreSentAndHandedOut() {
        DirectBufferSender buffers = new DirectBufferSender(sender);
        DirectBufferReceiver back = new DirectBufferReceiver(receiver);
        UnsafeBuffer message = new UnsafeBuffer(new byte[100]);
        UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(100));
        DirectBufferHandler count = (buffer, offset, length) -> received += buffer.getByte(offset);
        message.putByte(7, (byte) 1);
        allocatesNothing(
                () -> {
                    buffers.trySend(message, 7, 30);
                    buffers.trySend(message, 0, 100);
                    buffers.trySend(direct, 7, 30);
                    buffers.trySend(direct, 0, 100);
                    buffers.tryClaim(16).putByte(0, (byte) 1);
                    buffers.commit();
                    back.poll(count, 10);
                });
    }

    @Test
    void aRingThatIsWrittenAndRead() {
        PipeRingBuffer ring = new PipeRingBuffer(sender, receiver);
        UnsafeBuffer message = new UnsafeBuffer(new byte[100]);
        org.agrona.concurrent.MessageHandler count = (type, buffer, at, length) -> received += type;
        ControlledMessageHandler controlled =
                (type, buffer, at, length) -> {
                    received += type;
                    return ControlledMessageHandler.Action.COMMIT;
                };
        allocatesNothing(
                () -> {
                    ring.write(1, message, 7, 30);
                    int index = ring.tryClaim(1, 16);
                    ring.buffer().putLong(index, received);
                    ring.commit(index);
                    ring.read(count, 1);
                    ring.controlledRead(controlled);
                });
    }

    @Test
    void aMessageOfARingThatIsAborted() {
        PipeRingBuffer ring = new PipeRingBuffer(sender, receiver);
        UnsafeBuffer message = new UnsafeBuffer(new byte[100]);
        ControlledMessageHandler.Action[] action = new ControlledMessageHandler.Action[1];
        ControlledMessageHandler handler =
                (type, buffer, at, length) -> {
                    received += type;
                    return action[0];
                };
        allocatesNothing(
                () -> {
                    ring.write(1, message, 0, 100);
                    action[0] = ControlledMessageHandler.Action.ABORT;
                    ring.controlledRead(handler);
                    action[0] = ControlledMessageHandler.Action.CONTINUE;
                    ring.controlledRead(handler);
                });
    }
}
