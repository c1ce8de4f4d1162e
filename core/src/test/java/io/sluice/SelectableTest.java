package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A select over an end that belongs to no mailbox, as a pipe's would: the end wakes the select. */
class SelectableTest {
    private static final int ROUNDS = 5_000;

    /** An end that counts rings, each of which is a message. */
    private static final class SignalEnd implements Receiver<Integer>, Selectable {
        private final WaitQueue waitQueue = new WaitQueue();
        private final AtomicInteger signals = new AtomicInteger();
        private volatile boolean over;
        private int taken;

        void signal() {
            signals.incrementAndGet();
            waitQueue.wakeOne();
        }

        void end() {
            over = true;
            waitQueue.wakeAll();
        }

        @Override
        public WaitQueue waitQueue() {
            return waitQueue;
        }

        @Override
        public boolean ready() {
            return signals.get() > taken;
        }

        @Override
        public Integer tryReceive() {
            return ready() ? ++taken : null;
        }

        @Override
        public boolean isEndOfStream() {
            return over && !ready();
        }

        @Override
        public Integer receive() {
            throw new UnsupportedOperationException("a select never waits for one end");
        }

        @Override
        public Integer receive(Duration timeout) {
            throw new UnsupportedOperationException("a select never waits for one end");
        }

        @Override
        public int poll(java.util.function.Consumer<? super Integer> handler, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final SignalEnd signalEnd = new SignalEnd();
    private final Mailbox<Integer> mailbox =
            Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
    private final Mailbox<Integer> rendezvous =
            Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
    private final TestThreads testThreads = new TestThreads(List.of(mailbox, rendezvous));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void signalsAndMessagesAreAllSelected(boolean spins) throws InterruptedException {
        List<Integer> strokes = new ArrayList<>();
        AtomicInteger others = new AtomicInteger();
        SelectBuilder builder =
                Select.builder()
                        .receive(signalEnd, strokes::add)
                        .receive(mailbox.receiver(), m -> others.incrementAndGet())
                        .receive(rendezvous.receiver(), m -> others.incrementAndGet());
        Select select =
                spins
                        ? builder.idle(new YieldingIdleStrategy()).build()
                        : WakeupOnlySelects.build(builder);
        Sender<Integer> toMailbox = mailbox.sender();
        Sender<Integer> toRendezvous = rendezvous.sender();
        testThreads.start(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        signalEnd.signal();
                        if (i % 3 == 0) {
                            toRendezvous.send(i);
                        }
                    }
                    signalEnd.end();
                    toRendezvous.close();
                });
        testThreads.start(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        toMailbox.send(i);
                    }
                    toMailbox.close();
                });
        testThreads.start(
                () -> {
                    while (select.select() != Select.NONE) {}
                });
        testThreads.join();
        assertTrue(select.isEndOfStream());
        assertEquals(ROUNDS, strokes.size());
        assertEquals(ROUNDS + (ROUNDS + 2) / 3, others.get());
    }

    @Test
    void aSignalWakesIt() throws InterruptedException {
        Select select =
                WakeupOnlySelects.build(
                        Select.builder()
                                .receive(mailbox.receiver(), m -> {})
                                .receive(signalEnd, m -> {}));
        Thread thread = testThreads.start(() -> assertEquals(1, select.select()));
        testThreads.spinUntil(
                () -> signalEnd.waitQueue.count() == 1 && LockSupport.getBlocker(thread) != null);
        signalEnd.signal();
        testThreads.join();
        assertEquals(0, signalEnd.waitQueue.count());
    }

    @Test
    void itsEndIsAnEnd() throws InterruptedException {
        Select select = WakeupOnlySelects.build(Select.builder().receive(signalEnd, m -> {}));
        Thread thread = testThreads.start(() -> assertEquals(Select.NONE, select.select()));
        testThreads.spinUntil(
                () -> signalEnd.waitQueue.count() == 1 && LockSupport.getBlocker(thread) != null);
        signalEnd.end();
        testThreads.join();
    }
}
