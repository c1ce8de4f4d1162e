package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of every pipe when an end dies: the combinations of {@link ChannelContractTest} on
 * the heap, where the test simulates the death. {@code KillTest} kills processes that use mapped
 * memory.
 */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(120)
class ChannelContractDeathTest {
    private static final Set<Combination> RUN = new HashSet<>();
    private static final AtomicInteger CHECKS = new AtomicInteger();

    static List<Combination> combinations() {
        return Combination.all().stream().filter(c -> !c.mapped()).toList();
    }

    @Parameter private Combination combination;

    private ContractPipe pipe;

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
        System.out.printf(
                "contract, death: %d combinations, %d checks%n", RUN.size(), CHECKS.get());
        assertEquals(combinations().size(), RUN.size());
    }

    @Test
    void whatADeadSenderHasSentIsReceivedAndThenTheEnd() throws Exception {
        PipeReceiver receiver = pipe.receiver();
        List<PipeSender> senders = pipe.senders();
        int sent = 0;
        for (int i = 0; i < senders.size(); i++) {
            if (combination.holds()) {
                assertTrue(senders.get(i).trySend(pipe.message(sent++)));
            }
            pipe.kill(i, senders.get(i));
        }
        long sum = 0;
        for (int i = 0; i < sent; i++) {
            sum += pipe.number(receiver.receive(ContractPipe.LONG));
        }
        assertEquals(sent * (sent - 1) / 2, sum);
        assertNull(receiver.receive());
        assertTrue(receiver.isEndOfStream());
    }

    /** A dead sender counts as closed; its claimed but uncommitted message is lost. */
    @Test
    void theDeathOfTheLastSenderEndsTheStream() throws Exception {
        List<PipeReceiver> receivers = pipe.receivers();
        List<PipeSender> senders = pipe.senders();
        if (combination.holds()) {
            for (int i = 0; i < senders.size(); i++) {
                assertTrue(senders.get(i).trySend(pipe.message(i)));
            }
            for (PipeReceiver receiver : receivers.subList(0, combination.copies())) {
                long sum = 0;
                for (int i = 0; i < senders.size(); i++) {
                    sum += pipe.number(receiver.receive(ContractPipe.LONG));
                }
                assertEquals(senders.size() * (senders.size() - 1) / 2, sum);
            }
        }
        List<ContractPipe.BackgroundTask> waiting = new ArrayList<>();
        for (PipeReceiver receiver : receivers) {
            waiting.add(pipe.start(() -> assertNull(receiver.receive())));
        }
        for (int i = 0; i < senders.size(); i++) {
            for (ContractPipe.BackgroundTask backgroundTask : waiting) {
                backgroundTask.awaitWaiting();
            }
            senders.get(i).claim(8).putLong(0, -1);
            pipe.kill(i, senders.get(i));
        }
        for (ContractPipe.BackgroundTask backgroundTask : waiting) {
            backgroundTask.join();
        }
        pipe.pass(pipe.sender(), receivers.get(0), pipe.message(1));
    }

    @Test
    void theDeathOfTheLastReceiverBreaksThePipe() throws Exception {
        pipe = new ContractPipe(combination, combination.spec().retainWithoutReceivers(false));
        List<PipeReceiver> receivers = pipe.receivers();
        PipeSender sender = pipe.sender();
        int held = pipe.fill(sender);
        ContractPipe.BackgroundTask waiting =
                pipe.start(
                        () ->
                                assertThrows(
                                        BrokenChannelException.class,
                                        () -> sender.send(pipe.message(held))));
        for (int i = 0; i < receivers.size(); i++) {
            waiting.awaitWaiting();
            pipe.kill(combination.senders() + i, receivers.get(i));
        }
        waiting.join();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(pipe.message(held)));
    }
}
