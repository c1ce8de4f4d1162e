package io.sluice.example;

import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * Receives from pipes in the event loop of an NIO {@code Selector}, beside its sockets. The loop is
 * the executor of {@code onReadable}: a message wakes the selector.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.NioEventLoop
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * received 1000 messages, then the end
 * }</pre>
 */
public final class NioEventLoop {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Selector selector;
    private int count;
    private boolean ended;

    private NioEventLoop(Selector selector) {
        this.selector = selector;
    }

    public static void main(String[] args) throws Exception {
        try (Selector selector = Selector.open();
                Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                PipeReceiver receiver = pipe.receiver()) {
            PipeSender sender = pipe.sender();
            Thread.ofVirtual().start(() -> send(sender));
            new NioEventLoop(selector).run(receiver);
        }
    }

    private void run(PipeReceiver receiver) throws Exception {
        Executor executor =
                task -> {
                    tasks.add(task);
                    selector.wakeup();
                };
        receiver.onReadable(executor, () -> onReadable(receiver, executor));
        while (!ended) {
            selector.select(); // And here the loop serves its channels.
            for (Runnable task; (task = tasks.poll()) != null; ) {
                task.run();
            }
        }
        System.out.println("received " + count + " messages, then the end");
    }

    private void onReadable(PipeReceiver receiver, Executor executor) {
        while (receiver.poll((memory, offset, length) -> count++, 64) > 0) {}
        ended = receiver.isEndOfStream();
        if (!ended) {
            receiver.onReadable(executor, () -> onReadable(receiver, executor));
        }
    }

    private static void send(PipeSender sender) {
        try (sender) {
            for (int i = 0; i < 1000; i++) {
                sender.send(new byte[100]);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
