package io.sluice.example;

import io.sluice.Mailbox;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Hands requests to a worker only if the worker is free. A rendezvous mailbox has no buffer: {@code
 * send} returns once the worker has received the request, so no request waits in a queue.
 *
 * <p>Run:
 *
 * <pre>{@code
 * java @core/src/example/args io.sluice.example.RendezvousHandOff
 * }</pre>
 *
 * <p>Prints:
 *
 * <pre>{@code
 * first: accepted
 * second: refused
 * second, waiting 10 ms: refused
 * third: accepted
 * }</pre>
 */
public final class RendezvousHandOff {
    public static void main(String[] args) throws Exception {
        Mailbox<String> requests = Mailbox.rendezvous();
        CountDownLatch firstIsDone = new CountDownLatch(1);
        Thread worker = Thread.startVirtualThread(() -> work(requests, firstIsDone));

        try (Sender<String> sender = requests.sender()) {
            sender.send("first"); // Blocks until the worker is there.
            print("first", true);
            print("second", sender.trySend("second"));
            print("second, waiting 10 ms", sender.send("second", Duration.ofMillis(10)));
            firstIsDone.countDown();
            print("third", sender.send("third", Duration.ofSeconds(10)));
        }
        worker.join();
    }

    private static void print(String request, boolean accepted) {
        System.out.println(request + ": " + (accepted ? "accepted" : "refused"));
    }

    private static void work(Mailbox<String> requests, CountDownLatch firstIsDone) {
        try (Receiver<String> receiver = requests.receiver()) {
            while (receiver.receive() != null) {
                firstIsDone.await(); // The worker is busy with the first request until then.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
