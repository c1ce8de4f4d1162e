package io.sluice.bench;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Select;
import io.sluice.SelectBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of a select over one busy pipe and several idle ones: how much each idle one adds to a
 * select that need not wait, and to one that sleeps and is woken.
 */
@Threads(1)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class SelectPipes {
    /** A select over one pipe with a sender, and over idle ones. */
    @State(Scope.Benchmark)
    public static class Selected {
        /** The number of idle pipes. */
        @Param({"1", "8", "64"})
        public int idle;

        private final byte[] message = new byte[32];
        private final List<AutoCloseable> open = new ArrayList<>();
        private PipeSender sender;
        private Select select;
        private long received;

        /**
         * Opens the pipes; the busy one is the middle one.
         *
         * @throws IOException if the system refuses one
         */
        @Setup
        public void open() throws IOException {
            Cpus.pinMeasured();
            SelectBuilder builder = Select.builder();
            for (int i = 0; i <= idle; i++) {
                Pipe pipe = Pipe.anonymous(PipeSpec.bounded(1 << 16).senders(1));
                PipeReceiver receiver = pipe.receiver();
                PipeSender own = pipe.sender();
                open.addAll(List.of(receiver, own, pipe));
                builder.receive(receiver, (memory, offset, length) -> received++);
                if (i == idle / 2) {
                    sender = own;
                }
            }
            select = builder.build();
        }

        /**
         * Closes the pipes.
         *
         * @throws Exception never
         */
        @TearDown
        public void close() throws Exception {
            for (AutoCloseable closeable : open) {
                closeable.close();
            }
        }
    }

    /** The same select in a thread that answers, and sleeps before each message. */
    @State(Scope.Benchmark)
    public static class Asleep {
        private Thread thread;
        private PipeReceiver answers;
        private volatile boolean stopped;

        /**
         * Starts the thread.
         *
         * @param selected the select
         * @throws IOException if the system refuses a pipe
         */
        @Setup
        public void start(Selected selected) throws IOException {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(1 << 16).senders(1));
            answers = pipe.receiver();
            PipeSender answer = pipe.sender();
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () -> {
                                        try {
                                            selected.select.select();
                                            while (!stopped) {
                                                answer.send(selected.message);
                                                selected.select.select();
                                            }
                                        } catch (InterruptedException e) {
                                            Thread.currentThread().interrupt();
                                        }
                                    });
        }

        /** Waits until the thread sleeps. */
        @Setup(Level.Invocation)
        public void awaitSleep() {
            while (LockSupport.getBlocker(thread) == null) {
                Thread.onSpinWait();
            }
        }

        /**
         * Stops the thread.
         *
         * @param selected the select
         * @throws InterruptedException never
         */
        @TearDown
        public void stop(Selected selected) throws InterruptedException {
            stopped = true;
            selected.sender.send(selected.message);
            thread.join();
        }
    }

    /**
     * Sends a message and selects it.
     *
     * @param selected the select
     * @return the clause
     * @throws InterruptedException never
     */
    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    public int ready(Selected selected) throws InterruptedException {
        selected.sender.trySend(selected.message);
        return selected.select.select();
    }

    /**
     * Sends a message to a select that sleeps, and waits for the answer.
     *
     * @param selected the select
     * @param asleep its thread
     * @return the number of spins
     */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public long wakeUp(Selected selected, Asleep asleep) {
        selected.sender.trySend(selected.message);
        long spins = 0;
        while (asleep.answers.poll((memory, offset, length) -> {}, 1) == 0) {
            Thread.onSpinWait();
            spins++;
        }
        return spins;
    }
}
