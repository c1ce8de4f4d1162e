package io.sluice.example;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Starts a worker process that dies while it handles a job. The next receiver begins with that job,
 * and sees that it was delivered before. {@code PipeSpec.delivery} selects to drop it instead.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.CrashAndRedelivery
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * the worker has died
 * job 2, earlier deliveries: 1
 * job 3, earlier deliveries: 0
 * }</pre>
 */
public final class CrashAndRedelivery {
    public static void main(String[] args) throws Exception {
        if (args.length > 0) { // In the worker.
            finishOneJobAndDie(Path.of(args[0]));
        }
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded())) {
            try (PipeSender sender = pipe.sender()) {
                for (int job = 1; job <= 3; job++) {
                    sender.claim(Integer.BYTES).putInt(0, job).commit();
                }
            }
            startWorker(pipe.path()).waitFor();
            System.out.println("the worker has died");

            try (PipeReceiver receiver = pipe.receiver()) {
                MessageHandler handler =
                        (memory, offset, length) ->
                                System.out.printf(
                                        "job %d, earlier deliveries: %d%n",
                                        memory.get(JAVA_INT, offset), receiver.deliveryAttempt());
                while (receiver.receive(handler, 1) > 0) {}
            }
        }
    }

    private static Process startWorker(Path pipe) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashAndRedelivery.class.getName(),
                        pipe.toString())
                .inheritIO()
                .start();
    }

    private static void finishOneJobAndDie(Path pipe) throws Exception {
        PipeReceiver receiver = Pipe.open(pipe).receiver();
        receiver.receive((memory, offset, length) -> {}, 1);
        receiver.receive((memory, offset, length) -> Runtime.getRuntime().halt(1), 1);
    }
}
