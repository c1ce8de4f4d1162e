package io.sluice.torture;

import io.sluice.EndOptions;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.YieldingIdleStrategy;

/** Receives and records messages until it is ordered to drain and finds the end, or is killed. */
final class ChildReceiver implements MessageHandler {
    private static final Duration SHORT_TIMEOUT = Duration.ofMillis(20);

    private final Pipe pipe;
    private final ControlFile controlFile;
    private final Journal journal;
    private final int end;
    private final boolean lossy;
    private final boolean keeps;
    private final Random random;
    private PipeReceiver receiver;
    private long lost;

    /** Acknowledges what was received, on other threads; null if this receiver does not. */
    private ExecutorService workers;

    /**
     * Creates a receiver.
     *
     * @param kind "lossy" for a lossy one, if the pipe is a broadcast; "keeper" for one whose
     *     messages are acknowledged later
     */
    ChildReceiver(
            Pipe pipe, ControlFile controlFile, Journal journal, int end, String kind, long seed) {
        this.lossy = kind.equals("lossy");
        this.keeps = kind.equals("keeper");
        this.pipe = pipe;
        this.controlFile = controlFile;
        this.journal = journal;
        this.end = end;
        this.random = new Random(seed);
    }

    void run() throws Exception {
        EndOptions options = EndOptions.defaults();
        if (random.nextInt(3) == 0) {
            options = options.withIdleStrategy(new YieldingIdleStrategy());
        }
        EndOptions mine = lossy ? options.lossy() : options;
        receiver = ChildSender.EndOpener.openWithRetry(() -> pipe.receiver(mine));
        workers = keeps ? Executors.newFixedThreadPool(2) : null;
        controlFile.state(end, ControlFile.ATTACHED);
        while (true) {
            long order = controlFile.order();
            int limit = 1 << random.nextInt(9);
            int count =
                    workers == null
                            ? receiver.receive(this, limit, SHORT_TIMEOUT)
                            : receiver.receiveUnacknowledged(this::keep, limit, SHORT_TIMEOUT);
            controlFile.accepted(end, journal.count());
            if (count < 0 && order == ControlFile.DRAIN) {
                break;
            }
            if (count < 0 || random.nextInt(256) == 0) {
                LockSupport.parkNanos(random.nextInt(1_000_000));
            }
        }
        if (workers != null) {
            workers.shutdown();
            if (!workers.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException(receiver.unacknowledged() + " unacknowledged");
            }
        }
        receiver.close();
    }

    /** Records a message, and lets another thread acknowledge it, some time after. */
    private void keep(long tag, MemorySegment memory, long offset, int length) {
        onMessage(memory, offset, length);
        long entry = journal.count() - 1;
        int dawdle = random.nextInt(256);
        workers.execute(
                () -> {
                    if (dawdle == 0) {
                        LockSupport.parkNanos(300_000);
                    }
                    if (length < Content.HEADER
                            || !Content.isWhole(
                                    memory,
                                    offset,
                                    length,
                                    Content.sender(memory, offset),
                                    journal.number(entry))
                            || Content.sender(memory, offset) != journal.sender(entry)) {
                        journal.markCorrupt(entry);
                    }
                    receiver.acknowledge(tag);
                });
    }

    @Override
    public void onMessage(MemorySegment memory, long offset, int length) {
        if (length < Content.HEADER) {
            journal.append(-1, length, receiver.deliveryAttempt());
            journal.markCorrupt();
            return;
        }
        int sender = Content.sender(memory, offset);
        long number = Content.number(memory, offset);
        journal.append(sender, number, receiver.deliveryAttempt());
        long lostBefore = lost;
        lost = receiver.lost();
        journal.markGap(lost - lostBefore, receiver.isGated());
        boolean whole = Content.isWhole(memory, offset, length, sender, number);
        int dawdle = random.nextInt(512);
        if (dawdle == 0) { // Long enough for the sender to lap, if its space were released.
            LockSupport.parkNanos(200_000);
        }
        if (!whole || dawdle < 8 && !Content.isWhole(memory, offset, length, sender, number)) {
            journal.markCorrupt();
        }
    }
}
