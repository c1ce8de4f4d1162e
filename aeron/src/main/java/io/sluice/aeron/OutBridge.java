package io.sluice.aeron;

import io.aeron.logbuffer.Header;
import io.sluice.MessageBatch;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The half of a bridge that receives from a pipe and sends over Aeron.
 *
 * <p>It hands a batch of the pipe to Aeron as frames, and keeps it until the other half has
 * confirmed all of it: only then does its handler return, and the pipe gives the space back. So
 * what was not confirmed when this process dies is still in the pipe, and is received again. (Go
 * back <i>n</i>, a window of one batch.) Aeron repairs what the network loses; frames are sent
 * again only after a connection was made anew, here or there, or if the other half misses
 * something.
 *
 * <p>With an archive, a batch is confirmed when it is recorded; only the end is confirmed by the
 * other half. A batch that is sent again is recorded twice, and cut there.
 *
 * <p>Invariants: all before the first frame of a batch was confirmed, which START says; a frame is
 * the same each time it is sent; a sequence identifies a message in this run, its lane and position
 * identify it in all runs.
 */
final class OutBridge implements BridgeHalf {
    /** The length up to which messages share a frame. */
    private static final int SHARED_LENGTH = 1 << 13;

    private static final int BATCH = 256;
    private static final Duration IDLE = Duration.ofMillis(10);

    /** The shortest time between two repetitions that something was asked for, or not at all. */
    private static final long REPEAT_NANOS = 20_000_000;

    private final Pipe pipe;
    private final UUID pipeId;
    private final BridgeLink settings;
    private final Recorder recorder; // Null without an archive.
    private final BridgeConnection link;
    private final IdleStrategy idle = AeronChannels.backoff();

    private UnsafeBuffer frames = new UnsafeBuffer(0, 0);
    private MemorySegment framesMemory = MemorySegment.NULL;
    private int length;
    private int count;
    private final int[] offsets = new int[BATCH + 1];
    private final long[] sequences = new long[BATCH + 1];
    private final long[] positions = new long[BATCH]; // Of the stream, behind a frame.

    private long run;
    private long nextSequence = 1;
    private long confirmed = 1; // The sequence that the other half expects next.
    private long deliveredRecording; // What the other half has read, as it said last.
    private long deliveredPosition;
    private long peerEpoch;
    private int ownEpoch;
    private boolean repeat;
    private boolean missing;
    private long lastProgress;
    private volatile boolean stopping;
    private volatile boolean ended;
    private volatile long messages;
    private volatile long bytes;
    private volatile long repeated;

    OutBridge(Pipe pipe, BridgeLink settings) {
        this.pipe = pipe;
        this.pipeId = pipe.id();
        this.settings = settings;
        this.recorder =
                settings.archive() == null
                        ? null
                        : new Recorder(settings, sibling(pipe, ".bridge-out.archive"));
        this.link =
                BridgeConnection.sending(
                        settings,
                        sibling(pipe, ".bridge-out.aeron"),
                        this::onConfirmation,
                        recorder);
        if (settings.isConfirmed() && !pipe.hasPositions()) {
            throw new IllegalArgumentException(
                    pipe
                            + " cannot be bridged at least once: its messages have no positions. Use a"
                            + " pipe with one receiver, without Order.ARRIVAL, that is neither a"
                            + " rendezvous nor a broadcast nor drops messages, or deliver at most once");
        }
    }

    private static Path sibling(Pipe pipe, String suffix) {
        return pipe.path().resolveSibling(pipe.path().getFileName() + suffix);
    }

    @Override
    public void run() throws IOException, InterruptedException {
        do {
            run = ThreadLocalRandom.current().nextLong();
        } while (run == 0);
        try (link) {
            if (awaitOpen()) {
                try (PipeReceiver receiver = pipe.receiver()) {
                    passOn(receiver);
                }
            }
        }
    }

    private void passOn(PipeReceiver receiver) throws InterruptedException {
        while (!stopping) {
            int received = receiver.receiveBatch(this::onBatch, BATCH, IDLE);
            if (received < 0) {
                sendEnd();
                return;
            }
            if (received == 0) {
                link.poll(); // Also connects, and keeps the stream from filling up.
            }
            if (recorder != null) { // Waits for the archive, so not in a handler of Aeron's.
                recorder.release(deliveredRecording, deliveredPosition);
            }
        }
    }

    /** Waits for the media driver, and checks that it takes the pipe's messages. */
    private boolean awaitOpen() throws InterruptedException {
        idle.reset();
        while (!link.isOpen()) {
            if (stopping) {
                return false;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            idle.idle();
        }
        long longest = BridgeFrame.HEADER_LENGTH + BridgeFrame.entryLength(pipe.maxMessageLength());
        if (longest > link.maxLength()) {
            throw new IllegalArgumentException(
                    "%s may carry messages of %s bytes, more than one of %s can be, %s bytes: raise the channel's term-length to at least %s, or use a pipe of less capacity"
                            .formatted(
                                    pipe,
                                    pipe.maxMessageLength(),
                                    settings.messages(),
                                    link.maxLength(),
                                    8 * Long.highestOneBit(2 * longest - 1)));
        }
        return true;
    }

    /** Hands a batch over; returns once it need not be kept any more. */
    private void onBatch(MessageBatch batch) {
        count = 0;
        length = 0;
        int open = -1; // The frame that messages are added to.
        long position = 0;
        int added = 0;
        long batchBytes = 0;
        while (batch.next()) {
            int entry = BridgeFrame.entryLength(batch.length());
            if (open < 0 || length - open + entry > SHARED_LENGTH) {
                finish(open, added);
                open = length;
                position = batch.position();
                added = 0;
                begin(BridgeFrame.MESSAGES, batch.lane(), position, entry);
            }
            reserve(entry);
            frames.putInt(length, batch.length());
            frames.putInt(length + Integer.BYTES, (int) (batch.position() - position));
            MemorySegment.copy(
                    batch.memory(),
                    batch.offset(),
                    framesMemory,
                    length + BridgeFrame.ENTRY_HEADER_LENGTH,
                    batch.length());
            length += entry;
            added++;
            nextSequence++;
            batchBytes += batch.length();
        }
        finish(open, added);
        send();
        messages += batch.size();
        bytes += batchBytes;
    }

    private void begin(int kind, int lane, long position, int entry) {
        reserve(BridgeFrame.HEADER_LENGTH + entry);
        BridgeFrame.putHeader(frames, length, kind, lane, run, nextSequence, position, pipeId);
        offsets[count] = length;
        sequences[count] = nextSequence;
        count++;
        length += BridgeFrame.HEADER_LENGTH;
    }

    private void finish(int open, int added) {
        if (open >= 0) {
            BridgeFrame.putCount(frames, open, added);
        }
    }

    private void reserve(int more) {
        if (length + more > frames.capacity()) {
            int capacity = Math.max(length + more, 2 * frames.capacity());
            ByteBuffer larger = ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
            UnsafeBuffer copy = new UnsafeBuffer(larger);
            copy.putBytes(0, frames, 0, length);
            frames = copy;
            framesMemory = MemorySegment.ofBuffer(larger);
        }
    }

    private void sendEnd() {
        count = 0;
        length = 0;
        begin(BridgeFrame.END, 0, 0, 0);
        finish(0, 1);
        nextSequence++;
        ended = true;
        send();
        if (confirmed != nextSequence) {
            return;
        }
        if (recorder != null) {
            recorder.delete();
        } else {
            link.end();
        }
    }

    /** Sends all frames, and waits until they are confirmed if that is asked for. */
    private void send() {
        boolean confirm = settings.isConfirmed() || ended;
        offsets[count] = length;
        sequences[count] = nextSequence;
        int first = 0; // The first frame that is not confirmed.
        int next = 0;
        lastProgress = System.nanoTime();
        ownEpoch = link.epoch();
        repeat = false;
        idle.reset();
        while (first < count) {
            boolean progress = false;
            if (next < count && offer(next, next == first)) {
                next++;
                progress = true;
                if (!confirm) {
                    first = next;
                }
            }
            progress |= link.poll() > 0;
            if (recorder != null && !ended) {
                confirmRecorded(first, next);
            }
            while (confirm && first < count && confirmed >= sequences[first + 1]) {
                first++;
                lastProgress = System.nanoTime();
            }
            next = Math.max(next, first);
            if (confirm && next > first && mustRepeat()) {
                repeated += sequences[next] - Math.max(confirmed, sequences[first]);
                next = first;
            }
            if (progress) {
                idle.reset();
            } else {
                if (ended && stopping || ended && !settings.isConfirmed() && isLate()) {
                    return; // All messages were handed over; only the end is not confirmed.
                }
                idle.idle();
            }
        }
    }

    private boolean offer(int frame, boolean first) {
        int kind = BridgeFrame.kind(frames, offsets[frame]);
        BridgeFrame.putKind(frames, offsets[frame], first ? kind | BridgeFrame.START : kind);
        boolean sent = link.offer(frames, offsets[frame], offsets[frame + 1] - offsets[frame]);
        if (sent) {
            positions[frame] = link.position();
        }
        return sent;
    }

    /** Counts the frames as confirmed that the archive has. */
    private void confirmRecorded(int first, int next) {
        long recorded = link.recordedPosition();
        if (ownEpoch != link.epoch()) {
            return; // The positions may be those of another stream.
        }
        for (int frame = first; frame < next && positions[frame] <= recorded; frame++) {
            confirmed = sequences[frame + 1];
        }
    }

    /** Tests whether what was sent may not have arrived. */
    private boolean mustRepeat() {
        if (ownEpoch != link.epoch()) { // Also when the confirmations' stream was made anew.
            ownEpoch = link.epoch();
            repeat = true;
        }
        long waited = System.nanoTime() - lastProgress;
        if (!repeat && !(missing && waited > REPEAT_NANOS) && !isLate()) {
            return false;
        }
        repeat = false;
        missing = false;
        lastProgress = System.nanoTime();
        return true;
    }

    private boolean isLate() {
        return System.nanoTime() - lastProgress > settings.timeout().toNanos();
    }

    private void onConfirmation(DirectBuffer buffer, int offset, int frameLength, Header header) {
        if (frameLength < BridgeFrame.CONFIRMATION_LENGTH
                || BridgeFrame.kind(buffer, offset) != BridgeFrame.CONFIRMATION) {
            return; // Of another program.
        }
        long epoch = BridgeFrame.epoch(buffer, offset);
        if (epoch != peerEpoch) {
            peerEpoch = epoch;
            repeat = true;
        }
        deliveredRecording = BridgeFrame.recording(buffer, offset);
        deliveredPosition = BridgeFrame.recordedPosition(buffer, offset);
        if (BridgeFrame.run(buffer, offset) == run && (recorder == null || ended)) {
            confirmed = Math.max(confirmed, BridgeFrame.sequence(buffer, offset));
            missing |= BridgeFrame.isFlagged(buffer, offset);
        }
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public BridgeStatistics statistics() {
        return new BridgeStatistics(messages, bytes, repeated, 0, link.connections());
    }

    @Override
    public String state() {
        return link.state();
    }
}
