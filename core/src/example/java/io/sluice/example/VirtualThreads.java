package io.sluice.example;

import io.sluice.Mailbox;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves each of many pipes by a virtual thread. A virtual thread that waits, for a pipe or for a
 * mailbox, does not block its carrier.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.VirtualThreads
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * 50 sessions received 500 messages
 * }</pre>
 */
public final class VirtualThreads {
    private static final int SESSIONS = 50;
    private static final int MESSAGES = 10;

    public static void main(String[] args) throws Exception {
        Mailbox<Integer> counts = Mailbox.bounded(4);
        List<PipeSender> senders = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096))) { // Its ends stay open.
                senders.add(pipe.sender());
                PipeReceiver receiver = pipe.receiver();
                Sender<Integer> count = counts.sender();
                Thread.ofVirtual().name("session-" + i).start(() -> serve(receiver, count));
            }
        }
        for (int i = 0; i < MESSAGES; i++) {
            for (PipeSender sender : senders) {
                sender.send(new byte[100]);
            }
        }
        senders.forEach(PipeSender::close);

        try (Receiver<Integer> receiver = counts.receiver()) {
            int sum = receiver.stream().mapToInt(Integer::intValue).sum();
            System.out.println(SESSIONS + " sessions received " + sum + " messages");
        }
    }

    /** Receives until the end of the stream, and reports the number of messages. */
    private static void serve(PipeReceiver receiver, Sender<Integer> count) {
        try (receiver;
                count) {
            int messages = 0;
            while (receiver.receive() != null) {
                messages++;
            }
            count.send(messages);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
