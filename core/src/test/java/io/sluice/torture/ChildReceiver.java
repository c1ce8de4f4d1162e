package io.sluice.torture;

import io.sluice.EndOptions;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Random;
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
    private final Random random;
    private PipeReceiver receiver;
    private long lost;

    /**
     * Creates a receiver.
     *
     * @param lossy whether it is a lossy one, if the pipe is a broadcast
     */
    ChildReceiver(
            Pipe pipe,
            ControlFile controlFile,
            Journal journal,
            int end,
            boolean lossy,
            long seed) {
        this.lossy = lossy;
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
        controlFile.state(end, ControlFile.ATTACHED);
        while (true) {
            long order = controlFile.order();
            int count = receiver.receive(this, 1 << random.nextInt(9), SHORT_TIMEOUT);
            controlFile.accepted(end, journal.count());
            if (count < 0 && order == ControlFile.DRAIN) {
                break;
            }
            if (count < 0 || random.nextInt(256) == 0) {
                LockSupport.parkNanos(random.nextInt(1_000_000));
            }
        }
        receiver.close();
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
