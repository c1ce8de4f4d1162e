package io.sluice.metrics;

import io.sluice.ChannelException;
import io.sluice.PipeStatistics;
import io.sluice.PipeStatistics.Lane;
import io.sluice.PipeStatistics.Participant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The numbers of a pipe, of a snapshot that is taken at most a few times per second: a registry
 * reads them one by one.
 *
 * <p>Any thread.
 */
final class PipeNumbers implements PipeMXBean {
    /** The age up to which a snapshot is used, in nanoseconds. */
    static final long MAX_AGE = 250_000_000;

    /** What takes snapshots. */
    interface SnapshotSource {
        PipeStatistics statistics() throws IOException;
    }

    /** A slot. */
    private record Slot(boolean sender, int index) {}

    private final Path path;
    private final SnapshotSource source;
    private final long maxAge;
    private final Map<Slot, Long> waits = new HashMap<>();
    private PipeStatistics snapshot; // Null at first.
    private long senderWaits;
    private long receiverWaits;

    PipeNumbers(Path path, SnapshotSource source, long maxAge) {
        this.path = path;
        this.source = source;
        this.maxAge = maxAge;
    }

    private synchronized PipeStatistics snapshot() {
        if (snapshot == null || System.nanoTime() - snapshot.nanoTime() >= maxAge) {
            try {
                PipeStatistics taken = source.statistics();
                taken.participants().forEach(this::countWaits);
                snapshot = taken;
            } catch (IOException | ChannelException e) {
                throw new IllegalStateException(path + " cannot be read: " + e.getMessage());
            }
        }
        return snapshot;
    }

    /** Counts on where a new end has begun with less: a slot keeps its number until then. */
    private void countWaits(Participant end) {
        Long before = waits.put(new Slot(end.sender(), end.index()), end.waits());
        long more = before == null || end.waits() < before ? end.waits() : end.waits() - before;
        if (end.sender()) {
            senderWaits += more;
        } else {
            receiverWaits += more;
        }
    }

    private long sumOfLanes(ToLongFunction<Lane> number) {
        return snapshot().lanes().stream().mapToLong(number).sum();
    }

    private long sumOfEnds(ToLongFunction<Participant> number) {
        return snapshot().participants().stream().mapToLong(number).sum();
    }

    private long alive(boolean senders) {
        return sumOfEnds(end -> end.alive() && end.sender() == senders ? 1 : 0);
    }

    @Override
    public String getPath() {
        return path.toString();
    }

    @Override
    public long getMessages() {
        return snapshot().messages();
    }

    @Override
    public long getMessagesInFlight() {
        return sumOfEnds(Participant::inFlight);
    }

    @Override
    public long getDepthBytes() {
        return sumOfLanes(Lane::depthBytes);
    }

    @Override
    public long getSentBytes() {
        return snapshot().sentBytes();
    }

    @Override
    public long getReceivedBytes() {
        return snapshot().receivedBytes();
    }

    @Override
    public long getAllocatedBytes() {
        return sumOfLanes(Lane::allocatedBytes);
    }

    @Override
    public long getDroppedMessages() {
        return sumOfLanes(Lane::dropped);
    }

    @Override
    public long getRedeliveredMessages() {
        return sumOfEnds(Participant::redelivered);
    }

    @Override
    public long getCorruptLanes() {
        return sumOfLanes(lane -> lane.poisoned() ? 1 : 0);
    }

    @Override
    public long getSenders() {
        return alive(true);
    }

    @Override
    public long getReceivers() {
        return alive(false);
    }

    @Override
    public synchronized long getSenderWaits() {
        snapshot();
        return senderWaits;
    }

    @Override
    public synchronized long getReceiverWaits() {
        snapshot();
        return receiverWaits;
    }
}
