package io.sluice.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.CountsCalls;
import io.sluice.fuzz.CountingMemory;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Calls;
import io.sluice.os.Descriptor;
import io.sluice.os.Locks;
import io.sluice.os.Mapping;
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
@CountsCalls
@Timeout(60)
class ParticipantsTest {
    private static final int SENDER = 0;
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Participants.Task NOTHING = participant -> {};

    @TempDir Path directory;
    private PipeFiles files;

    @BeforeEach
    void create() throws IOException {
        files = create("pipe", 1, 1);
    }

    private PipeFiles create(String name, int senders, int receivers) throws IOException {
        return PipeFiles.create(
                directory.resolve(name),
                new Geometry(
                        UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, senders, receivers, 0));
    }

    /** An attached end: its view of the pipe, which is closed in two steps as in real ends. */
    private record End(MetaView meta) implements AutoCloseable {
        Participants participants() {
            return meta.participants();
        }

        boolean sees(Side side, Presence presence) {
            return participants().presence(side) == presence;
        }

        boolean findsDead(int participant) throws IOException {
            return participants().findDead(participant, NOTHING);
        }

        /** Leaves the state that a killed process leaves: attached, and without a lock. */
        void die() {
            meta.close();
        }

        @Override
        public void close() {
            participants().leave();
            meta.close();
        }
    }

    private End attach(Side side) throws IOException {
        return attach(files, side, NOTHING, NOTHING);
    }

    private static End attach(
            PipeFiles files, Side side, Participants.Task recovery, Participants.Task preparation)
            throws IOException {
        MetaView meta = files.openMeta();
        boolean attached = false;
        try {
            attached = meta.participants().attach(side, 0, recovery, preparation);
        } finally {
            if (!attached) {
                meta.close();
            }
        }
        return attached ? new End(meta) : null;
    }

    private long state(int participant) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        try (FileChannel meta = FileChannel.open(files.path().resolve(PipeFiles.META))) {
            meta.read(word, files.geometry().participantOffset(participant));
        }
        return word.getLong(0);
    }

    @Test
    void whoHasNeverBeenThereHasNotLeft() throws IOException {
        try (End receiver = attach(Side.RECEIVERS)) {
            assertTrue(receiver.sees(Side.SENDERS, Presence.NONE_YET));
            assertFalse(receiver.findsDead(SENDER));
            assertFalse(receiver.participants().wasAttached(SENDER));
            assertEquals(0, receiver.participants().pid(SENDER));
            assertEquals(Participants.VACANT, state(SENDER));
        }
    }

    @Test
    void whoLivesHasNotLeftAndWhoHasClosedHas() throws IOException {
        try (End receiver = attach(Side.RECEIVERS)) {
            End sender = attach(Side.SENDERS);
            assertFalse(receiver.findsDead(SENDER));
            assertTrue(receiver.sees(Side.SENDERS, Presence.PRESENT));
            assertEquals(ProcessHandle.current().pid(), receiver.participants().pid(SENDER));
            long epoch = receiver.participants().epoch();
            sender.close();
            assertTrue(receiver.participants().epoch() != epoch, "nobody is told");
            assertTrue(receiver.sees(Side.SENDERS, Presence.GONE));
            assertEquals(Participants.CLOSED, state(SENDER));
            attach(Side.SENDERS).close(); // The lock is free again.
        }
    }

    @Test
    void whoDiedIsNotedByWhoeverAsksTheKernel() throws IOException {
        try (End receiver = attach(Side.RECEIVERS)) {
            attach(Side.SENDERS).die();
            assertTrue(receiver.sees(Side.SENDERS, Presence.PRESENT), "nobody has asked yet");
            long epoch = receiver.participants().epoch();
            assertTrue(receiver.findsDead(SENDER));
            assertTrue(receiver.participants().epoch() != epoch, "nobody is told");
            assertTrue(receiver.sees(Side.SENDERS, Presence.GONE));
            assertEquals(Participants.DEAD, state(SENDER));
            try (End next = attach(Side.SENDERS)) {
                assertTrue(receiver.sees(Side.SENDERS, Presence.PRESENT));
                assertFalse(receiver.findsDead(SENDER));
                assertTrue(next.sees(Side.RECEIVERS, Presence.PRESENT));
            }
        }
    }

    @Test
    void aSecondEndIsRefused() throws IOException {
        try (End sender = attach(Side.SENDERS)) {
            assertNull(attach(Side.SENDERS));
            assertTrue(sender.sees(Side.RECEIVERS, Presence.NONE_YET));
        }
    }

    @Test
    void ofManyEachTakesTheFirstFreePlace() throws IOException {
        PipeFiles many = create("many", 3, 2);
        End first = attach(many, Side.SENDERS, NOTHING, NOTHING);
        End second = attach(many, Side.SENDERS, NOTHING, NOTHING);
        End third = attach(many, Side.SENDERS, NOTHING, NOTHING);
        End receiver = attach(many, Side.RECEIVERS, NOTHING, NOTHING);
        assertEquals(
                List.of(0, 1, 2, 3),
                List.of(
                        first.participants().self(),
                        second.participants().self(),
                        third.participants().self(),
                        receiver.participants().self()));
        assertNull(attach(many, Side.SENDERS, NOTHING, NOTHING));
        second.close();
        assertTrue(receiver.sees(Side.SENDERS, Presence.PRESENT));
        try (End again = attach(many, Side.SENDERS, NOTHING, NOTHING)) {
            assertEquals(1, again.participants().self());
        }
        first.close();
        third.close();
        assertTrue(receiver.sees(Side.SENDERS, Presence.GONE));
        receiver.close();
    }

    @Test
    void theDeadAreRecoveredBeforeTheirPlaceIsTakenAndAgainIfThatFails() throws IOException {
        attach(Side.SENDERS).die();
        List<String> done = new ArrayList<>();
        Participants.Task fails =
                participant -> {
                    done.add("failed " + participant);
                    throw new IOException("killed meanwhile");
                };
        assertThrows(IOException.class, () -> attach(files, Side.SENDERS, fails, NOTHING));
        assertEquals(Participants.ATTACHED, state(SENDER), "still to be recovered");
        try (End receiver = attach(Side.RECEIVERS)) {
            assertThrows(IOException.class, () -> receiver.participants().findDead(SENDER, fails));
            assertEquals(Participants.ATTACHED, state(SENDER), "still to be recovered");
        }
        attach(
                        files,
                        Side.SENDERS,
                        participant -> done.add("recovered " + participant),
                        participant -> done.add("prepared " + participant))
                .close();
        assertEquals(List.of("failed 0", "failed 0", "recovered 0", "prepared 0"), done);
    }

    @Test
    void aPlaceWhosePreparationFailsStaysFreeAndOneThatIsCorruptIsPassedOver() throws IOException {
        assertThrows(
                IOException.class,
                () ->
                        attach(
                                files,
                                Side.SENDERS,
                                NOTHING,
                                participant -> {
                                    throw new IOException("disk full");
                                }));
        assertEquals(Participants.VACANT, state(SENDER));
        attach(Side.SENDERS).close();
        PipeFiles many = create("many", 3, 2);
        Participants.Task corrupt =
                participant -> {
                    if (participant < 2) {
                        throw new ChannelCorruptedException("lane " + participant);
                    }
                };
        try (End third = attach(many, Side.SENDERS, NOTHING, corrupt)) {
            assertEquals(2, third.participants().self());
            assertThrows(
                    ChannelCorruptedException.class,
                    () -> attach(many, Side.SENDERS, NOTHING, corrupt));
        }
    }

    @Test
    void whetherAllHaveAnAbilityIsAskedOfThoseWhoAreThere() throws IOException {
        MetaView able = files.openMeta();
        assertTrue(
                able.participants()
                        .attach(Side.RECEIVERS, MetaDescriptor.FENCED, NOTHING, NOTHING));
        assertTrue(able.participants().allHave(MetaDescriptor.FENCED));
        End unable = attach(Side.SENDERS);
        assertFalse(able.participants().allHave(MetaDescriptor.FENCED));
        unable.close();
        assertTrue(able.participants().allHave(MetaDescriptor.FENCED));
        able.close();
    }

    /** A side is counted once for each change, whatever the result. */
    @Test
    void aSideIsCountedOnlyIfAnEndHasComeOrGone() throws IOException {
        Geometry geometry =
                new Geometry(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 100, 0);
        CountingMemory.Budget budget = new CountingMemory.Budget();
        Memory meta = new CountingMemory(new HeapMemory((int) geometry.metaLength()), budget);
        OtherSide receivers =
                new Participants(geometry, meta, new FreeLocks()).watch(Side.RECEIVERS);
        assertHasLeft(false, receivers, budget);
        Participants receiver = new Participants(geometry, meta, new FreeLocks());
        for (int i = 0; i < 2; i++) {
            assertTrue(receiver.attach(Side.RECEIVERS, 0, NOTHING, NOTHING));
            assertHasLeft(false, receivers, budget);
            receiver.leave();
            assertHasLeft(true, receivers, budget);
            receivers.recount();
            assertHasLeft(true, receivers, budget);
        }
    }

    private static void assertHasLeft(
            boolean expected, OtherSide side, CountingMemory.Budget budget) {
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
    void aLockIsAskedForOftenHoweverFarTheClockHasGone() throws IOException {
        assertTrue(attachTo(new HeldLocks(Participants.LEAST_TRIES - 1), 1L << 40));
        assertFalse(attachTo(new HeldLocks(Participants.LEAST_TRIES), 1L << 40));
    }

    /** Attaches with a clock that advances by the given time at each reading. */
    private static boolean attachTo(Locks locks, long nanosPerRead) throws IOException {
        Geometry geometry =
                new Geometry(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);
        Memory meta = new HeapMemory((int) geometry.metaLength());
        AtomicLong clock = new AtomicLong();
        return new Participants(geometry, meta, locks, () -> clock.addAndGet(nanosPerRead))
                .attach(Side.SENDERS, 0, NOTHING, NOTHING);
    }

    /** Locks that another process holds for the given number of tries. */
    private static final class HeldLocks implements Locks {
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
    private static final class FreeLocks implements Locks {
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
    void anEndAttachesThoughAnotherJustNowNotesTheDeathOfTheLast() throws Exception {
        int attached = 0;
        for (int round = 0; round < 20 && attached == 0; round++) {
            attach(Side.SENDERS).die();
            try (Descriptor undertaker = Descriptor.open(files.path().resolve(PipeFiles.LOCKS))) {
                assertTrue(undertaker.tryLock(SENDER));
                long before = Calls.made().get("fcntl");
                FutureTask<End> next = new FutureTask<>(() -> attach(Side.SENDERS));
                Thread thread = Thread.ofPlatform().start(next);
                while (Calls.made().get("fcntl") == before && thread.isAlive()) {
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
        try (End receiver = attach(Side.RECEIVERS)) {
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
        try (End sender = attach(Side.SENDERS)) {
            if (sender == null) {
                return; // The other thread is attached already.
            }
            for (int look = 0; look < 1_000; look++) {
                if (receiver.sees(Side.SENDERS, Presence.GONE)) {
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
    void anEpochThatNeverKeepsStillIsLeftAlone() throws IOException {
        CountingMemory.Budget budget = new CountingMemory.Budget();
        budget.contend();
        Geometry geometry =
                new Geometry(UUID.randomUUID(), Mapping.pageSize(), 1 << 16, 1, 1, 1, 0);
        Memory meta = new CountingMemory(new HeapMemory((int) geometry.metaLength()), budget);
        Descriptor locks = Descriptor.open(directory.resolve("pipe").resolve("locks"));
        try (Participants participants = new Participants(geometry, meta, locks)) {
            budget.set(200);
            assertTrue(participants.attach(Side.SENDERS, 0, NOTHING, NOTHING));
            budget.set(200);
            participants.leave();
        }
    }
}
