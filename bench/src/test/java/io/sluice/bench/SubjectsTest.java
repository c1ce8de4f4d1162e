package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Param;

/** Every subject passes messages as the benchmarks do, and the check of what comes can fail. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // A read does not wake up.
class SubjectsTest {
    /** All of them in a proof. */
    private static final int MESSAGES = System.getProperty("sluice.proof") == null ? 300 : 20_000;

    private static final int TRIPS = MESSAGES / 4;

    private static List<EmbeddedAeron> keepDrivers;

    /** Launching a driver for each subject of Aeron's would take most of the time. */
    @BeforeAll
    static void launchDrivers() {
        keepDrivers =
                List.of(
                        new EmbeddedAeron(EmbeddedAeron.DEFAULT_TERM),
                        new EmbeddedAeron(EmbeddedAeron.SHORT_TERM));
    }

    @AfterAll
    static void closeDrivers() {
        keepDrivers.forEach(EmbeddedAeron::close);
    }

    private static void stream(SubjectSender end, IntUnaryOperator poll, Tally tally)
            throws InterruptedException {
        SenderThread senderThread = new SenderThread(end);
        while (tally.received() < MESSAGES) {
            if (poll.applyAsInt(100) == 0) {
                Thread.onSpinWait();
                senderThread.check();
            }
        }
        senderThread.stop();
    }

    @Test
    void everySubjectForBytesDeliversEveryMessageInOrder() throws Exception {
        for (String name : ByteSubjects.ALL.keySet()) {
            for (int size : new int[] {8, 256, 4096}) {
                try (ByteSubject subject = ByteSubjects.of(name, size)) {
                    stream(subject, subject::poll, subject.tally());
                }
            }
        }
    }

    @Test
    void everySubjectForObjectsDeliversEveryMessageInOrder() throws Exception {
        for (String name : ObjectSubjects.ALL.keySet()) {
            for (String topology : Topology.ALL) {
                Topology ends = Topology.of(topology);
                ObjectStream stream = new ObjectStream(ObjectSubjects.of(name, ends, 64), ends);
                stream.receive(MESSAGES);
                stream.receive(MESSAGES);
                stream.stop();
                assertTrue(stream.received() >= 2 * MESSAGES, name + " " + topology);
            }
        }
    }

    @Test
    void severalReceiversShareTheMessages() {
        for (String name : ObjectSubjects.ALL.keySet()) {
            Topology ends = Topology.of("2-2");
            ObjectSubject subject = ObjectSubjects.of(name, ends, 64);
            List<ObjectTally> tallies = List.of(new ObjectTally(ends), new ObjectTally(ends));
            List<SubjectReceiver> receivers = tallies.stream().map(subject::receiver).toList();
            List<SubjectSender> senders = List.of(subject.sender(0), subject.sender(1));
            for (int i = 0; i < 1000; i++) {
                assertTrue(senders.get(i % 2).trySend(i / 2), name);
                assertEquals(1, receivers.get(i / 2 % 2).poll(1), name);
            }
            tallies.forEach(tally -> assertEquals(500, tally.received(), name));
            senders.forEach(SubjectSender::closeSender);
            receivers.forEach(SubjectReceiver::detach);
        }
    }

    @Test
    void everySubjectHandsEveryMessageOverInOrder() throws Exception {
        for (String name : HandoffSubjects.ALL.keySet()) {
            for (String threads : Handoff.THREADS) {
                Handoff.handOver(HandoffSubjects.of(name), threads, MESSAGES);
            }
        }
    }

    @Test
    void everySubjectWithTwoSendersDeliversEachOnesMessagesInOrder() throws Exception {
        for (String name : FanInSubjects.ALL.keySet()) {
            try (FanInSubject subject = FanInSubjects.of(name)) {
                SenderThread[] senderThreads = new SenderThread[FanInSubject.SENDERS];
                for (int i = 0; i < senderThreads.length; i++) {
                    senderThreads[i] = new SenderThread(subject.sender(i), i);
                }
                FanInTally tally = subject.tally();
                while (tally.received(0) < MESSAGES || tally.received(1) < MESSAGES) {
                    subject.receive(100, senderThreads);
                }
                for (SenderThread senderThread : senderThreads) {
                    senderThread.stop();
                }
            }
        }
    }

    @Test
    void everyBroadcastReachesItsReceivers() throws Exception {
        for (String name : ByteBroadcasts.ALL.keySet()) {
            try (ByteBroadcast subject = ByteBroadcasts.of(name, 256)) {
                SubjectReceiver all = BroadcastBytes.inTurn(subject::addReceiver, 2);
                SenderThread sender = new SenderThread(subject);
                all.receive(MESSAGES, sender);
                sender.stop();
            }
        }
    }

    @Test
    void eachReceiverOfABroadcastNoticesWhatIsMissing() {
        for (String name : ByteBroadcasts.ALL.keySet()) {
            boolean lossy = name.matches("sluice-lossy|agrona");
            ByteBroadcast subject = ByteBroadcasts.of(name, 32);
            List<SubjectReceiver> receivers = List.of(subject.addReceiver(), subject.addReceiver());
            for (long sequence : new long[] {0, 1, 3, 2}) {
                while (!subject.trySend(sequence)) {}
                for (SubjectReceiver receiver : receivers) {
                    if (sequence == 2 || sequence == 3 && !lossy) {
                        assertThrows(IllegalStateException.class, () -> receiver.receive(1), name);
                    } else {
                        receiver.receive(1);
                    }
                }
                if (sequence == 3 && !lossy) {
                    break;
                }
            }
            if (name.equals("sluice-lossy")) { // The pipe has lost nothing.
                IllegalStateException e = assertThrows(IllegalStateException.class, subject::close);
                assertEquals("0 counted as lost, 1 missing", e.getMessage());
            } else {
                subject.close();
            }
        }
    }

    @Test
    void aMessageOutOfItsSendersSequenceIsNoticed() {
        for (String name : FanInSubjects.ALL.keySet()) {
            try (FanInSubject subject = FanInSubjects.of(name)) {
                SubjectSender first = subject.sender(0);
                SubjectSender second = subject.sender(1);
                while (!first.trySend(0)) {}
                while (!second.trySend(0)) {}
                while (!first.trySend(1)) {}
                while (!second.trySend(2)) {}
                assertThrows(IllegalStateException.class, () -> subject.receive(1 << 30), name);
                assertEquals(2, subject.tally().received(0), name);
                assertEquals(1, subject.tally().received(1), name);
            }
        }
    }

    @Test
    void aSenderThatFailsIsReportedAlsoToAReceiverThatWaits() throws Exception {
        for (String name : List.of("kernel-pipe", "sluice-sleeping")) {
            try (ByteSubject subject = ByteSubjects.of(name, 32)) {
                SubjectSender failing =
                        new SubjectSender() {
                            @Override
                            public boolean trySend(long sequence) {
                                if (sequence == 10) {
                                    throw new IllegalStateException("the tenth");
                                }
                                return subject.trySend(sequence);
                            }

                            @Override
                            public void closeSender() {
                                subject.closeSender();
                            }
                        };
                SenderThread senderThread = new SenderThread(failing);
                IllegalStateException e =
                        assertThrows(
                                IllegalStateException.class,
                                () -> subject.receive(MESSAGES, senderThread));
                assertEquals("the tenth", e.getCause().getMessage());
                assertEquals(10, subject.tally().received(), name);
            }
        }
    }

    @Test
    void aRoundTripIsAnsweredWithItsNumber() throws Exception {
        for (String name : ByteSubjects.ALL.keySet()) {
            try (ByteSubject there = ByteSubjects.of(name, 32);
                    ByteSubject back = ByteSubjects.of(name, 32)) {
                Echo echo = new Echo(there, back);
                for (long i = 0; i < TRIPS; i++) {
                    while (!there.trySend(i)) {}
                    while (back.poll(1) == 0) {
                        echo.check();
                    }
                }
                echo.stop();
                assertEquals(TRIPS, back.tally().received(), name);
            }
        }
    }

    @Test
    void aSelectFindsTheMessageOfTheBusyChannel() {
        for (String name : SelectSubjects.ALL.keySet()) {
            for (int idle : new int[] {0, 1, 8}) {
                SelectSubject subject = SelectSubjects.ALL.get(name).apply(idle);
                for (long i = 0; i < TRIPS; i++) {
                    subject.send(i);
                    subject.select();
                    assertEquals(i + 1, subject.received(), name);
                }
                subject.send(TRIPS + 1);
                assertThrows(IllegalStateException.class, subject::select, name);
                subject.close();
            }
        }
    }

    @Test
    void aCallGetsTheReplyToItsNumber() throws Exception {
        for (String name : CallSubjects.ALL.keySet()) {
            CallSubject subject = CallSubjects.ALL.get(name).get();
            CallServer server = new CallServer(subject);
            for (long i = 0; i < TRIPS; i++) {
                assertEquals(i, subject.call(i, server), name);
            }
            server.stop();
            subject.close();
        }
    }

    @Test
    void aMessageOutOfSequenceIsNoticedByEverySubject() {
        for (String name : ByteSubjects.ALL.keySet()) {
            if (name.contains("rendezvous")) {
                continue; // A single thread cannot rendezvous; its reader is the others' reader.
            }
            for (int size : new int[] {8, 32, 256}) {
                try (ByteSubject subject = ByteSubjects.of(name, size)) {
                    while (!subject.trySend(0)) {}
                    while (subject.poll(1) == 0) {}
                    while (!subject.trySend(2)) {}
                    assertTrue(noticesWrongMessage(subject), name + " " + size);
                }
            }
        }
        for (String name : ObjectSubjects.ALL.keySet()) {
            Topology ends = Topology.of("2-1");
            ObjectSubject subject = ObjectSubjects.of(name, ends, 64);
            SubjectSender sender = subject.sender(1);
            SubjectReceiver receiver = subject.receiver(new ObjectTally(ends));
            assertTrue(sender.trySend(1), name);
            assertThrows(IllegalStateException.class, () -> receiver.poll(1), name);
            sender.closeSender();
            receiver.detach();
        }
    }

    /** Aeron hands what a handler throws to its error handler, which may come later. */
    private static boolean noticesWrongMessage(ByteSubject subject) {
        long before = subject.tally().received();
        try {
            for (int i = 0; i < 1_000_000; i++) {
                if (subject.poll(1) > 0) {
                    break;
                }
            }
        } catch (IllegalStateException e) {
            return e.getMessage().contains("was due");
        }
        return subject.tally().received() == before;
    }

    @Test
    void theRegistriesAndTheParametersNameTheSameSubjects() throws Exception {
        Set<String> asked = new TreeSet<>();
        for (Class<?> question :
                List.of(
                        StreamBytes.class,
                        StreamSleeping.class,
                        RoundTripBytes.class,
                        RoundTripBlocking.class)) {
            asked.addAll(parameters(question));
        }
        assertEquals(ByteSubjects.ALL.keySet(), asked);
        assertEquals(FanInSubjects.ALL.keySet(), parameters(FanIn.class));
        assertEquals(HandoffSubjects.ALL.keySet(), parameters(Handoff.class));
        assertEquals(ObjectSubjects.ALL.keySet(), parameters(StreamObjects.class));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> ByteSubjects.of("x", 8));
        assertTrue(e.getMessage().contains("sluice"), e.getMessage());
    }

    private static Set<String> parameters(Class<?> benchmark) throws NoSuchFieldException {
        return new TreeSet<>(
                List.of(benchmark.getField("subject").getAnnotation(Param.class).value()));
    }
}
