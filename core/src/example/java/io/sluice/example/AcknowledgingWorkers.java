package io.sluice.example;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.Ends;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.UnacknowledgedMessageHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A process receives jobs and passes them to a pool of threads, which acknowledge each job when it
 * is done. The first such process is killed in the middle: exactly the jobs that were not
 * acknowledged are delivered again, to the next one.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.AcknowledgingWorkers
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * the first process has died
 * 5 jobs, 3 of them delivered before
 * }</pre>
 */
public final class AcknowledgingWorkers {
    private static final int JOBS = 8;

    public static void main(String[] args) throws Exception {
        if (args.length > 0) { // In the first process.
            finishSomeJobsAndDie(Path.of(args[0]));
        }
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded().receivers(Ends.MANY))) {
            try (PipeSender sender = pipe.sender()) {
                for (int job = 1; job <= JOBS; job++) {
                    sender.claim(Integer.BYTES).putInt(0, job).commit();
                }
            }
            start(pipe.path()).waitFor();
            System.out.println("the first process has died");

            LongAdder jobs = new LongAdder();
            LongAdder before = new LongAdder();
            try (PipeReceiver receiver = pipe.receiver();
                    ExecutorService workers = Executors.newFixedThreadPool(3)) {
                UnacknowledgedMessageHandler handler =
                        (tag, memory, offset, length) -> {
                            before.add(receiver.deliveryAttempt());
                            workers.execute(
                                    () -> {
                                        if (memory.get(JAVA_INT, offset) > 0) { // The work.
                                            jobs.increment();
                                        }
                                        receiver.acknowledge(tag);
                                    });
                        };
                while (receiver.receiveUnacknowledged(handler, 100) > 0) {}
                workers.shutdown();
                workers.awaitTermination(1, TimeUnit.MINUTES);
            }
            System.out.println(jobs + " jobs, " + before + " of them delivered before");
        }
    }

    private static Process start(Path pipe) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        AcknowledgingWorkers.class.getName(),
                        pipe.toString())
                .inheritIO()
                .start();
    }

    /** Receives six jobs, of which the second, third and fifth are done when it dies. */
    private static void finishSomeJobsAndDie(Path pipe) throws Exception {
        PipeReceiver receiver = Pipe.open(pipe).receiver();
        UnacknowledgedMessageHandler handler =
                (tag, memory, offset, length) -> {
                    int job = memory.get(JAVA_INT, offset);
                    if (job == 2 || job == 3 || job == 5) {
                        receiver.acknowledge(tag);
                    }
                };
        receiver.receiveUnacknowledged(handler, 6);
        Runtime.getRuntime().halt(1);
    }
}
