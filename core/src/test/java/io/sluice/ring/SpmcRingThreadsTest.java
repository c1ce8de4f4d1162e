package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.TestThreads;
import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real threads on a lane with many receivers. */
class SpmcRingThreadsTest {
    private static final int MESSAGES = 150_000;
    private static final int RECEIVERS = 3;

    /** Counts how often each message of one SPMC ring was received. */
    private static final class Exchange {
        final LaneMemory laneMemory;
        final AtomicIntegerArray received = new AtomicIntegerArray(MESSAGES);
        final AtomicInteger distinct = new AtomicInteger();
        final AtomicInteger deaths = new AtomicInteger();
        volatile int sent;

        Exchange(LaneMemory laneMemory) {
            this.laneMemory = laneMemory;
        }

        /**
         * Sends the rest; a mortal sender dies at random, and the next one continues with the
         * unsent.
         */
        void send(boolean mortal) {
            Random random = new Random(1);
            FaultInjector faultInjector = new FaultInjector();
            while (sent < MESSAGES) {
                faultInjector.disarm();
                SpmcRingSender sender =
                        new SpmcRingSender(
                                laneMemory.control(),
                                new CrashableMemory(laneMemory.slotStates(), faultInjector),
                                new CrashableMemory(laneMemory.ring(), faultInjector));
                faultInjector.crashAfter(mortal ? random.nextInt(20_000) : Integer.MAX_VALUE);
                try {
                    sendTheRest(sender, random);
                } catch (SimulatedCrash e) {
                    deaths.incrementAndGet();
                }
            }
        }

        private void sendTheRest(SpmcRingSender sender, Random random) {
            for (int i = sent; i < MESSAGES; i++) {
                byte[] message = NumberedMessage.of(i, random.nextInt(60));
                for (int tries = 1; !sender.tryWrite(message, 0, message.length); tries++) {
                    if (tries % 100 == 0) {
                        sender.verify();
                    }
                    checkInterrupt();
                    Thread.yield();
                }
                sent = i + 1;
            }
        }

        private static void checkInterrupt() {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("given up");
            }
        }

        /** Receives; a mortal receiver dies at random, and the next one recovers what it held. */
        void receive(int owner, boolean mortal) {
            Random random = new Random(owner);
            FaultInjector faultInjector = new FaultInjector();
            while (distinct.get() < MESSAGES) {
                try {
                    SpmcRingRecovery.recover(
                            new CrashableMemory(laneMemory.control(), faultInjector),
                            new CrashableMemory(laneMemory.slotStates(), faultInjector),
                            owner,
                            true);
                    SpmcRingReceiver receiver =
                            new SpmcRingReceiver(
                                    new CrashableMemory(laneMemory.control(), faultInjector),
                                    new CrashableMemory(laneMemory.slotStates(), faultInjector),
                                    new CrashableMemory(laneMemory.ring(), faultInjector),
                                    owner);
                    faultInjector.crashAfter(mortal ? random.nextInt(3000) : Integer.MAX_VALUE);
                    pollUntilAllIsReceived(receiver);
                } catch (SimulatedCrash e) {
                    deaths.incrementAndGet();
                    faultInjector.crashAfter(
                            random.nextInt(500)); // Maybe during the recovery, too.
                }
            }
        }

        private void pollUntilAllIsReceived(SpmcRingReceiver receiver) {
            for (int polls = 1; distinct.get() < MESSAGES; polls++) {
                int count =
                        receiver.poll(
                                (memory, at, length) ->
                                        onMessage(memory, at, length, receiver.deliveryAttempt()),
                                10);
                if (count == 0) {
                    receiver.hasNext();
                    if (polls % 50 == 0) {
                        receiver.verify();
                    }
                    checkInterrupt();
                    Thread.yield();
                }
            }
        }

        private void onMessage(MemorySegment memory, long offset, int length, int attempt) {
            int number = NumberedMessage.read(memory, offset, length);
            int before = received.getAndIncrement(number);
            if (before == 0) {
                distinct.incrementAndGet();
            } else if (attempt == 0) {
                throw new AssertionError(number + " came twice");
            }
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            text.append(sent).append(" sent, ").append(distinct).append(" received, ");
            text.append(deaths).append(" deaths, hint ");
            text.append(Long.toHexString(laneMemory.control().getLong(LaneDescriptor.HINT_OFFSET)));
            for (int i = 0; i < laneMemory.slotStates().size() / SlotStateDescriptor.STRIDE; i++) {
                long word = laneMemory.slotStates().getLong((long) i * SlotStateDescriptor.STRIDE);
                text.append(i % 8 == 0 ? "\n  " : " ").append(Long.toHexString(word));
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachMessageIsReceivedByOneOfManyThreads(BackingMemory backingMemory)
            throws InterruptedException {
        Exchange exchange = run(backingMemory, false);
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(1, exchange.received.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noMessageIsLostThoughReceiversDieInTheMiddle(BackingMemory backingMemory)
            throws InterruptedException {
        Exchange exchange = run(backingMemory, true);
        System.out.println("SPMC ring, threads: " + exchange.deaths + " deaths");
    }

    private static Exchange run(BackingMemory backingMemory, boolean mortal)
            throws InterruptedException {
        Exchange exchange = new Exchange(backingMemory.allocateLane(4096));
        TestThreads testThreads = new TestThreads(exchange);
        testThreads.start(() -> exchange.send(mortal));
        for (int i = 1; i <= RECEIVERS; i++) {
            int owner = i;
            testThreads.start(() -> exchange.receive(owner, mortal));
        }
        testThreads.join();
        for (int owner = 1; owner <= RECEIVERS; owner++) {
            SpmcRingRecovery.recover(
                    exchange.laneMemory.control(), exchange.laneMemory.slotStates(), owner, true);
        }
        SpmcRingReceiver last = exchange.laneMemory.spmcReceiver(1);
        last.poll(
                (m, at, length) -> exchange.onMessage(m, at, length, last.deliveryAttempt()), 1000);
        last.verify();
        exchange.laneMemory.spmcSender().verify();
        return exchange;
    }
}
