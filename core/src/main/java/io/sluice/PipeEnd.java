package io.sluice;

import io.sluice.file.LaneFile;
import io.sluice.file.MetaDescriptor;
import io.sluice.file.Participants;
import io.sluice.file.PipeFiles;
import io.sluice.memory.PrivateWords;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.agrona.concurrent.IdleStrategy;

/**
 * What the two ends of a pipe have in common: being attached, watching the other end, and waiting.
 *
 * <p>One thread at a time, except {@link #close}.
 */
final class PipeEnd implements AutoCloseable {
    /** How many calls in vain before the clock is read: a round trip takes fewer. */
    private static final int CALLS_PER_CLOCK_READ = 256;

    /** How long between two questions to the kernel whether the other end lives. */
    private static final long PROBE_INTERVAL_NANOS = 1_000_000;

    private static final int CALLS_IN_VAIN = 0;
    private static final int LAST_PROBE = 1;
    private static final int PROGRESS = 2;

    private final Path path;
    private final int other;
    private final int otherBlock;
    private final IdleStrategy idle;
    private final Participants participants;
    private final LaneFile lane;
    private final PrivateWords watch = new PrivateWords();
    private boolean closed;

    private PipeEnd(
            Path path, int other, IdleStrategy idle, Participants participants, LaneFile lane) {
        this.path = path;
        this.other = other;
        this.otherBlock = MetaDescriptor.participantOffset(other);
        this.idle = idle;
        this.participants = participants;
        this.lane = lane;
    }

    static PipeEnd attach(PipeFiles files, int self, IdleStrategy idle) throws IOException {
        Objects.requireNonNull(idle, "idle");
        LaneFile lane = files.openLane();
        try {
            int other = self == Pipe.SENDER ? Pipe.RECEIVER : Pipe.SENDER;
            return new PipeEnd(files.path(), other, idle, files.attach(self), lane);
        } catch (IOException | RuntimeException e) {
            lane.close();
            throw e;
        }
    }

    LaneFile lane() {
        return lane;
    }

    Path path() {
        return path;
    }

    /** Whether the other end is known to have left. For every message. */
    boolean otherHasLeft() {
        return participants.seemsToHaveLeft(otherBlock);
    }

    /**
     * To be called after an attempt in vain: whether the other end has left. Asks the kernel at
     * most once in a millisecond, and not at all while messages flow.
     *
     * @param progress any number that changes when a message has passed
     */
    boolean otherHasLeftAfterAll(long progress) {
        if (participants.hasLeft(other)) {
            return true;
        }
        long calls = watch.get(CALLS_IN_VAIN) + 1;
        if (progress != watch.get(PROGRESS)) {
            watch.set(PROGRESS, progress);
            calls = 1;
        }
        watch.set(CALLS_IN_VAIN, calls);
        if (calls % CALLS_PER_CLOCK_READ != 0) {
            return false;
        }
        long now = System.nanoTime();
        if (now - watch.get(LAST_PROBE) < PROBE_INTERVAL_NANOS) {
            return false;
        }
        watch.set(LAST_PROBE, now);
        try {
            return participants.findLeft(other);
        } catch (IOException e) {
            throw new IllegalStateException(path + ": cannot ask whether the other end lives", e);
        }
    }

    long otherPid() {
        return participants.pid(other);
    }

    /** When a wait that begins now is over; a time too long to count never is. */
    static long deadline(Duration timeout) {
        try {
            return System.nanoTime() + Math.max(0, timeout.toNanos());
        } catch (ArithmeticException e) {
            return System.nanoTime() + Long.MAX_VALUE;
        }
    }

    void beginWaiting() {
        idle.reset();
    }

    /** Waits a moment. */
    void waitOnce() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        idle.idle();
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this end of " + path + " is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        participants.close();
        lane.close();
    }

    boolean isClosed() {
        return closed;
    }
}
