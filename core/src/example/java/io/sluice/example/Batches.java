package io.sluice.example;

import io.sluice.Batch;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;

/**
 * Sends messages that are seen together or not at all, and receives what waits in one call.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.Batches
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * before the commit: 0
 * 3 in one call: 6 bytes
 * 2 in one call: 9 bytes
 * }</pre>
 */
public final class Batches {
    public static void main(String[] args) throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded().senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            Batch batch = sender.batch(3 * 16); // Room for three messages of up to 8 bytes.
            for (int length = 1; length <= 3; length++) {
                batch.add(new byte[length]);
            }
            System.out.println("before the commit: " + receiver.poll((m, at, length) -> {}, 10));
            batch.commit();
            print(receiver);

            sender.append(new byte[4]); // For a sender that does not know how many follow.
            sender.append(new byte[5]);
            sender.flush();
            print(receiver);
        }
    }

    private static void print(PipeReceiver receiver) {
        receiver.pollBatch(
                messages -> {
                    int bytes = 0;
                    while (messages.next()) {
                        bytes += messages.length();
                    }
                    System.out.println(messages.size() + " in one call: " + bytes + " bytes");
                },
                10);
    }
}
