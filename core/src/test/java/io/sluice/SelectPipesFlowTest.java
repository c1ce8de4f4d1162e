package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many messages through selects over pipes and mailboxes, without a safeguard timeout: one lost
 * wake-up is a hang.
 */
@Timeout(900)
class SelectPipesFlowTest {
    private static final List<String> NO_WAITV = List.of("-Dio.sluice.futex_waitv=false");
    private static final List<String> NO_MEMBARRIER = List.of("-Dio.sluice.membarrier=false");

    private static void pause(SplittableRandom random) {
        for (int spins = random.nextInt(1000); spins > 800; spins--) {
            Thread.onSpinWait();
        }
    }

    /**
     * Two threads send through selects, and two receive through selects, from a mailbox, a pipe of
     * one receiver for each, and a pipe that they share. Returns the number of messages lost or
     * doubled.
     */
    static int run(int messages, boolean virtual, boolean wakeupOnly) throws Exception {
        List<Object> state = new ArrayList<>();
        TestThreads threads = new TestThreads(state, virtual);
        Mailbox<Long> mailbox = Mailbox.create(MailboxSpec.bounded(2).receivers(Ends.MANY));
        state.add(mailbox);
        AtomicIntegerArray received = new AtomicIntegerArray(messages);
        try (Pipe shared = Pipe.anonymous(PipeSpec.bounded(4096).senders(2).receivers(Ends.MANY));
                Pipe first = Pipe.anonymous(PipeSpec.bounded(4096).senders(2));
                Pipe second = Pipe.anonymous(PipeSpec.bounded(4096).senders(2))) {
            // Opens all ends before the first thread starts: else its sender may be the last one.
            List<TestThreads.Work> work = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                long[] next = {t};
                Runnable sent = () -> next[0] += 2;
                SelectBuilder out = Select.builder();
                List<Sender<Long>> own = new ArrayList<>();
                own.add(mailbox.sender());
                for (Pipe pipe : List.of(shared, first, second)) {
                    own.add(Codec.longs().sender(pipe.sender()));
                }
                own.forEach(sender -> out.send(sender, () -> next[0], sent));
                Receiver<Long> mine = Codec.longs().receiver((t == 0 ? first : second).receiver());
                PipeReceiver ours = shared.receiver();
                SelectBuilder in =
                        Select.builder()
                                .receive(
                                        mailbox.receiver(),
                                        m -> received.incrementAndGet(m.intValue()))
                                .receive(mine, m -> received.incrementAndGet(m.intValue()))
                                .receive(
                                        ours,
                                        (memory, offset, length) ->
                                                received.incrementAndGet(
                                                        Codec.longs()
                                                                .decode(memory, offset, length)
                                                                .intValue()));
                Select sending = wakeupOnly ? WakeupOnlySelects.build(out) : out.build();
                Select receiving = wakeupOnly ? WakeupOnlySelects.build(in) : in.build();
                state.add(sending);
                state.add(receiving);
                SplittableRandom random = new SplittableRandom(t);
                work.add(
                        () -> {
                            while (next[0] < messages) {
                                sending.select();
                                pause(random);
                            }
                            own.forEach(Sender::close);
                        });
                SplittableRandom another = new SplittableRandom(2 + t);
                work.add(
                        () -> {
                            while (receiving.select() != Select.NONE) {
                                pause(another);
                            }
                            mine.close();
                            ours.close();
                        });
            }
            work.forEach(threads::start);
            threads.join();
        }
        int wrong = 0;
        for (int i = 0; i < messages; i++) {
            wrong += received.get(i) == 1 ? 0 : 1;
        }
        return wrong;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyMessageArrivesOnceWhicheverSelectReceivesIt(boolean virtual) throws Exception {
        int messages = Proof.size(5_000, 500_000);
        assertEquals(0, run(messages, virtual, true));
        Proof.SELECTED_PIPES.add(messages, "lost 0, doubled 0");
    }

    /**
     * One message at a time, each to a select that sleeps or is about to, from another thread in
     * turn: nothing but the wake-up ends its wait.
     */
    @Test
    void aSelectWakesForEachOfManyLoneMessages() throws Exception {
        int messages = Proof.size(2_000, 100_000);
        List<Object> state = new ArrayList<>();
        TestThreads threads = new TestThreads(state);
        Mailbox<Long> mailbox = Mailbox.create(MailboxSpec.bounded(1));
        try (Pipe there = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                Pipe more = Pipe.anonymous(PipeSpec.bounded(4096));
                Pipe back = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                Pipe gated = Pipe.anonymous(PipeSpec.broadcast(4096));
                Pipe lossy = Pipe.anonymous(PipeSpec.broadcast(4096));
                Sender<Long> one = Codec.longs().sender(there.sender());
                Sender<Long> two = Codec.longs().sender(more.sender());
                Sender<Long> answer = Codec.longs().sender(back.sender());
                Receiver<Long> answers = Codec.longs().receiver(back.receiver());
                Receiver<Long> fromOne = Codec.longs().receiver(there.receiver());
                Receiver<Long> fromTwo = Codec.longs().receiver(more.receiver());
                Sender<Long> three = mailbox.sender();
                Sender<Long> four = Codec.longs().sender(gated.sender());
                Sender<Long> five = Codec.longs().sender(lossy.sender());
                Receiver<Long> fromFour = Codec.longs().receiver(gated.receiver());
                Receiver<Long> fromFive =
                        Codec.longs().receiver(lossy.receiver(EndOptions.defaults().lossy()))) {
            List<Sender<Long>> ways = List.of(one, two, three, four, five);
            long[] sum = new long[1];
            Select echo =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(fromOne, answer::trySend)
                                    .receive(fromTwo, answer::trySend)
                                    .receive(mailbox.receiver(), answer::trySend)
                                    .receive(fromFour, answer::trySend)
                                    .receive(fromFive, answer::trySend));
            Select ask =
                    WakeupOnlySelects.build(Select.builder().receive(answers, m -> sum[0] += m));
            state.add(echo);
            threads.start(
                    () -> {
                        for (int i = 0; i < messages; i++) {
                            echo.select();
                        }
                    });
            threads.start(
                    () -> {
                        SplittableRandom random = new SplittableRandom(1);
                        for (int i = 0; i < messages; i++) {
                            ways.get(random.nextInt(ways.size())).send(1L);
                            ask.select();
                        }
                    });
            threads.join();
            assertEquals(messages, sum[0]);
        }
        Proof.SELECTED_PIPES.add(messages, "lost 0, doubled 0");
    }

    /** The other ways to wait, which are those of a process. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            int wrong = run(Integer.parseInt(args[0]), Boolean.parseBoolean(args[1]), false);
            System.out.println("wrong " + wrong);
        }
    }

    @Test
    void withoutFutexWaitvAllArrivesToo() throws Exception {
        checkChild(NO_WAITV);
    }

    @Test
    void withoutMembarrierAllArrivesToo() throws Exception {
        checkChild(NO_MEMBARRIER);
    }

    private static void checkChild(List<String> flags) throws Exception {
        try (ChildJvm child = ChildJvm.start(flags, Child.class, Proof.size(2_000, 50_000), true)) {
            child.expectLine("wrong 0");
            assertEquals(0, child.waitFor());
        }
    }

    /** The property has its effect, or the test above tests the same way again. */
    static final class ChildWithoutWaitv {
        public static void main(String[] args) {
            System.out.println("available " + io.sluice.linux.Futex.FutexSet.isAvailable());
        }
    }

    @Test
    void thePropertyTurnsFutexWaitvOff() throws Exception {
        assertTrue(io.sluice.linux.Futex.FutexSet.isAvailable());
        try (ChildJvm child = ChildJvm.start(NO_WAITV, ChildWithoutWaitv.class)) {
            child.expectLine("available false");
        }
    }
}
