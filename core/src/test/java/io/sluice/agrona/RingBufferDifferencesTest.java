package io.sluice.agrona;

import static org.agrona.concurrent.ControlledMessageHandler.Action.ABORT;
import static org.agrona.concurrent.ringbuffer.RingBuffer.INSUFFICIENT_CAPACITY;
import static org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TRAILER_LENGTH;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.BrokenChannelException;
import io.sluice.ChannelCorruptedException;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.linux.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The differences between a pipe as a ring buffer and Agrona's. */
@Timeout(60)
class RingBufferDifferencesTest {
    private static final int CAPACITY = 4096;
    private static final UnsafeBuffer MESSAGE = new UnsafeBuffer("message".getBytes());

    @TempDir Path directory;
    private Pipe pipe;
    private PipeSender sender;
    private PipeReceiver receiver;
    private PipeRingBuffer ring;
    private RingBuffer reference;

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(CAPACITY).senders(1));
        sender = pipe.sender();
        receiver = pipe.receiver();
        ring = new PipeRingBuffer(sender, receiver);
        reference =
                new OneToOneRingBuffer(
                        new UnsafeBuffer(
                                BufferUtil.allocateDirectAligned(CAPACITY + TRAILER_LENGTH, 64)));
    }

    @AfterEach
    void close() {
        ring.close();
    }

    private static List<Integer> types(RingBuffer ring) {
        List<Integer> types = new ArrayList<>();
        ring.read((type, buffer, index, length) -> types.add(type));
        return types;
    }

    @Test
    void theEndsOfTwoPipesAreNoRing() throws Exception {
        try (PipeSender other =
                Pipe.anonymous(PipeSpec.bounded(2 * CAPACITY).senders(1)).sender()) {
            IllegalArgumentException refused =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> new PipeRingBuffer(other, receiver));
            assertTrue(refused.getMessage().contains(other.pipe().toString()));
            assertTrue(refused.getMessage().contains(pipe.toString()));
        }
        // A pipe is the same by any path to it.
        Pipe again =
                Pipe.open(directory.resolve("..").resolve(directory.getFileName()).resolve("pipe"));
        sender.close();
        try (PipeSender second = again.sender()) {
            assertEquals(CAPACITY, new PipeRingBuffer(second, receiver).capacity());
            assertEquals(pipe.hashCode(), again.hashCode());
        }
    }

    /** As if two threads shared a ring, one of them in the middle of a write. */
    @Test
    void sharingASenderThrowsAHelpfulException() {
        assertEquals(8, ring.tryClaim(1, 16));
        String said =
                assertThrows(IllegalStateException.class, () -> ring.write(1, MESSAGE, 0, 7))
                        .getMessage();
        assertTrue(said.contains("a sender for each thread"), said);
        ring.abort(8);
        for (int length : new int[] {7, 16}) { // What two writes may leave.
            assertTrue(sender.trySend(new byte[length]));
            String found =
                    assertThrows(IllegalStateException.class, () -> ring.read((t, b, i, l) -> {}))
                            .getMessage();
            assertTrue(found.contains("threads share one"), found);
        }
    }

    /** The ring's memory is truncated, so that what was claimed cannot be written. */
    @Test
    void aFailureLeavesNothingClaimed() throws Exception {
        assertTrue(ring.write(1, MESSAGE, 0, 7)); // Clears ahead, so that claiming touches nothing.
        try (FileChannel lane =
                FileChannel.open(pipe.path().resolve("lane-0"), StandardOpenOption.WRITE)) {
            lane.truncate(Mapping.pageSize());
        }
        int refused = 0;
        for (int i = 0; i < 2; i++) {
            refused += isRefused(() -> ring.abort(ring.tryClaim(1, 16)));
            refused += isRefused(() -> ring.write(1, MESSAGE, 0, 7));
        }
        assertTrue(refused > 0, "nothing was refused");
        assertThrows(IllegalStateException.class, () -> ring.abort(8)); // Nothing is claimed.
    }

    /** Returns 1 if a call throws, else 0: for a missing page the JVM seldom reports nothing. */
    private static int isRefused(Runnable call) {
        try {
            call.run();
            return 0;
        } catch (ChannelCorruptedException e) {
            return 1;
        }
    }

    @Test
    void onlyOneMessageCanBeClaimedAtATime() {
        assertNotEquals(INSUFFICIENT_CAPACITY, reference.tryClaim(1, 8));
        assertNotEquals(INSUFFICIENT_CAPACITY, reference.tryClaim(2, 8));
        int index = ring.tryClaim(1, 8);
        assertThrows(IllegalStateException.class, () -> ring.tryClaim(2, 8));
        assertThrows(IllegalStateException.class, () -> ring.write(2, MESSAGE, 0, 7));
        ring.commit(index);
        assertTrue(ring.write(2, MESSAGE, 0, 7));
        assertEquals(List.of(1, 2), types(ring));
    }

    @Test
    void anAbortedClaimTakesNoSpace() {
        reference.abort(reference.tryClaim(1, 8));
        assertTrue(reference.size() > 0);
        ring.abort(ring.tryClaim(1, 8));
        assertEquals(0, ring.size());
        assertEquals(0, ring.producerPosition());
    }

    @Test
    void theBufferIsTheClaimedMessageAlone() {
        assertEquals(CAPACITY + TRAILER_LENGTH, reference.buffer().capacity());
        assertEquals(0, ring.buffer().capacity());
        int index = ring.tryClaim(1, 16);
        assertEquals(index + 16, ring.buffer().capacity());
        assertThrows(
                IndexOutOfBoundsException.class, () -> ring.buffer().putByte(index + 16, (byte) 1));
        ring.commit(index);
        assertThrows(IndexOutOfBoundsException.class, () -> ring.buffer().putByte(index, (byte) 1));
    }

    @Test
    void aMessageMayBeNearlyAsLongAsTheCapacity() {
        assertEquals(CAPACITY / 8, reference.maxMsgLength());
        assertEquals(pipe.maxMessageLength() - 8, ring.maxMsgLength());
    }

    @Test
    void anOutOfBoundsSourceLeavesTheRingUsable() {
        assertThrows(IndexOutOfBoundsException.class, () -> ring.write(1, MESSAGE, 1, 7));
        assertThrows(IndexOutOfBoundsException.class, () -> ring.write(1, MESSAGE, -1, 7));
        assertTrue(ring.write(2, MESSAGE, 0, 7));
        assertEquals(List.of(2), types(ring));
    }

    @Test
    void controlledReadGivesTheSpaceOfAnAbortedMessageBack() {
        UnsafeBuffer longest = new UnsafeBuffer(new byte[ring.maxMsgLength()]);
        assertTrue(ring.write(1, longest, 0, longest.capacity()));
        assertFalse(ring.write(2, MESSAGE, 0, 7));
        assertEquals(0, ring.controlledRead((type, buffer, index, length) -> ABORT));
        assertTrue(ring.write(2, MESSAGE, 0, 7));
        assertEquals(List.of(1, 2), types(ring));
    }

    @Test
    void afterTheReceiversCloseSendingIsBroken() {
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> ring.write(1, MESSAGE, 0, 7));
        assertThrows(BrokenChannelException.class, () -> ring.tryClaim(1, 7));
    }

    @Test
    void afterTheSendersCloseTheRestIsReadAndThenTheStreamEnds() {
        ring.write(1, MESSAGE, 0, 7);
        ring.controlledRead((type, buffer, index, length) -> ABORT);
        sender.close();
        assertFalse(ring.isEndOfStream());
        assertEquals(List.of(1), types(ring));
        assertEquals(List.of(), types(ring));
        assertTrue(ring.isEndOfStream());
    }

    @Test
    void aClaimIsAbortedByClose() throws Exception {
        int index = ring.tryClaim(1, 7);
        ring.close();
        ring.close();
        assertEquals(0, ring.buffer().capacity());
        assertThrows(IllegalStateException.class, () -> ring.commit(index));
        assertThrows(IllegalStateException.class, () -> ring.read((t, b, i, l) -> {}));
        try (PipeReceiver later = pipe.receiver()) {
            assertEquals(null, later.tryReceive());
        }
    }

    private static void unsupported(Executable... calls) {
        for (Executable call : calls) {
            assertThrows(UnsupportedOperationException.class, call);
        }
    }

    @Test
    void aRingOverOneEndRefusesOperationsOfTheOther() {
        PipeRingBuffer writes = new PipeRingBuffer(sender);
        PipeRingBuffer reads = new PipeRingBuffer(receiver);
        unsupported(
                () -> reads.write(1, MESSAGE, 0, 7),
                () -> reads.tryClaim(1, 7),
                () -> reads.commit(8),
                () -> reads.abort(8),
                reads::buffer,
                reads::producerPosition,
                reads::size,
                () -> writes.read((type, buffer, index, length) -> {}),
                () -> writes.controlledRead((type, buffer, index, length) -> ABORT),
                writes::consumerPosition,
                writes::consumerHeartbeatTime,
                () -> writes.consumerHeartbeatTime(1),
                writes::isEndOfStream,
                writes::size);
        assertTrue(writes.write(1, MESSAGE, 0, 7));
        assertEquals(List.of(1), types(reads));
        assertEquals(reads.consumerPosition(), writes.producerPosition());
        assertEquals(CAPACITY, reads.capacity());
        assertEquals(writes.maxMsgLength(), reads.maxMsgLength());
        reads.close();
        assertThrows(BrokenChannelException.class, () -> writes.write(1, MESSAGE, 0, 7));
        writes.close();
    }

    @Test
    void toAPlainEndTheTypeIsTheFirstWord() {
        ring.write(5, MESSAGE, 0, 7);
        ByteBuffer message = ByteBuffer.wrap(receiver.tryReceive()).order(ByteOrder.nativeOrder());
        assertEquals(5, message.getLong());
        byte[] rest = new byte[7];
        message.get(rest);
        assertArrayEquals("message".getBytes(), rest);
    }

    @Test
    void aMessageWithoutATypeIsRefusedAndTheNextIsRead() throws Exception {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        sender.send(word.putLong(3).flip().limit(7)); // With the byte behind it, a type.
        for (long type : new long[] {0, -1, 1L << 31}) {
            sender.send(word.clear().putLong(type).flip());
        }
        sender.send(word.clear().putLong(3).flip());
        for (int i = 0; i < 4; i++) {
            assertThrows(IllegalStateException.class, () -> types(ring));
        }
        assertEquals(List.of(3), types(ring));
    }

    @Test
    void eachSegmentIsWrappedOnceAndFoundAgain() {
        BufferView view = new BufferView();
        List<MemorySegment> segments = new ArrayList<>();
        for (int i = 0; i < 2 * BufferView.MAX_CACHED; i++) {
            segments.add(Arena.ofAuto().allocate(8));
        }
        List<UnsafeBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            buffers.add(view.of(segments.get(i)));
            for (int known = Math.max(0, i + 1 - BufferView.MAX_CACHED); known <= i; known++) {
                UnsafeBuffer buffer = view.of(segments.get(known));
                assertSame(buffers.get(known), buffer);
                assertEquals(segments.get(known).address(), buffer.addressOffset());
                assertEquals(8, buffer.capacity());
            }
        }
        assertNotSame(buffers.get(0), view.of(segments.get(0)));
        assertEquals(segments.get(0).address(), view.of(segments.get(0)).addressOffset());
    }
}
