package io.sluice.agrona;

import static org.agrona.concurrent.ControlledMessageHandler.Action.ABORT;
import static org.agrona.concurrent.ControlledMessageHandler.Action.BREAK;
import static org.agrona.concurrent.ControlledMessageHandler.Action.COMMIT;
import static org.agrona.concurrent.ControlledMessageHandler.Action.CONTINUE;
import static org.agrona.concurrent.ringbuffer.RingBuffer.INSUFFICIENT_CAPACITY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of a ring buffer: the same for Agrona's, which is the reference, and for a pipe's.
 * {@link RingBufferDifferencesTest} tests where the two differ.
 */
@Timeout(60)
abstract class RingBufferContract {
    static final int CAPACITY = 4096;

    private RingBuffer ring;
    private final List<String> read = new ArrayList<>();

    /** Returns an empty ring of {@link #CAPACITY}. */
    abstract RingBuffer ring() throws Exception;

    @BeforeEach
    void open() throws Exception {
        ring = ring();
    }

    @AfterEach
    void close() throws Exception {
        if (ring instanceof AutoCloseable closeable) {
            closeable.close();
        }
    }

    private boolean write(int type, String text) {
        UnsafeBuffer buffer = new UnsafeBuffer(text.getBytes());
        return ring.write(type, buffer, 0, buffer.capacity());
    }

    private void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        read.add(type + buffer.getStringWithoutLengthAscii(index, length));
    }

    private int fill() {
        int count = 0;
        while (ring.write(1, new UnsafeBuffer(new byte[56]), 0, 56)) {
            count++;
        }
        return count;
    }

    @Test
    void messagesArriveWithTheirTypesInOrder() {
        assertTrue(write(1, "one"));
        assertTrue(write(Integer.MAX_VALUE, ""));
        assertTrue(write(7, "three"));
        assertEquals(3, ring.read(this::onMessage));
        assertEquals(List.of("1one", Integer.MAX_VALUE + "", "7three"), read);
        assertEquals(0, ring.read(this::onMessage));
    }

    @Test
    void readStopsAtItsLimit() {
        for (int i = 1; i <= 5; i++) {
            write(i, "");
        }
        assertEquals(0, ring.read(this::onMessage, 0));
        assertEquals(0, ring.read(this::onMessage, -1));
        assertEquals(2, ring.read(this::onMessage, 2));
        assertEquals(3, ring.read(this::onMessage, 100));
        assertEquals(List.of("1", "2", "3", "4", "5"), read);
    }

    @Test
    void sourcesOfAnyKindAreWritten() {
        byte[] bytes = "0123456789".getBytes();
        List<MutableDirectBuffer> sources =
                List.of(
                        new UnsafeBuffer(new byte[10]),
                        new UnsafeBuffer(new byte[20], 7, 10),
                        new UnsafeBuffer(ByteBuffer.allocate(10)),
                        new UnsafeBuffer(ByteBuffer.allocateDirect(20), 3, 10),
                        new ExpandableArrayBuffer(10),
                        new ExpandableDirectByteBuffer(10));
        for (MutableDirectBuffer source : sources) {
            source.putBytes(0, bytes);
            assertTrue(ring.write(3, source, 2, 5));
            assertEquals(1, ring.read(this::onMessage));
            assertEquals("323456", read.remove(0), source::toString);
        }
    }

    @Test
    void aFullRingRefusesAndTakesNoneOfIt() {
        int count = fill();
        assertTrue(count > 20);
        assertFalse(ring.write(1, new UnsafeBuffer(new byte[56]), 0, 56));
        assertEquals(INSUFFICIENT_CAPACITY, ring.tryClaim(1, 56));
        int n = 0;
        for (int i; (i = ring.read((t, b, index, length) -> {}, 7)) > 0; ) {
            n += i;
        }
        assertEquals(count, n);
        assertTrue(write(1, "again"));
    }

    @Test
    void typesAndLengthsAreChecked() {
        DirectBuffer source = new UnsafeBuffer(new byte[2 * CAPACITY]);
        int longest = ring.maxMsgLength();
        for (int type : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> ring.write(type, source, 0, 1));
            assertThrows(IllegalArgumentException.class, () -> ring.tryClaim(type, 1));
        }
        for (int length : new int[] {-1, longest + 1, Integer.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> ring.write(1, source, 0, length));
            assertThrows(IllegalArgumentException.class, () -> ring.tryClaim(1, length));
        }
        assertTrue(ring.write(1, source, 0, longest));
        int[] found = new int[1];
        assertEquals(1, ring.read((type, buffer, index, length) -> found[0] = length));
        assertEquals(longest, found[0]);
    }

    @Test
    void aClaimIsWrittenInPlaceAndSeenWhenItIsCommitted() {
        int index = ring.tryClaim(5, 11);
        assertTrue(index > 0);
        assertEquals(0, index % 8);
        ring.buffer().putStringWithoutLengthAscii(index, "hello world");
        assertEquals(0, ring.read(this::onMessage));
        ring.commit(index);
        assertThrows(IllegalStateException.class, () -> ring.commit(index));
        assertThrows(IllegalStateException.class, () -> ring.abort(index));
        assertEquals(1, ring.read(this::onMessage));
        assertEquals(List.of("5hello world"), read);
    }

    @Test
    void aClaimThatIsAbortedIsNeverSeen() {
        int index = ring.tryClaim(5, 11);
        ring.abort(index);
        assertThrows(IllegalStateException.class, () -> ring.abort(index));
        assertThrows(IllegalStateException.class, () -> ring.commit(index));
        assertTrue(write(6, "next"));
        assertEquals(1, ring.read(this::onMessage));
        assertEquals(List.of("6next"), read);
    }

    @Test
    void anIndexThatCannotBeIsRefused() {
        int index = ring.tryClaim(5, 8);
        for (int wrong : new int[] {-1, 0, 7, CAPACITY + 1, Integer.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> ring.commit(wrong));
            assertThrows(IllegalArgumentException.class, () -> ring.abort(wrong));
        }
        ring.commit(index);
        assertEquals(1, ring.read(this::onMessage));
    }

    @Test
    void aMessageWhoseHandlerThrowsIsReadAndNoOther() {
        for (int i = 1; i <= 3; i++) {
            write(i, "");
        }
        assertThrows(
                ArithmeticException.class,
                () ->
                        ring.read(
                                (type, buffer, index, length) -> {
                                    if (type == 2) {
                                        throw new ArithmeticException();
                                    }
                                }));
        assertEquals(1, ring.read(this::onMessage));
        assertEquals(List.of("3"), read);
        write(4, "");
        write(5, "");
        assertThrows(
                ArithmeticException.class,
                () ->
                        ring.controlledRead(
                                (type, buffer, index, length) -> {
                                    throw new ArithmeticException();
                                }));
        assertEquals(1, ring.read(this::onMessage));
        assertEquals(List.of("3", "5"), read);
        assertEquals(ring.producerPosition(), ring.consumerPosition());
    }

    /** Reads with a handler that returns these actions in turn, and then always CONTINUE. */
    private int controlledRead(Action... actions) {
        int[] next = new int[1];
        return ring.controlledRead(
                (type, buffer, index, length) -> {
                    onMessage(type, buffer, index, length);
                    return next[0] < actions.length ? actions[next[0]++] : CONTINUE;
                });
    }

    private void writeLetters(String letters) {
        for (int i = 0; i < letters.length(); i++) {
            assertTrue(write(1, letters.substring(i, i + 1)));
        }
    }

    private String letters() {
        String all = String.join("", read).replace("1", "");
        read.clear();
        return all;
    }

    @Test
    void controlledReadContinuesCommitsAndBreaks() {
        writeLetters("abcdef");
        assertEquals(3, controlledRead(CONTINUE, COMMIT, BREAK));
        assertEquals("abc", letters());
        assertEquals(3, controlledRead(COMMIT));
        assertEquals("def", letters());
        assertEquals(0, controlledRead());
        assertEquals(ring.producerPosition(), ring.consumerPosition());
    }

    @Test
    void controlledReadStopsAtItsLimit() {
        writeLetters("abc");
        assertEquals(0, ring.controlledRead((t, b, i, l) -> CONTINUE, 0));
        assertEquals(0, ring.controlledRead((t, b, i, l) -> CONTINUE, -1));
        assertEquals(2, ring.controlledRead((t, b, i, l) -> CONTINUE, 2));
        assertEquals(1, ring.controlledRead((t, b, i, l) -> CONTINUE, 2));
    }

    @Test
    void anAbortedMessageIsTheNextToBeRead() {
        writeLetters("abcd");
        assertEquals(1, controlledRead(CONTINUE, ABORT));
        assertEquals("ab", letters());
        long position = ring.consumerPosition();
        assertTrue(position > 0);
        assertEquals(0, controlledRead(ABORT));
        assertEquals(0, controlledRead(ABORT));
        assertEquals("bb", letters());
        assertEquals(position, ring.consumerPosition());
        assertEquals(1, controlledRead(BREAK));
        assertEquals("b", letters());
        assertEquals(0, controlledRead(ABORT));
        assertEquals("c", letters());
        assertEquals(1, ring.read(this::onMessage, 1));
        assertEquals("c", letters());
        assertEquals(0, controlledRead(ABORT));
        assertEquals(1, ring.read(this::onMessage));
        assertEquals("dd", letters());
        assertEquals(ring.producerPosition(), ring.consumerPosition());
        assertEquals(0, ring.size());
    }

    @Test
    void aHandlerThatThrowsAtAnAbortedMessageHasReadIt() {
        writeLetters("ab");
        controlledRead(ABORT);
        assertThrows(
                ArithmeticException.class,
                () ->
                        ring.controlledRead(
                                (type, buffer, index, length) -> {
                                    throw new ArithmeticException();
                                }));
        read.clear();
        assertEquals(ring.producerPosition() / 2, ring.consumerPosition());
        assertEquals(1, ring.read(this::onMessage));
        assertEquals("b", letters());
    }

    @Test
    void aNullActionContinues() {
        writeLetters("ab");
        assertEquals(2, controlledRead(null, null));
    }

    @Test
    void positionsAndSizeCountTheMessages() {
        assertEquals(CAPACITY, ring.capacity());
        assertEquals(0, ring.producerPosition());
        assertEquals(0, ring.consumerPosition());
        assertEquals(0, ring.size());
        writeLetters("ab");
        long produced = ring.producerPosition();
        assertTrue(produced >= 2 * 16);
        assertEquals(produced, ring.size());
        ring.read(this::onMessage, 1);
        assertEquals(produced / 2, ring.consumerPosition());
        assertEquals(produced / 2, ring.size());
        int index = ring.tryClaim(1, 1);
        ring.commit(index);
        assertEquals(produced, ring.size());
        fill();
        assertTrue(ring.size() <= ring.capacity());
        assertTrue(ring.size() > ring.capacity() - 2 * 80);
    }

    @Test
    void correlationIdsCount() {
        for (int i = 0; i < 3; i++) {
            assertEquals(i, ring.nextCorrelationId());
        }
    }

    @Test
    void theHeartbeatIsRemembered() {
        assertEquals(0, ring.consumerHeartbeatTime());
        ring.consumerHeartbeatTime(123);
        assertEquals(123, ring.consumerHeartbeatTime());
    }

    @Test
    void nothingNeedsToBeUnblocked() {
        assertFalse(ring.unblock());
        write(1, "a");
        assertFalse(ring.unblock());
        assertEquals(1, ring.read(this::onMessage));
    }

    @Test
    void manyMessagesOfAnyLengthArriveIntact() {
        Random random = new Random(7);
        byte[] bytes = new byte[ring.maxMsgLength()];
        UnsafeBuffer source = new UnsafeBuffer(bytes);
        List<byte[]> sent = new ArrayList<>();
        int[] count = new int[1];
        for (int i = 0; i < 20_000; i++) {
            int length = random.nextInt(200);
            random.nextBytes(bytes);
            boolean written;
            if (random.nextBoolean()) {
                written = ring.write(1 + length, source, 0, length);
            } else {
                int index = ring.tryClaim(1 + length, length);
                written = index != INSUFFICIENT_CAPACITY;
                if (written) {
                    ring.buffer().putBytes(index, bytes, 0, length);
                    ring.commit(index);
                }
            }
            if (written) {
                sent.add(Arrays.copyOf(bytes, length));
            }
            if (!written || random.nextInt(10) == 0) {
                ring.read(
                        (type, buffer, index, size) -> {
                            byte[] found = new byte[size];
                            buffer.getBytes(index, found);
                            assertEquals(size + 1, type);
                            assertTrue(Arrays.equals(sent.get(count[0]++), found));
                        });
            }
        }
        assertTrue(count[0] > 10_000);
    }
}
