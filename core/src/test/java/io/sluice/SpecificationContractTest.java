package io.sluice;

import static io.sluice.ContractPipe.LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
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
 * The essentials of the contract for every accepted specification, in each memory: messages arrive
 * unchanged and in order, up to the capacity; what happens at the quota, and when one side has
 * left. {@link ChannelContractTest} tests more, for fewer specifications, and also covers a larger
 * capacity and ends that spin.
 */
@ParameterizedClass
@MethodSource("combinations")
@Timeout(60)
class SpecificationContractTest {
    private static final AtomicInteger CHECKS = new AtomicInteger();

    /** Returns all that sleep in a proof, else those where memory and topology agree. */
    static List<Combination> combinations() {
        return Combination.expressible().stream()
                .filter(c -> c.sleeps() && c.capacity() != Combination.PipeCapacity.LARGE)
                .filter(c -> Proof.isProofBuild() || c.mapped() == (c.senders() == c.receivers()))
                .toList();
    }

    @Parameter private Combination combination;

    private ContractPipe pipe;
    private PipeSender sender;
    private PipeReceiver receiver;

    @BeforeEach
    void open() throws Exception {
        CHECKS.incrementAndGet();
        pipe = new ContractPipe(combination, combination.spec());
        sender = pipe.sender();
        receiver = pipe.receiver();
    }

    @AfterEach
    void close() throws Exception {
        pipe.close();
    }

    @AfterAll
    static void report() {
        System.out.printf(
                "contract, specifications: %d combinations, %d checks%n",
                combinations().size(), CHECKS.get());
        Proof.CONTRACT_SPECIFICATIONS.add(combinations().size(), "checks " + CHECKS);
    }

    @Test
    void arrivesAsItWasSent() throws Exception {
        byte[] longest = new byte[pipe.maxMessageLength()];
        longest[0] = 1;
        longest[longest.length - 1] = 2;
        for (byte[] message : List.of(new byte[0], new byte[] {1, 2, 3}, longest)) {
            pipe.pass(sender, receiver, message);
            Claim claim = sender.claim(message.length).putBytes(0, message, 0, message.length);
            ContractPipe.BackgroundTask backgroundTask = pipe.start(claim::commit);
            List<Integer> lengths = new ArrayList<>();
            assertEquals(1, receiver.receive((m, offset, length) -> lengths.add(length), 1, LONG));
            assertEquals(List.of(message.length), lengths);
            backgroundTask.join();
        }
        assertThrows(
                IllegalArgumentException.class, () -> sender.trySend(new byte[longest.length + 1]));
        assertNull(receiver.tryReceive());
        PipeStatistics statistics = pipe.statistics();
        assertEquals(0, statistics.messages());
        assertEquals(statistics.sentBytes(), statistics.receivedBytes());
    }

    @Test
    void atItsCapacityItFollowsItsPolicy() throws Exception {
        if (combination.overflow() == OverflowPolicy.DROP_OLDEST) {
            for (int i = 0; i < 2_000; i++) {
                assertTrue(sender.trySend(pipe.message(i)), pipe::state);
            }
            long next = pipe.statistics().lanes().get(0).dropped();
            assertTrue(next > 0, pipe::state);
            for (byte[] m = receiver.tryReceive(); m != null; m = receiver.tryReceive()) {
                assertEquals(next++, pipe.number(m));
            }
            assertEquals(2_000, next);
            return;
        }
        int held = pipe.fill(sender);
        assertEquals(combination.holds(), held > 0);
        pipe.assertStored(held);
        if (combination.overflow() == OverflowPolicy.FAIL) {
            assertThrows(QuotaExceededException.class, () -> sender.send(pipe.message(held)));
        }
        for (int i = 0; i < held; i++) {
            assertEquals(i, pipe.number(receiver.tryReceive()));
        }
        assertNull(receiver.tryReceive());
    }

    @Test
    void sendersShareIt() throws Exception {
        List<PipeSender> senders = new ArrayList<>(List.of(sender));
        while (senders.size() < combination.senders()) {
            senders.add(pipe.sender());
        }
        if (combination.holds()) {
            for (int i = 0; i < senders.size(); i++) {
                assertTrue(senders.get(i).trySend(pipe.message(i)));
            }
            long sum = 0;
            for (int i = 0; i < senders.size(); i++) {
                long number = pipe.number(receiver.tryReceive());
                sum += number;
                assertTrue(combination.order() == Order.SENDER || number == i, pipe::state);
            }
            assertEquals(senders.size() * (senders.size() - 1) / 2, sum);
        }
        for (PipeSender open : senders) {
            assertFalse(receiver.isEndOfStream());
            open.close();
            assertNull(receiver.tryReceive());
        }
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void breaksUnlessItIsRetained() throws Exception {
        receiver.close();
        if (!combination.retained()) {
            assertThrows(BrokenChannelException.class, () -> sender.trySend(pipe.message(1)));
            return;
        }
        ContractPipe.BackgroundTask backgroundTask = pipe.put(sender, pipe.message(1));
        PipeReceiver next = pipe.receiver();
        if (combination.isBroadcast()) { // It begins with what is sent from now on.
            assertNull(next.tryReceive());
            pipe.pass(sender, next, pipe.message(2));
        } else {
            assertArrayEquals(pipe.message(1), next.receive(LONG));
        }
        backgroundTask.join();
    }
}
