package io.sluice.torture;

import io.sluice.Batch;
import io.sluice.BrokenChannelException;
import io.sluice.Claim;
import io.sluice.Pipe;
import io.sluice.PipeSender;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.YieldingIdleStrategy;

/** Sends by every available method, until it is ordered to close or is killed. */
final class ChildSender {
    private static final Duration SHORT_TIMEOUT = Duration.ofMillis(20);
    private static final long ATTACH_NANOS = 20_000_000_000L;
    private static final int MIN_BATCH = 16;

    /** The room for one of the messages of a batch: the longest have 135 bytes. */
    private static final int MAX_BATCHED = 160;

    private final Pipe pipe;
    private final ControlFile controlFile;
    private final int end;
    private final Random random;
    private final byte[] buffer;
    private final MemorySegment segment;

    ChildSender(Pipe pipe, ControlFile controlFile, int end, long seed) {
        this.pipe = pipe;
        this.controlFile = controlFile;
        this.end = end;
        this.random = new Random(seed);
        this.buffer = new byte[pipe.maxMessageLength()];
        this.segment = MemorySegment.ofArray(buffer);
    }

    /** Opens an end; a paused process may hold the place's lock, to record a death. */
    interface EndOpener<E> {
        E open() throws IOException;

        static <E> E openWithRetry(EndOpener<E> endOpener) throws IOException {
            long start = System.nanoTime();
            while (true) {
                try {
                    return endOpener.open();
                } catch (IllegalStateException e) {
                    if (System.nanoTime() - start > ATTACH_NANOS) {
                        throw e;
                    }
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }
    }

    void run() throws Exception {
        boolean sleeps = random.nextInt(3) > 0;
        PipeSender sender =
                EndOpener.openWithRetry(
                        () -> sleeps ? pipe.sender() : pipe.sender(new YieldingIdleStrategy()));
        controlFile.state(end, ControlFile.ATTACHED);
        long number = 0;
        int burst = burst();
        boolean batches = hasBatches(sender);
        while (controlFile.order() == ControlFile.RUN) {
            int messages = batches && random.nextInt(3) == 0 ? 2 + random.nextInt(6) : 1;
            controlFile.attempted(end, number + messages);
            if (messages > 1 ? sendBatch(sender, number, messages) : send(sender, number)) {
                number += messages;
                controlFile.accepted(end, number);
            }
            if (--burst <= 0) {
                burst = burst();
                LockSupport.parkNanos(random.nextInt(2_000_000));
            }
        }
        sender.close();
    }

    private int burst() {
        return 1 << random.nextInt(13);
    }

    private static boolean hasBatches(PipeSender sender) {
        try {
            Batch batch = sender.tryBatch(MIN_BATCH);
            if (batch != null) {
                batch.abort();
            }
            return true;
        } catch (BrokenChannelException e) {
            return true;
        } catch (UnsupportedOperationException e) {
            return false; // A rendezvous.
        }
    }

    /** Sends messages of which receivers get all or none. */
    private boolean sendBatch(PipeSender sender, long number, int messages)
            throws InterruptedException {
        try {
            Batch batch = sender.batch(messages * MAX_BATCHED, SHORT_TIMEOUT);
            if (batch == null) {
                return false;
            }
            for (int i = 0; i < messages; i++) {
                int length = Content.length(end, number + i, MAX_BATCHED);
                if (random.nextBoolean()) {
                    long at = batch.claim(length);
                    Content.write(batch.base(), at, length, end, number + i);
                } else {
                    Content.write(segment, 0, length, end, number + i);
                    batch.add(buffer, 0, length);
                }
            }
            batch.commit();
            return true;
        } catch (BrokenChannelException e) {
            LockSupport.parkNanos(500_000); // The next receiver is about to attach.
            return false;
        }
    }

    private boolean send(PipeSender sender, long number) throws InterruptedException {
        int length = Content.length(end, number, buffer.length);
        try {
            if (random.nextInt(4) == 0) {
                Claim claim = sender.tryClaim(length);
                if (claim == null) {
                    return false;
                }
                Content.write(claim.memory(), 0, length, end, number);
                return claim.commit(SHORT_TIMEOUT);
            }
            Content.write(segment, 0, length, end, number);
            return random.nextInt(4) == 0
                    ? sender.trySend(buffer, 0, length)
                    : sender.send(segment, 0, length, SHORT_TIMEOUT);
        } catch (BrokenChannelException e) {
            LockSupport.parkNanos(500_000); // The next receiver is about to attach.
            return false;
        }
    }
}
