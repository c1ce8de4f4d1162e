package io.sluice.example;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.Ends;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * Distributes jobs to a pool of workers over one pipe. Each job goes to one worker. The workers are
 * threads here; they can as well be processes that open the pipe by its path.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.WorkerPool
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * 1000 jobs done, sum of their numbers: 500500
 * }</pre>
 */
public final class WorkerPool {
    private static final int WORKERS = 3;
    private static final int JOBS = 1000;

    public static void main(String[] args) throws Exception {
        LongAdder done = new LongAdder();
        LongAdder sum = new LongAdder();
        MessageHandler handler =
                (memory, offset, length) -> {
                    done.increment();
                    sum.add(memory.get(JAVA_INT, offset));
                };
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded().receivers(Ends.MANY));
                ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
                PipeSender sender = pipe.sender()) {
            for (int i = 0; i < WORKERS; i++) {
                workers.submit(() -> work(pipe, handler));
            }
            for (int job = 1; job <= JOBS; job++) {
                sender.claim(Integer.BYTES).putInt(0, job).commit();
            }
        } // Closes the sender, which ends the stream, and waits until the workers have drained it.
        System.out.println(done + " jobs done, sum of their numbers: " + sum);
    }

    private static Void work(Pipe pipe, MessageHandler handler) throws Exception {
        try (PipeReceiver receiver = pipe.receiver()) {
            // One job per call, so that no worker holds jobs that an idle one could do.
            while (receiver.receive(handler, 1) > 0) {}
        }
        return null;
    }
}
