package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.waiting.Selectable;
import io.sluice.waiting.Sleepers;
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
    private static final class BellEnd implements Receiver<Integer>, Selectable {
        private final Sleepers sleepers = new Sleepers();
        private final AtomicInteger strokes = new AtomicInteger();
        private volatile boolean over;
        private int taken;

        void ring() {
            strokes.incrementAndGet();
            sleepers.wakeOne();
        }

        void end() {
            over = true;
            sleepers.wakeAll();
        }

        @Override
        public Sleepers sleepers() {
            return sleepers;
        }

        @Override
        public boolean ready() {
            return strokes.get() > taken;
        }

        @Override
        public Integer tryReceive() {
            return ready() ? ++taken : null;
        }

        @Override
        public boolean ended() {
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
        public int drain(java.util.function.Consumer<? super Integer> handler, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final BellEnd bell = new BellEnd();
    private final Mailbox<Integer> mailbox = Mailbox.bounded(4);
    private final Mailbox<Integer> rendezvous = Mailbox.rendezvous();
    private final Crew crew = new Crew(List.of(mailbox, rendezvous));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void strokesAndMessagesAreAllSelected(boolean spins) throws InterruptedException {
        List<Integer> strokes = new ArrayList<>();
        AtomicInteger others = new AtomicInteger();
        SelectBuilder builder =
                Select.builder()
                        .receive(bell, strokes::add)
                        .receive(mailbox.receiver(), m -> others.incrementAndGet())
                        .receive(rendezvous.receiver(), m -> others.incrementAndGet());
        Select select =
                spins ? builder.idle(new YieldingIdleStrategy()).build() : Patient.build(builder);
        Sender<Integer> toMailbox = mailbox.sender();
        Sender<Integer> toRendezvous = rendezvous.sender();
        crew.start(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        bell.ring();
                        if (i % 3 == 0) {
                            toRendezvous.send(i);
                        }
                    }
                    bell.end();
                    toRendezvous.close();
                });
        crew.start(
                () -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        toMailbox.send(i);
                    }
                    toMailbox.close();
                });
        crew.start(
                () -> {
                    while (select.select() != Select.NONE) {}
                });
        crew.join();
        assertTrue(select.ended());
        assertEquals(ROUNDS, strokes.size());
        assertEquals(ROUNDS + (ROUNDS + 2) / 3, others.get());
    }

    @Test
    void aStrokeWakesIt() throws InterruptedException {
        Select select =
                Patient.build(
                        Select.builder()
                                .receive(mailbox.receiver(), m -> {})
                                .receive(bell, m -> {}));
        Thread thread = crew.start(() -> assertEquals(1, select.select()));
        crew.until(() -> bell.sleepers.count() == 1 && LockSupport.getBlocker(thread) != null);
        bell.ring();
        crew.join();
        assertEquals(0, bell.sleepers.count());
    }

    @Test
    void itsEndIsAnEnd() throws InterruptedException {
        Select select = Patient.build(Select.builder().receive(bell, m -> {}));
        Thread thread = crew.start(() -> assertEquals(Select.NONE, select.select()));
        crew.until(() -> bell.sleepers.count() == 1 && LockSupport.getBlocker(thread) != null);
        bell.end();
        crew.join();
    }
}
