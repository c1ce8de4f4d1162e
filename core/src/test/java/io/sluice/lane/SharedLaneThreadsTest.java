package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.Crew;
import io.sluice.lane.Lanes.Lane;
import io.sluice.lane.Mortal.Death;
import io.sluice.lane.Mortal.Fate;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real threads on a lane with many receivers. */
class SharedLaneThreadsTest {
    private static final int MESSAGES = 150_000;
    private static final int RECEIVERS = 3;

    /** Counts how often each message of one shared lane was received. */
    private static final class Exchange {
        final Lane lane;
        final AtomicIntegerArray received = new AtomicIntegerArray(MESSAGES);
        final AtomicInteger distinct = new AtomicInteger();
        final AtomicInteger deaths = new AtomicInteger();
        volatile int sent;

        Exchange(Lane lane) {
            this.lane = lane;
        }

        /**
         * Sends the rest; a mortal sender dies at random, and the next one continues with the
         * unsent.
         */
        void send(boolean mortal) {
            Random random = new Random(1);
            Fate fate = new Fate();
            while (sent < MESSAGES) {
                fate.live();
                SharedLaneSender sender =
                        new SharedLaneSender(
                                lane.control(),
                                new Mortal(lane.claims(), fate),
                                new Mortal(lane.ring(), fate));
                fate.dieAfter(mortal ? random.nextInt(20_000) : Integer.MAX_VALUE);
                try {
                    sendTheRest(sender, random);
                } catch (Death e) {
                    deaths.incrementAndGet();
                }
            }
        }

        private void sendTheRest(SharedLaneSender sender, Random random) {
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
            Fate fate = new Fate();
            while (distinct.get() < MESSAGES) {
                try {
                    SharedLaneRecovery.recover(
                            new Mortal(lane.control(), fate),
                            new Mortal(lane.claims(), fate),
                            owner,
                            true);
                    SharedLaneReceiver receiver =
                            new SharedLaneReceiver(
                                    new Mortal(lane.control(), fate),
                                    new Mortal(lane.claims(), fate),
                                    new Mortal(lane.ring(), fate),
                                    owner);
                    fate.dieAfter(mortal ? random.nextInt(3000) : Integer.MAX_VALUE);
                    pollUntilAllIsReceived(receiver);
                } catch (Death e) {
                    deaths.incrementAndGet();
                    fate.dieAfter(random.nextInt(500)); // Maybe during the recovery, too.
                }
            }
        }

        private void pollUntilAllIsReceived(SharedLaneReceiver receiver) {
            for (int polls = 1; distinct.get() < MESSAGES; polls++) {
                int count =
                        receiver.poll(
                                (memory, at, length) ->
                                        onMessage(memory, at, length, receiver.attempt()),
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
            text.append(Long.toHexString(lane.control().getLong(LaneDescriptor.HINT_OFFSET)));
            for (int i = 0; i < lane.claims().size() / ClaimWordDescriptor.STRIDE; i++) {
                long word = lane.claims().getLong((long) i * ClaimWordDescriptor.STRIDE);
                text.append(i % 8 == 0 ? "\n  " : " ").append(Long.toHexString(word));
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachMessageIsReceivedByOneOfManyThreads(Lanes lanes) throws InterruptedException {
        Exchange exchange = run(lanes, false);
        for (int i = 0; i < MESSAGES; i++) {
            assertEquals(1, exchange.received.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noMessageIsLostThoughReceiversDieInTheMiddle(Lanes lanes) throws InterruptedException {
        Exchange exchange = run(lanes, true);
        System.out.println("shared lane, threads: " + exchange.deaths + " deaths");
    }

    private static Exchange run(Lanes lanes, boolean mortal) throws InterruptedException {
        Exchange exchange = new Exchange(lanes.make(4096));
        Crew crew = new Crew(exchange);
        crew.start(() -> exchange.send(mortal));
        for (int i = 1; i <= RECEIVERS; i++) {
            int owner = i;
            crew.start(() -> exchange.receive(owner, mortal));
        }
        crew.join();
        for (int owner = 1; owner <= RECEIVERS; owner++) {
            SharedLaneRecovery.recover(
                    exchange.lane.control(), exchange.lane.claims(), owner, true);
        }
        SharedLaneReceiver last = exchange.lane.sharedReceiver(1);
        last.poll((m, at, length) -> exchange.onMessage(m, at, length, last.attempt()), 1000);
        last.verify();
        exchange.lane.sharedSender().verify();
        return exchange;
    }
}
