package io.sluice.example;

import io.sluice.MessageHandler;
import io.sluice.OverflowPolicy;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.QuotaExceededException;

/**
 * Absorbs bursts in a pipe that grows. While its receiver keeps up, the pipe uses one ring of 64
 * KiB; when the receiver falls behind, more rings follow, up to a quota. At the quota a sender
 * blocks, or drops its oldest messages, or, as here, gets an exception.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.UnboundedWithQuota
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * 10000 messages are stored, in several rings
 * the quota of 2 MiB is reached
 * all messages received, there is room again
 * }</pre>
 */
public final class UnboundedWithQuota {
    private static final long QUOTA = 2L << 20;

    public static void main(String[] args) throws Exception {
        PipeSpec spec = PipeSpec.unbounded(QUOTA).overflow(OverflowPolicy.FAIL);
        try (Pipe pipe = Pipe.anonymous(spec);
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            byte[] message = new byte[100];
            for (int i = 0; i < 10_000; i++) {
                sender.send(message);
            }
            boolean grown = pipe.statistics().lanes().get(0).segments() > 1;
            System.out.println(
                    pipe.statistics().messages()
                            + " messages are stored, in "
                            + (grown ? "several rings" : "one ring"));

            while (sender.trySend(message)) {}
            try {
                sender.send(message);
            } catch (QuotaExceededException e) { // The message names the pipe and its quota.
                System.out.println("the quota of " + (QUOTA >> 20) + " MiB is reached");
            }

            MessageHandler handler = (memory, offset, length) -> {};
            while (receiver.poll(handler, 1000) > 0) {}
            sender.send(message);
            System.out.println("all messages received, there is room again");
        }
    }
}
