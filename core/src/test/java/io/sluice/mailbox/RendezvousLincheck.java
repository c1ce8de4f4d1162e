package io.sluice.mailbox;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.kotlinx.lincheck.execution.ResultWithClock;
import org.jetbrains.kotlinx.lincheck.util.ValueResult;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;

/**
 * Lincheck tests of a rendezvous. Its operations wait for each other, so a sequential specification
 * cannot state the result of one; {@link HandOverVerifier} verifies them instead.
 */
final class RendezvousLincheck {
    private static final int MAX_PAUSES = 3;

    private RendezvousLincheck() {}

    /** Times out after some pauses, because time is no part of a schedule. */
    private static final class PauseCountingWaiter implements Waiter {
        private int left;

        @Override
        public void start(long nanos) {
            left = MAX_PAUSES;
        }

        @Override
        public boolean pause() {
            Thread.onSpinWait();
            return --left > 0;
        }

        @Override
        public boolean stop() {
            return false;
        }
    }

    /**
     * Each send returns its message if it was sent, otherwise 0; each receive returns its message
     * or 0.
     */
    abstract static class OpenRendezvous {
        private final List<Sender<Integer>> senders = new ArrayList<>();
        private final List<Receiver<Integer>> receivers = new ArrayList<>();
        private final AtomicInteger messages = new AtomicInteger();

        OpenRendezvous(Ends sending, Ends receiving) {
            RendezvousMailbox<Integer> mailbox =
                    new RendezvousMailbox<>(
                            MailboxSpec.rendezvous().senders(sending).receivers(receiving));
            for (int i = 0; i < (sending == Ends.ONE ? 1 : 3); i++) {
                senders.add(mailbox.openSender(waitQueue -> new PauseCountingWaiter()));
            }
            for (int i = 0; i < (receiving == Ends.ONE ? 1 : 3); i++) {
                receivers.add(mailbox.openReceiver(waitQueue -> new PauseCountingWaiter()));
            }
        }

        int sendOrZero(int thread) throws InterruptedException {
            int message = messages.incrementAndGet();
            Sender<Integer> sender = senders.get(thread % senders.size());
            return sender.send(message, Duration.ofDays(1)) ? message : 0;
        }

        int trySendOrZero(int thread) {
            int message = messages.incrementAndGet();
            return senders.get(thread % senders.size()).trySend(message) ? message : 0;
        }

        int receiveOrZero(int thread) throws InterruptedException {
            Receiver<Integer> receiver = receivers.get(thread % receivers.size());
            return orZero(receiver.receive(Duration.ofDays(1)));
        }

        int tryReceiveOrZero(int thread) {
            return orZero(receivers.get(thread % receivers.size()).tryReceive());
        }

        private static int orZero(Integer message) {
            return message == null ? 0 : -message;
        }
    }

    /** One thread sends, one receives. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class SpscRendezvous extends OpenRendezvous {
        public SpscRendezvous() {
            super(Ends.ONE, Ends.ONE);
        }

        @Operation(params = "thread", nonParallelGroup = "senders")
        public int send(int thread) throws InterruptedException {
            return sendOrZero(thread);
        }

        @Operation(params = "thread", nonParallelGroup = "senders")
        public int trySend(int thread) {
            return trySendOrZero(thread);
        }

        @Operation(params = "thread", nonParallelGroup = "receivers")
        public int receive(int thread) throws InterruptedException {
            return receiveOrZero(thread);
        }

        @Operation(params = "thread", nonParallelGroup = "receivers")
        public int tryReceive(int thread) {
            return tryReceiveOrZero(thread);
        }
    }

    /** One thread sends. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class SpmcRendezvous extends OpenRendezvous {
        public SpmcRendezvous() {
            super(Ends.ONE, Ends.MANY);
        }

        @Operation(params = "thread", nonParallelGroup = "senders")
        public int send(int thread) throws InterruptedException {
            return sendOrZero(thread);
        }

        @Operation(params = "thread", nonParallelGroup = "senders")
        public int trySend(int thread) {
            return trySendOrZero(thread);
        }

        @Operation(params = "thread")
        public int receive(int thread) throws InterruptedException {
            return receiveOrZero(thread);
        }

        @Operation(params = "thread")
        public int tryReceive(int thread) {
            return tryReceiveOrZero(thread);
        }
    }

    /** One thread receives. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class MpscRendezvous extends OpenRendezvous {
        public MpscRendezvous() {
            super(Ends.MANY, Ends.ONE);
        }

        @Operation(params = "thread")
        public int send(int thread) throws InterruptedException {
            return sendOrZero(thread);
        }

        @Operation(params = "thread")
        public int trySend(int thread) {
            return trySendOrZero(thread);
        }

        @Operation(params = "thread", nonParallelGroup = "receivers")
        public int receive(int thread) throws InterruptedException {
            return receiveOrZero(thread);
        }

        @Operation(params = "thread", nonParallelGroup = "receivers")
        public int tryReceive(int thread) {
            return tryReceiveOrZero(thread);
        }
    }

    /** All threads send and receive. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static class MpmcRendezvous extends OpenRendezvous {
        public MpmcRendezvous() {
            super(Ends.MANY, Ends.MANY);
        }

        @Operation(params = "thread")
        public int send(int thread) throws InterruptedException {
            return sendOrZero(thread);
        }

        @Operation(params = "thread")
        public int trySend(int thread) {
            return trySendOrZero(thread);
        }

        @Operation(params = "thread")
        public int receive(int thread) throws InterruptedException {
            return receiveOrZero(thread);
        }

        @Operation(params = "thread")
        public int tryReceive(int thread) {
            return tryReceiveOrZero(thread);
        }
    }

    /**
     * Verifies that each sent message is received exactly once, and that there is an order of the
     * hand-overs that agrees with real time: no call that began after another had ended precedes
     * it, and no send ends before its receive begins.
     */
    public static final class HandOverVerifier implements Verifier {
        /**
         * A call that handed over: thread, its number in the thread, and which calls had ended
         * before it.
         */
        private record Call(int thread, int number, int[] ended) {
            boolean isAfter(Call other) {
                return ended[other.thread] > other.number;
            }
        }

        private record Pair(Call send, Call receive) {
            boolean isAfter(Pair other) {
                return send.isAfter(other.send)
                        || send.isAfter(other.receive)
                        || receive.isAfter(other.send)
                        || receive.isAfter(other.receive);
            }
        }

        /**
         * Called by Lincheck.
         *
         * @param specification none
         */
        public HandOverVerifier(Class<?> specification) {}

        @Override
        public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
            Map<Integer, Call> sends = new HashMap<>();
            Map<Integer, Call> receives = new HashMap<>();
            List<List<ResultWithClock>> threads = results.getParallelResultsWithClock();
            for (int thread = 0; thread < threads.size(); thread++) {
                for (int number = 0; number < threads.get(thread).size(); number++) {
                    ResultWithClock result = threads.get(thread).get(number);
                    if (!(result.getResult() instanceof ValueResult value)) {
                        return false;
                    }
                    int message = (Integer) value.getValue();
                    Call call = new Call(thread, number, result.getClockOnStart().getClock());
                    if (message > 0) {
                        sends.put(message, call);
                    } else if (message < 0 && receives.put(-message, call) != null) {
                        return false; // Received twice.
                    }
                }
            }
            return sends.keySet().equals(receives.keySet()) && inSomeOrder(sends, receives);
        }

        private static boolean inSomeOrder(Map<Integer, Call> sends, Map<Integer, Call> receives) {
            List<Pair> rest = new ArrayList<>();
            sends.forEach((message, send) -> rest.add(new Pair(send, receives.get(message))));
            while (!rest.isEmpty()) {
                if (!rest.removeIf(pair -> rest.stream().noneMatch(pair::isAfter))) {
                    return false;
                }
            }
            return true;
        }
    }
}
