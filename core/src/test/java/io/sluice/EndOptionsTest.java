package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SyscallCounts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The options of one end of a pipe. */
@CountsSyscalls
@Timeout(60)
class EndOptionsTest {
    private static final List<EndOptions> ALL =
            List.of(EndOptions.defaults(), EndOptions.latency(), EndOptions.throughput());

    private static final List<PipeSpec> SPECS =
            List.of(
                    PipeSpec.bounded(4096).senders(1),
                    PipeSpec.bounded(4096).senders(2),
                    PipeSpec.bounded(4096).senders(1).receivers(2),
                    PipeSpec.broadcast(4096));

    @Test
    void endsOfAllOptionsExchangeMessages() throws Exception {
        for (EndOptions ofSender : ALL) {
            for (EndOptions ofReceiver : ALL) {
                for (PipeSpec spec : SPECS) {
                    Pipe pipe = Pipe.anonymous(spec);
                    try (PipeSender sender = pipe.sender(ofSender);
                            PipeReceiver receiver = pipe.receiver(ofReceiver)) {
                        for (byte i = 0; i < 10; i++) {
                            assertTrue(sender.trySend(new byte[] {i}));
                            assertArrayEquals(new byte[] {i}, receiver.tryReceive());
                            for (int k = 0; k < i; k++) {
                                assertTrue(sender.trySend(new byte[k]));
                            }
                            assertEquals(i, receiver.poll((memory, offset, length) -> {}, 20));
                        }
                    }
                }
            }
        }
    }

    @Test
    void anEndWithAnIdleStrategyNeverSleeps() throws Exception {
        int[] idle = new int[1];
        IdleStrategy counting =
                new IdleStrategy() {
                    @Override
                    public void idle(int workCount) {}

                    @Override
                    public void idle() {
                        idle[0]++;
                    }

                    @Override
                    public void reset() {}
                };
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeReceiver receiver =
                pipe.receiver(EndOptions.latency().withSpins(0).withIdleStrategy(counting))) {
            Map<String, Long> before = SyscallCounts.snapshot();
            receiver.receive(Duration.ofMillis(2));
            assertTrue(idle[0] > 0);
            assertEquals(before.get("futex"), SyscallCounts.snapshot().get("futex"));
        }
    }

    @Test
    void anEndThatDoesNotSpinSleepsAtOnce() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
        try (PipeReceiver receiver = pipe.receiver(EndOptions.throughput().withSpins(0));
                PipeReceiver other =
                        Pipe.anonymous(PipeSpec.bounded(4096).senders(1))
                                .receiver(EndOptions.defaults().withSpins(Integer.MAX_VALUE))) {
            long before = SyscallCounts.snapshot().getOrDefault("futex", 0L);
            other.receive(Duration.ofMillis(2));
            assertEquals(before, SyscallCounts.snapshot().getOrDefault("futex", 0L), "it spins");
            receiver.receive(Duration.ofMillis(2));
            assertTrue(SyscallCounts.snapshot().get("futex") > before, "it does not sleep");
        }
    }

    @Test
    void aSenderRefusesOptionsOfAReceiver() throws Exception {
        EndOptions defaults = EndOptions.defaults();
        for (PipeSpec spec : List.of(PipeSpec.bounded().senders(1), PipeSpec.broadcast())) {
            try (Pipe pipe = Pipe.anonymous(spec)) {
                for (EndOptions options :
                        List.of(defaults.lossy(), defaults.startAt(PipePosition.OLDEST))) {
                    IllegalArgumentException e =
                            assertThrows(
                                    IllegalArgumentException.class, () -> pipe.sender(options));
                    assertEquals(
                            options
                                    + " of a sender: lossy() and startAt(...) are for receivers of"
                                    + " a broadcast",
                            e.getMessage());
                }
                pipe.sender(defaults.startAt(PipePosition.NEWEST)).close(); // It took no slot.
            }
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        EndOptions options = EndOptions.defaults();
        assertThrows(NullPointerException.class, () -> options.withIdleStrategy(null));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> options.withSpins(-1));
        assertEquals("spins=-1 is less than 0", e.getMessage());
        assertEquals(
                "EndOptions[drain=NONE, spins=3]", EndOptions.latency().withSpins(3).toString());
        assertEquals("EndOptions[drain=LONG]", EndOptions.throughput().toString());
        assertEquals("EndOptions[drain=ADAPTIVE]", EndOptions.defaults().toString());
        assertTrue(
                options.withIdleStrategy(BusySpinIdleStrategy.INSTANCE)
                        .toString()
                        .startsWith("EndOptions[drain=ADAPTIVE, idle="));
    }
}
