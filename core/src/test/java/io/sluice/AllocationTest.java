package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SyscallCounts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sending and receiving allocate nothing. */
@CountsSyscalls
@Timeout(60)
class AllocationTest extends OnePipe {
    private static final int MESSAGES = 50_000;
    private static final int ATTEMPTS = 40;
    private static final int ERRNO_BYTES = 40;

    private long received;

    private long allocated(Runnable round) {
        return Allocation.least(ATTEMPTS, MESSAGES, round::run);
    }

    @Test
    void theMeasurementSeesAnObjectPerRound() {
        Object[] kept = new Object[1];
        long least = allocated(() -> kept[0] = new byte[8]);
        assertTrue(least >= 16L * MESSAGES, () -> "saw only " + least + " bytes");
    }

    @Test
    void sendingAndPollingAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        for (int length : new int[] {0, 5, 8, 16, 32, 100, 1000}) {
            byte[] message = new byte[length];
            Runnable round =
                    () -> {
                        sender.trySend(message);
                        receiver.poll(count, 1);
                    };
            assertEquals(0, allocated(round), () -> length + " bytes, " + sender);
        }
        assertTrue(received > 0);
    }

    @Test
    void sendingASegmentAllocatesNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        MemorySegment message = Arena.ofAuto().allocate(100);
        Runnable round =
                () -> {
                    sender.trySend(message, 0, 100);
                    receiver.poll(count, 1);
                };
        assertEquals(0, allocated(round));
    }

    @Test
    void claimsAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        byte[] source = new byte[20];
        Runnable round =
                () -> {
                    sender.tryClaim(8).abort();
                    sender.tryClaim(32)
                            .putLong(0, received)
                            .putInt(8, 1)
                            .putBytes(12, source, 0, 20)
                            .commit();
                    receiver.poll(count, 2);
                };
        assertEquals(0, allocated(round));
    }

    @Test
    void batchesAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        BatchHandler runs =
                batch -> {
                    while (batch.next()) {
                        count.onMessage(batch.memory(), batch.offset(), batch.length());
                    }
                };
        byte[] shorter = new byte[8];
        byte[] longer = new byte[60];
        MemorySegment segment = Arena.ofAuto().allocate(24);
        Runnable round =
                () -> {
                    Batch batch = sender.tryBatch(256);
                    batch.add(shorter);
                    batch.add(longer);
                    batch.add(segment, 0, 24);
                    batch.base().set(ValueLayout.JAVA_LONG, batch.claim(8), received);
                    batch.commit();
                    sender.tryAppend(shorter, 0, 8);
                    sender.tryAppend(segment, 0, 24);
                    sender.flush();
                    receiver.pollBatch(runs, 6);
                };
        assertEquals(0, allocated(round));
        assertEquals(0, received % 132, "all were received");
    }

    @Test
    void gatheringAShorterCommitAndAControlledHandlerAllocateNothing() {
        MemorySegment[] parts = {MemorySegment.ofArray(new byte[16]), Arena.ofAuto().allocate(24)};
        ControlledMessageHandler handler =
                (memory, offset, length) -> {
                    received += length;
                    return (received & 8) == 0
                            ? ControlledMessageHandler.Action.ABORT
                            : ControlledMessageHandler.Action.COMMIT;
                };
        MessageHandler count = (memory, offset, length) -> received += length;
        Runnable round =
                () -> {
                    sender.trySend(parts);
                    sender.tryClaim(32).putLong(0, received).commit(8);
                    receiver.controlledPoll(handler, 2);
                    receiver.poll(count, 2);
                };
        assertEquals(0, allocated(round));
    }

    @Test
    void anEmptyAndAFullPipeAllocateNothing() {
        MessageHandler count = (memory, offset, length) -> received += length;
        assertAllocatesNothing(() -> receiver.poll(count, 1));
        byte[] message = new byte[56];
        while (sender.trySend(message)) {}
        assertAllocatesNothing(() -> sender.trySend(message));
    }

    /** Covers bounded and unbounded pipes and every message source, with room and full. */
    @Test
    void noFormOfSendAllocatesWhetherThereIsRoomOrNot() throws Exception {
        byte[] array = new byte[100];
        MemorySegment onHeap = MemorySegment.ofArray(array);
        MemorySegment offHeap = Arena.ofAuto().allocate(100);
        ByteBuffer wrapped = ByteBuffer.wrap(array);
        ByteBuffer direct = ByteBuffer.allocateDirect(100);
        ByteBuffer target = ByteBuffer.allocate(100);
        MessageHandler count = (memory, offset, length) -> received += length;
        for (PipeSpec spec :
                List.of(
                        PipeSpec.bounded(4096).senders(1).order(Order.ARRIVAL),
                        PipeSpec.bounded(4096).order(Order.ARRIVAL).senders(3),
                        PipeSpec.bounded(4096).senders(1).receivers(2),
                        PipeSpec.unbounded(1 << 16).senders(1),
                        PipeSpec.unbounded(1 << 16).senders(1).receivers(2),
                        PipeSpec.bounded(4096).senders(1))) {
            try (Pipe pipe = Pipe.anonymous(spec);
                    PipeSender to = pipe.sender();
                    PipeReceiver from = pipe.receiver()) {
                List<BooleanSupplier> forms =
                        List.of(
                                () -> to.trySend(array),
                                () -> to.trySend(onHeap, 0, 100),
                                () -> to.trySend(offHeap, 0, 100),
                                () -> to.trySend(wrapped.clear()),
                                () -> to.trySend(direct.clear()),
                                () -> {
                                    Claim claim = to.tryClaim(100);
                                    return claim != null && claim.tryCommit();
                                });
                for (BooleanSupplier form : forms) {
                    assertEquals(
                            0,
                            allocated(
                                    () -> {
                                        form.getAsBoolean();
                                        from.poll(count, 1);
                                        form.getAsBoolean();
                                        from.tryReceive(target.clear());
                                    }),
                            () -> spec + ", form " + forms.indexOf(form));
                }
                while (to.trySend(array)) {}
                for (BooleanSupplier form : forms) {
                    assertEquals(
                            0,
                            allocated(form::getAsBoolean),
                            () -> spec + ", full, form " + forms.indexOf(form));
                }
            }
        }
    }

    /** Measures across at least five liveness checks ({@code fcntl}) per attempt. */
    private void assertAllocatesNothing(Runnable attempt) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ATTEMPTS && least > 0; i++) {
            long allocated = 0;
            long asked = SyscallCounts.snapshot().get("fcntl");
            while (SyscallCounts.snapshot().get("fcntl") < asked + 5) {
                long before = Allocation.bytes();
                for (int call = 0; call < 1_000; call++) {
                    attempt.run();
                }
                allocated += Allocation.bytes() - before;
            }
            least = Math.min(least, allocated);
        }
        assertEquals(0, least);
    }

    /** Neither is reported while there is no recording. */
    @Test
    void whatIsDroppedOrLostAllocatesNothing() throws Exception {
        byte[] message = new byte[100];
        MessageHandler count = (memory, offset, length) -> received += length;
        PipeSpec dropping =
                PipeSpec.unbounded(1 << 15, 4096).senders(1).overflow(OverflowPolicy.DROP_OLDEST);
        try (Pipe pipe = Pipe.anonymous(dropping);
                PipeSender to = pipe.sender()) {
            assertEquals(0, allocated(() -> to.trySend(message)));
            assertTrue(pipe.statistics().lanes().getFirst().dropped() > MESSAGES / 2);
        }
        try (Pipe pipe = Pipe.anonymous(PipeSpec.broadcast(4096));
                PipeSender to = pipe.sender();
                PipeReceiver from = pipe.receiver(EndOptions.defaults().lossy())) {
            Runnable round =
                    () -> {
                        for (int i = 0; i < 50; i++) {
                            to.trySend(message);
                        }
                        from.poll(count, 1);
                    };
            assertEquals(0, Allocation.least(ATTEMPTS, MESSAGES / 50, round::run));
            assertTrue(from.lost() > MESSAGES / 2, () -> "lost " + from.lost());
        }
    }

    private static long callsButQuestions() {
        Map<String, Long> calls = SyscallCounts.snapshot();
        calls.remove("fcntl");
        return calls.values().stream().mapToLong(count -> count).sum();
    }

    /** Subtracts what the linker allocates for each system call that captures errno. */
    @Test
    void anEndThatSleepsAllocatesNothing() throws Exception {
        Duration parkTime = Duration.ofMillis(30);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least > 0; i++) {
            long calls = callsButQuestions();
            long before = Allocation.bytes();
            assertEquals(0, receiver.receive((memory, offset, length) -> {}, 1, parkTime));
            long allocated = Allocation.bytes() - before;
            calls = callsButQuestions() - calls;
            least = Math.min(least, Math.max(0, allocated - calls * ERRNO_BYTES));
        }
        assertEquals(0, least);
    }
}
