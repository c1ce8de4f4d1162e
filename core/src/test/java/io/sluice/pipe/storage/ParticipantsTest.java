package io.sluice.pipe.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.CountsSyscalls;
import io.sluice.fuzz.CountingMemory;
import io.sluice.linux.Descriptor;
import io.sluice.linux.Mapping;
import io.sluice.linux.OfdLocks;
import io.sluice.linux.SyscallCounts;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.pipe.storage.Participants.PeerWatch;
import io.sluice.pipe.storage.PipeLayout.PipeSide;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attaching, closing, death and takeover of participants. */
@CountsSyscalls
@Timeout(60)
class ParticipantsTest {
    private static final int SENDER = 0;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Participants.ParticipantTask NOTHING = participant -> {};

    @TempDir Path directory;
    private PipeFiles files;

    @BeforeEach
    void create() throws IOException {
        files = create("pipe", 1, 1);
    }

    private PipeFiles create(String name, int senders, int receivers) throws IOException {
        return PipeFiles.create(
                directory.resolve(name),
                new PipeLayout(
                        UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, senders, receivers, 0));
    }

    /** An attached end: its view of the pipe, which is closed in two steps as in real ends. */
    private record End(Participants participants) implements AutoCloseable {
        boolean sees(PipeSide pipeSide, Participants.Presence presence) {
            return participants().presence(pipeSide) == presence;
        }

        boolean reaps(int participant) throws IOException {
            return participants().reapIfDead(participant, NOTHING);
        }

        /** Leaves the state that a killed process leaves: attached, and without a lock. */
        void crash() {
            participants.close();
        }

        @Override
        public void close() {
            participants.leave();
            participants.close();
        }
    }

    private End attach(PipeSide pipeSide) throws IOException {
        return attach(files, pipeSide, NOTHING, NOTHING);
    }

    private static End attach(
            PipeFiles files,
            PipeSide pipeSide,
            Participants.ParticipantTask recovery,
            Participants.ParticipantTask preparation)
            throws IOException {
        Participants participants = files.openMeta();
        boolean attached = false;
        try {
            attached = participants.attach(pipeSide, 0, recovery, preparation);
        } finally {
            if (!attached) {
                participants.close();
            }
        }
        return attached ? new End(participants) : null;
    }

    private long state(int participant) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        try (FileChannel meta = FileChannel.open(files.path().resolve(PipeFiles.META))) {
            meta.read(word, files.pipeLayout().participantOffset(participant));
        }
        return word.getLong(0);
    }

    @Test
    void aSideThatNeverAttachedHasNotLeft() throws IOException {
        try (End receiver = attach(PipeSide.RECEIVERS)) {
            assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.NONE_YET));
            assertFalse(receiver.reaps(SENDER));
            assertFalse(receiver.participants().wasAttached(SENDER));
            assertEquals(0, receiver.participants().pid(SENDER));
            assertEquals(Participants.VACANT, state(SENDER));
        }
    }

    @Test
    void anAttachedEndHasNotLeftAndAClosedEndHas() throws IOException {
        try (End receiver = attach(PipeSide.RECEIVERS)) {
            End sender = attach(PipeSide.SENDERS);
            assertFalse(receiver.reaps(SENDER));
            assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.PRESENT));
            assertEquals(ProcessHandle.current().pid(), receiver.participants().pid(SENDER));
            long epoch = receiver.participants().epoch();
            sender.close();
            assertTrue(receiver.participants().epoch() != epoch, "the epoch has not changed");
            assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.GONE));
            assertEquals(Participants.CLOSED, state(SENDER));
            attach(PipeSide.SENDERS).close(); // The lock is free again.
        }
    }

    @Test
    void aDeadEndIsReapedByAPeerThatProbesItsLock() throws IOException {
        try (End receiver = attach(PipeSide.RECEIVERS)) {
            attach(PipeSide.SENDERS).crash();
            assertTrue(
                    receiver.sees(PipeSide.SENDERS, Participants.Presence.PRESENT),
                    "its lock was not tested so far");
            long epoch = receiver.participants().epoch();
            assertTrue(receiver.reaps(SENDER));
            assertTrue(receiver.participants().epoch() != epoch, "the epoch has not changed");
            assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.GONE));
            assertEquals(Participants.DEAD, state(SENDER));
            try (End next = attach(PipeSide.SENDERS)) {
                assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.PRESENT));
                assertFalse(receiver.reaps(SENDER));
                assertTrue(next.sees(PipeSide.RECEIVERS, Participants.Presence.PRESENT));
            }
        }
    }

    @Test
    void aSecondEndIsRefused() throws IOException {
        try (End sender = attach(PipeSide.SENDERS)) {
            assertNull(attach(PipeSide.SENDERS));
            assertTrue(sender.sees(PipeSide.RECEIVERS, Participants.Presence.NONE_YET));
        }
    }

    @Test
    void eachEndTakesTheFirstFreeSlot() throws IOException {
        PipeFiles many = create("many", 3, 2);
        End first = attach(many, PipeSide.SENDERS, NOTHING, NOTHING);
        End second = attach(many, PipeSide.SENDERS, NOTHING, NOTHING);
        End third = attach(many, PipeSide.SENDERS, NOTHING, NOTHING);
        End receiver = attach(many, PipeSide.RECEIVERS, NOTHING, NOTHING);
        assertEquals(
                List.of(0, 1, 2, 3),
                List.of(
                        first.participants().self(),
                        second.participants().self(),
                        third.participants().self(),
                        receiver.participants().self()));
        assertNull(attach(many, PipeSide.SENDERS, NOTHING, NOTHING));
        second.close();
        assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.PRESENT));
        try (End again = attach(many, PipeSide.SENDERS, NOTHING, NOTHING)) {
            assertEquals(1, again.participants().self());
        }
        first.close();
        third.close();
        assertTrue(receiver.sees(PipeSide.SENDERS, Participants.Presence.GONE));
        receiver.close();
    }

    @Test
    void aDeadEndIsRecoveredBeforeItsSlotIsReusedAndAgainIfThatFails() throws IOException {
        attach(PipeSide.SENDERS).crash();
        List<String> done = new ArrayList<>();
        Participants.ParticipantTask fails =
                participant -> {
                    done.add("failed " + participant);
                    throw new IOException("killed meanwhile");
                };
        assertThrows(IOException.class, () -> attach(files, PipeSide.SENDERS, fails, NOTHING));
        assertEquals(Participants.ATTACHED, state(SENDER), "still to be recovered");
        try (End receiver = attach(PipeSide.RECEIVERS)) {
            assertThrows(
                    IOException.class, () -> receiver.participants().reapIfDead(SENDER, fails));
            assertEquals(Participants.ATTACHED, state(SENDER), "still to be recovered");
        }
        attach(
                        files,
                        PipeSide.SENDERS,
                        participant -> done.add("recovered " + participant),
                        participant -> done.add("prepared " + participant))
                .close();
        assertEquals(List.of("failed 0", "failed 0", "recovered 0", "prepared 0"), done);
    }

    @Test
    void aSlotWhosePreparationFailsStaysFreeAndACorruptOneIsSkipped() throws IOException {
        assertThrows(
                IOException.class,
                () ->
                        attach(
                                files,
                                PipeSide.SENDERS,
                                NOTHING,
                                participant -> {
                                    throw new IOException("disk full");
                                }));
        assertEquals(Participants.VACANT, state(SENDER));
        attach(PipeSide.SENDERS).close();
        PipeFiles many = create("many", 3, 2);
        Participants.ParticipantTask corrupt =
                participant -> {
                    if (participant < 2) {
                        throw new ChannelCorruptedException("lane " + participant);
                    }
                };
        try (End third = attach(many, PipeSide.SENDERS, NOTHING, corrupt)) {
            assertEquals(2, third.participants().self());
            assertThrows(
                    ChannelCorruptedException.class,
                    () -> attach(many, PipeSide.SENDERS, NOTHING, corrupt));
        }
    }

    @Test
    void onlyAttachedEndsCountForACapability() throws IOException {
        Participants able = files.openMeta();
        assertTrue(able.attach(PipeSide.RECEIVERS, MetaDescriptor.MEMBARRIER, NOTHING, NOTHING));
        assertTrue(able.allHaveCapability(MetaDescriptor.MEMBARRIER));
        End unable = attach(PipeSide.SENDERS);
        assertFalse(able.allHaveCapability(MetaDescriptor.MEMBARRIER));
        unable.close();
        assertTrue(able.allHaveCapability(MetaDescriptor.MEMBARRIER));
        able.close();
    }

    /** A side is counted once for each change, whatever the result. */
    @Test
    void aSideIsCountedOnlyIfAnEndHasComeOrGone() throws IOException {
        PipeLayout pipeLayout =
                new PipeLayout(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 100, 0);
        CountingMemory.Budget budget = new CountingMemory.Budget();
        Memory meta = new CountingMemory(new HeapMemory((int) pipeLayout.metaLength()), budget);
        PeerWatch receivers =
                new Participants(pipeLayout, meta, new FreeLocks(), () -> {})
                        .watch(PipeSide.RECEIVERS);
        assertHasLeft(false, receivers, budget);
        Participants receiver = new Participants(pipeLayout, meta, new FreeLocks(), () -> {});
        for (int i = 0; i < 2; i++) {
            assertTrue(receiver.attach(PipeSide.RECEIVERS, 0, NOTHING, NOTHING));
            assertHasLeft(false, receivers, budget);
            receiver.leave();
            assertHasLeft(true, receivers, budget);
            receivers.invalidate();
            assertHasLeft(true, receivers, budget);
        }
    }

    private static void assertHasLeft(
            boolean expected, PeerWatch side, CountingMemory.Budget budget) {
        assertEquals(expected, side.hasLeft());
        budget.set(200);
        for (int i = 0; i < 100; i++) {
            assertEquals(expected, side.hasLeft());
        }
        budget.set(Long.MAX_VALUE);
    }

    /** The holder of a lock records a death, and is descheduled for a while. */
    @Test
    void aLockThatIsHeldForLongIsWaitedFor() throws IOException {
        assertTrue(attachTo(new HeldLocks(60), 1_000_000));
    }

    /**
     * If this thread was descheduled, the clock says nothing about the holder: tries count then.
     */
    @Test
    void aLockIsTriedSeveralTimesHoweverFarTheClockAdvances() throws IOException {
        assertTrue(attachTo(new HeldLocks(Participants.MIN_TRIES - 1), 1L << 40));
        assertFalse(attachTo(new HeldLocks(Participants.MIN_TRIES), 1L << 40));
    }

    /** Attaches with a clock that advances by the given time at each reading. */
    private static boolean attachTo(OfdLocks ofdLocks, long nanosPerRead) throws IOException {
        PipeLayout pipeLayout =
                new PipeLayout(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);
        Memory meta = new HeapMemory((int) pipeLayout.metaLength());
        AtomicLong clock = new AtomicLong();
        return new Participants(
                        pipeLayout, meta, ofdLocks, () -> {}, () -> clock.addAndGet(nanosPerRead))
                .attach(PipeSide.SENDERS, 0, NOTHING, NOTHING);
    }

    /** Locks that another process holds for the given number of tries. */
    private static final class HeldLocks implements OfdLocks {
        private int tries;

        HeldLocks(int tries) {
            this.tries = tries;
        }

        @Override
        public boolean tryLock(long index) {
            return tries-- <= 0;
        }

        @Override
        public void unlock(long index) {}

        @Override
        public boolean isLockedByAnother(long index) {
            return tries > 0;
        }

        @Override
        public void close() {}
    }

    /** Locks of a file on which no other process holds any. */
    private static final class FreeLocks implements OfdLocks {
        @Override
        public boolean tryLock(long index) {
            return true;
        }

        @Override
        public void unlock(long index) {}

        @Override
        public boolean isLockedByAnother(long index) {
            return false;
        }

        @Override
        public void close() {}
    }

    /**
     * Recording a death takes the dead end's lock for a moment; the next end attaches meanwhile.
     */
    @Test
    void anEndAttachesWhileAnotherReapsTheLast() throws Exception {
        int attached = 0;
        for (int round = 0; round < 20 && attached == 0; round++) {
            attach(PipeSide.SENDERS).crash();
            try (Descriptor undertaker = Descriptor.open(files.path().resolve(PipeFiles.LOCKS))) {
                assertTrue(undertaker.tryLock(SENDER));
                long before = SyscallCounts.snapshot().get("fcntl");
                FutureTask<End> next = new FutureTask<>(() -> attach(PipeSide.SENDERS));
                Thread thread = Thread.ofPlatform().start(next);
                while (SyscallCounts.snapshot().get("fcntl") == before && thread.isAlive()) {
                    Thread.onSpinWait();
                }
                undertaker.unlock(SENDER); // At least one try was refused.
                assertTrue(thread.join(DEADLINE), thread::toString);
                if (next.resultNow() != null) { // Otherwise this thread was too slow.
                    next.resultNow().close();
                    attached++;
                }
            }
        }
        assertEquals(1, attached, "each time the end was taken for a second one");
    }

    /** An end records its close before it releases its lock: afterwards another end may hold it. */
    @Test
    void anEndThatTakesOverAtOnceIsNeverTakenForTheOneThatClosed() throws Exception {
        try (End receiver = attach(PipeSide.RECEIVERS)) {
            AtomicInteger mistaken = new AtomicInteger();
            Thread[] threads = new Thread[2];
            for (int i = 0; i < threads.length; i++) {
                threads[i] =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int round = 0; round < 3_000; round++) {
                                                takeOver(receiver, mistaken);
                                            }
                                        });
            }
            for (Thread thread : threads) {
                assertTrue(thread.join(DEADLINE), thread::toString);
            }
            assertEquals(0, mistaken.get());
        }
    }

    private void takeOver(End receiver, AtomicInteger mistaken) {
        try (End sender = attach(PipeSide.SENDERS)) {
            if (sender == null) {
                return; // The other thread is attached already.
            }
            for (int look = 0; look < 1_000; look++) {
                if (receiver.sees(PipeSide.SENDERS, Participants.Presence.GONE)) {
                    mistaken.incrementAndGet();
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** While another end changes the epoch all the time, attaching and leaving stay bounded. */
    @Test
    void anEpochThatAlwaysChangesIsNotRetriedForEver() throws IOException {
        CountingMemory.Budget budget = new CountingMemory.Budget();
        budget.contend();
        PipeLayout pipeLayout =
                new PipeLayout(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);
        Memory meta = new CountingMemory(new HeapMemory((int) pipeLayout.metaLength()), budget);
        Descriptor locks = Descriptor.open(directory.resolve("pipe").resolve("locks"));
        try (Participants participants = new Participants(pipeLayout, meta, locks, () -> {})) {
            budget.set(200);
            assertTrue(participants.attach(PipeSide.SENDERS, 0, NOTHING, NOTHING));
            budget.set(200);
            participants.leave();
        }
    }
}
