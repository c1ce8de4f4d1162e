package io.sluice.example;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;

/**
 * Receives a message of a pipe as a {@code CompletableFuture}, without a thread that blocks.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.FutureReceive
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * first, second
 * }</pre>
 */
public final class FutureReceive {
    public static void main(String[] args) throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            CompletableFuture<String> both =
                    receive(receiver)
                            .thenCompose(
                                    first ->
                                            receive(receiver)
                                                    .thenApply(second -> first + ", " + second));
            sender.send("first".getBytes(StandardCharsets.UTF_8));
            sender.send("second".getBytes(StandardCharsets.UTF_8));
            System.out.println(both.join());
        }
    }

    /** Returns a future for the next message. One at a time: the receiver belongs to it. */
    private static CompletableFuture<String> receive(PipeReceiver receiver) {
        CompletableFuture<Void> readable = new CompletableFuture<>();
        receiver.onReadable(ForkJoinPool.commonPool(), () -> readable.complete(null));
        return readable.thenApply(
                ready -> new String(receiver.tryReceive(), StandardCharsets.UTF_8));
    }
}
