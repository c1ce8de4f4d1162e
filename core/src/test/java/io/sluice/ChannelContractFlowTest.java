package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of every pipe while threads use all of its ends. The combinations are those of
 * {@link ChannelContractTest}.
 */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(120)
class ChannelContractFlowTest {
    private static final Duration SHORT = Duration.ofNanos(20_000);
    private static final Set<Combination> RUN = new HashSet<>();
    private static final AtomicInteger CHECKS = new AtomicInteger();

    static List<Combination> combinations() {
        return Combination.all().stream()
                .filter(
                        c ->
                                c.delivery() == Delivery.AT_LEAST_ONCE
                                        && !c.retained()) // No end dies.
                .toList();
    }

    @Parameter private Combination combination;

    private ContractPipe pipe;
    private int each;
    private AtomicIntegerArray received;

    @BeforeEach
    void prepare() throws IOException {
        RUN.add(combination);
        CHECKS.incrementAndGet();
        pipe = new ContractPipe(combination, combination.spec());
    }

    @AfterEach
    void close() throws Exception {
        pipe.close();
    }

    @AfterAll
    static void report() {
        System.out.printf("contract, flow: %d combinations, %d checks%n", RUN.size(), CHECKS.get());
        assertEquals(combinations().size(), RUN.size());
    }

    private void count(int messages) {
        each = messages / combination.senders();
        received = new AtomicIntegerArray(combination.senders() * each);
    }

    /** Checks that each sender's numbers increase at each receiver. */
    private final class OrderCheck {
        private final int[] next = new int[combination.senders()];

        void see(byte[] message) {
            int number = (int) pipe.number(message);
            int sender = number / each;
            assertTrue(next[sender] <= number, () -> number + " comes before " + next[sender]);
            next[sender] = number + 1;
            int times = received.incrementAndGet(number);
            assertTrue(times <= combination.copies(), () -> number + " came " + times + " times");
        }

        void see(MemorySegment memory, long offset, int length) {
            see(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private void checkAllReceived() throws IOException {
        for (int i = 0; i < received.length(); i++) {
            int number = i;
            assertEquals(
                    combination.copies(),
                    received.get(i),
                    () -> number + " is missing; " + pipe.state());
        }
        PipeStatistics statistics = pipe.statistics();
        assertEquals(0, statistics.messages(), pipe::state);
        assertEquals(statistics.sentBytes(), statistics.receivedBytes(), pipe::state);
    }

    /** Mixes all ways to send and to receive concurrently, with and without timeouts. */
    @Test
    void eachMessageIsReceivedOnceAndInOrder() throws Exception {
        count(
                combination.takesTurns() && combination.sleeps()
                        ? Proof.size(100, 1_000)
                        : Proof.size(1_000, 10_000));
        List<ContractPipe.BackgroundTask> backgroundTasks = new ArrayList<>();
        for (PipeReceiver receiver : pipe.receivers()) {
            backgroundTasks.add(pipe.start(() -> receiveAll(receiver)));
        }
        List<PipeSender> senders = pipe.senders();
        for (int i = 0; i < senders.size(); i++) {
            PipeSender sender = senders.get(i);
            int first = i * each;
            backgroundTasks.add(
                    pipe.start(
                            () -> {
                                for (int n = 0; n < each; n++) {
                                    send(sender, n % 5, pipe.message(first + n));
                                }
                                sender.close();
                            }));
        }
        for (ContractPipe.BackgroundTask backgroundTask : backgroundTasks) {
            backgroundTask.join();
        }
        checkAllReceived();
    }

    private static void send(PipeSender sender, int how, byte[] message) throws Exception {
        switch (how) {
            case 0 -> sender.send(message);
            case 1 -> assertTrue(sender.send(message, ContractPipe.LONG));
            case 2 -> sender.claim(message.length).putBytes(0, message, 0, message.length).commit();
            case 3 -> {
                while (!sender.send(message, SHORT)) {
                    Thread.onSpinWait();
                }
            }
            default -> {
                while (!sender.trySend(message)) {
                    LockSupport.parkNanos(10_000);
                }
            }
        }
    }

    private void receiveAll(PipeReceiver receiver) throws Exception {
        OrderCheck order = new OrderCheck();
        for (int turn = 0; !receiver.isEndOfStream(); turn++) {
            byte[] message = null;
            switch (turn % 5) {
                case 0 -> message = receiver.receive();
                case 1 -> message = receiver.receive(ContractPipe.LONG);
                case 2 -> message = receiver.tryReceive();
                case 3 -> message = receiver.receive(SHORT);
                default -> receiver.receive(order::see, 7);
            }
            if (message != null) {
                order.see(message);
            }
        }
    }

    /** Repeats every interrupted call: an interrupted call has had no effect. */
    @Test
    void interruptionsLoseAndDoubleNothing() throws Exception {
        count(combination.takesTurns() ? Proof.size(150, 300) : Proof.size(500, 2_000));
        List<ContractPipe.BackgroundTask> backgroundTasks = new ArrayList<>();
        for (PipeReceiver receiver : pipe.receivers()) {
            backgroundTasks.add(
                    pipe.start(
                            () -> {
                                OrderCheck order = new OrderCheck();
                                while (!receiver.isEndOfStream()) {
                                    try {
                                        byte[] message = receiver.receive();
                                        if (message != null) {
                                            order.see(message);
                                        }
                                    } catch (InterruptedException e) {
                                        Thread.onSpinWait();
                                    }
                                }
                            }));
        }
        List<PipeSender> senders = pipe.senders();
        for (int i = 0; i < senders.size(); i++) {
            PipeSender sender = senders.get(i);
            int first = i * each;
            backgroundTasks.add(
                    pipe.start(
                            () -> {
                                for (int n = 0; n < each; n++) {
                                    sendThoughInterrupted(sender, pipe.message(first + n));
                                }
                                sender.close();
                            }));
        }
        Interrupts.untilEnded(
                backgroundTasks.stream().map(ContractPipe.BackgroundTask::thread).toList(),
                50_000,
                () -> IntStream.range(0, received.length()).mapToLong(received::get).sum(),
                pipe::state);
        for (ContractPipe.BackgroundTask backgroundTask : backgroundTasks) {
            backgroundTask.join();
        }
        checkAllReceived();
    }

    private static void sendThoughInterrupted(PipeSender sender, byte[] message) {
        while (true) {
            try {
                sender.send(message);
                return;
            } catch (InterruptedException e) {
                Thread.onSpinWait();
            }
        }
    }
}
