package io.sluice.mailbox;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.Proof;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lincheck tests: three threads (two where only one may send and one receive) run three random
 * operations each in parallel, and the results must be linearizable. Runs as a stress test on real
 * threads, and in Lincheck's model checker, which chooses the thread switches but does not model
 * the reordering of memory accesses; jcstress covers that.
 *
 * <p>Not covered: {@link OverflowPolicy#DROP_OLDEST}, which is not one atomic step, and blocking
 * calls.
 */
@Tag("lincheck") // In a JVM of its own: instrumented classes stay slow.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LincheckTest {
    /**
     * Stress runs of each mailbox; the model checker, which is slow, makes an eightieth of them.
     */
    private static final int RUNS = Proof.size("sluice.lincheck", 120, 3_600);

    private static final int SCENARIOS = 10;
    private static final AtomicLong STRESSED = new AtomicLong();
    private static final AtomicLong SWITCHED = new AtomicLong();

    /** The specification of the next mailbox: Lincheck creates the objects under test itself. */
    private static MailboxSpec tested;

    private static List<MailboxSpec> queues() {
        return Stream.of(
                        MailboxSpec.bounded(1).receivers(Ends.MANY),
                        MailboxSpec.bounded(2).receivers(Ends.MANY),
                        MailboxSpec.bounded(8).receivers(Ends.MANY),
                        MailboxSpec.unbounded().receivers(Ends.MANY),
                        MailboxSpec.bounded(2)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.DROP_NEWEST),
                        MailboxSpec.bounded(1)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.CONFLATE),
                        MailboxSpec.bounded(3).receivers(Ends.MANY))
                .toList();
    }

    /** All 44 in a proof, otherwise two that differ in every property. */
    static List<MailboxSpec> specs() {
        List<MailboxSpec> all = all();
        int step = Proof.size(23, 1);
        return IntStream.range(0, all.size())
                .filter(i -> i % step == 0)
                .mapToObj(all::get)
                .toList();
    }

    private static List<MailboxSpec> all() {
        List<MailboxSpec> specs = new ArrayList<>();
        specs.addAll(topologies(MailboxSpec.rendezvous().receivers(Ends.MANY)));
        for (MailboxSpec spec : queues()) {
            specs.addAll(topologies(spec));
        }
        for (int capacity : new int[] {1, 3, 8}) {
            specs.addAll(topologies(MailboxSpec.broadcast(capacity)));
        }
        return specs;
    }

    private static List<MailboxSpec> topologies(MailboxSpec spec) {
        List<MailboxSpec> all = new ArrayList<>();
        for (Ends senders : Ends.values()) {
            for (Ends receivers : Ends.values()) {
                all.add(spec.senders(senders).receivers(receivers));
            }
        }
        return all;
    }

    @AfterAll
    static void printTotals() {
        String mailboxes = specs().size() + " mailboxes";
        System.out.println("Lincheck: " + STRESSED + " and " + SWITCHED + " runs of " + mailboxes);
        Proof.LINCHECK_STRESS.add(STRESSED.get(), "not linearizable 0");
        Proof.LINCHECK_MODEL.add(SWITCHED.get(), "not linearizable 0");
    }

    /** The third receiver of a broadcast that is long enough for all messages is lossy. */
    private static boolean isGated(int receiver) {
        return receiver < 2 || !tested.isBroadcast() || tested.capacity() < 8;
    }

    /** Three ends on each side, or one where the specification says so. */
    abstract static class OpenQueue {
        private final List<Sender<Integer>> senders = new ArrayList<>();
        private final List<Receiver<Integer>> receivers = new ArrayList<>();

        OpenQueue() {
            Mailbox<Integer> mailbox = Mailbox.create(tested);
            for (int i = 0; i < (tested.senders() == Ends.ONE ? 1 : 3); i++) {
                senders.add(mailbox.sender());
            }
            for (int i = 0; i < (tested.receivers() == Ends.ONE ? 1 : 3); i++) {
                receivers.add(isGated(i) ? mailbox.receiver() : mailbox.lossyReceiver());
            }
        }

        boolean send(int thread, int message) {
            return senders.get(thread % senders.size()).trySend(message);
        }

        Integer receive(int thread) {
            return receivers.get(thread % receivers.size()).tryReceive();
        }
    }

    /** One thread sends, one receives. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "message", gen = IntGen.class)
    public static class SpscOperations extends OpenQueue {
        @Operation(
                params = {"thread", "message"},
                nonParallelGroup = "senders")
        public boolean trySend(int thread, int message) {
            return send(thread, message);
        }

        @Operation(params = "thread", nonParallelGroup = "receivers")
        public Integer tryReceive(int thread) {
            return receive(thread);
        }
    }

    /** One thread sends. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "message", gen = IntGen.class)
    public static class SpmcOperations extends OpenQueue {
        @Operation(
                params = {"thread", "message"},
                nonParallelGroup = "senders")
        public boolean trySend(int thread, int message) {
            return send(thread, message);
        }

        @Operation(params = "thread")
        public Integer tryReceive(int thread) {
            return receive(thread);
        }
    }

    /** One thread receives. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "message", gen = IntGen.class)
    public static class MpscOperations extends OpenQueue {
        @Operation(params = {"thread", "message"})
        public boolean trySend(int thread, int message) {
            return send(thread, message);
        }

        @Operation(params = "thread", nonParallelGroup = "receivers")
        public Integer tryReceive(int thread) {
            return receive(thread);
        }
    }

    /** All threads send and receive. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "message", gen = IntGen.class)
    public static class MpmcOperations extends OpenQueue {
        @Operation(params = {"thread", "message"})
        public boolean trySend(int thread, int message) {
            return send(thread, message);
        }

        @Operation(params = "thread")
        public Integer tryReceive(int thread) {
            return receive(thread);
        }
    }

    /** The sequential specification of a mailbox with a queue. */
    public static class Sequential {
        private final Queue<Integer> queue = new ArrayDeque<>();

        public boolean trySend(int thread, int message) {
            if (queue.size() == tested.capacity()) {
                if (tested.overflow() == OverflowPolicy.CONFLATE) {
                    queue.clear();
                } else {
                    return tested.overflow() == OverflowPolicy.DROP_NEWEST;
                }
            }
            return queue.add(message);
        }

        public Integer tryReceive(int thread) {
            return queue.poll();
        }
    }

    /** The sequential specification of a broadcast: each receiver gets each message. */
    public static class SequentialBroadcast {
        private final int receivers = tested.receivers() == Ends.ONE ? 1 : 3;
        private final List<Integer> messages = new ArrayList<>();
        private final int[] positions = new int[receivers];

        public boolean trySend(int thread, int message) {
            for (int i = 0; i < receivers; i++) {
                if (isGated(i) && messages.size() == positions[i] + tested.capacity()) {
                    return false;
                }
            }
            return messages.add(message);
        }

        public Integer tryReceive(int thread) {
            int receiver = thread % receivers;
            return positions[receiver] < messages.size()
                    ? messages.get(positions[receiver]++)
                    : null;
        }
    }

    private static Class<?> topology(MailboxSpec spec) {
        if (spec.capacity() == 0) {
            return spec.senders() == Ends.ONE
                    ? spec.receivers() == Ends.ONE
                            ? RendezvousLincheck.SpscRendezvous.class
                            : RendezvousLincheck.SpmcRendezvous.class
                    : spec.receivers() == Ends.ONE
                            ? RendezvousLincheck.MpscRendezvous.class
                            : RendezvousLincheck.MpmcRendezvous.class;
        }
        return spec.senders() == Ends.ONE
                ? spec.receivers() == Ends.ONE ? SpscOperations.class : SpmcOperations.class
                : spec.receivers() == Ends.ONE ? MpscOperations.class : MpmcOperations.class;
    }

    private static void check(
            Options<?, ?> options, MailboxSpec spec, int runs, AtomicLong counter) {
        tested = spec;
        // A thread without operations would only slow down the others.
        boolean two = spec.senders() == Ends.ONE && spec.receivers() == Ends.ONE;
        options.threads(two ? 2 : 3)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(SCENARIOS)
                .invocationsPerIteration(runs / SCENARIOS);
        if (spec.capacity() == 0) {
            options.verifier(RendezvousLincheck.HandOverVerifier.class);
        } else {
            options.sequentialSpecification(
                    spec.isBroadcast() ? SequentialBroadcast.class : Sequential.class);
        }
        options.check(topology(spec));
        counter.addAndGet(runs);
    }

    @Order(1) // Before anything is instrumented.
    @ParameterizedTest
    @MethodSource("specs")
    void stress(MailboxSpec spec) {
        check(new StressOptions(), spec, RUNS, STRESSED);
    }

    @Order(2)
    @ParameterizedTest
    @MethodSource("specs")
    void modelChecking(MailboxSpec spec) {
        check(new ModelCheckingOptions(), spec, Proof.size(5, RUNS / 80), SWITCHED);
    }
}
