package io.sluice.aeron;

import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import io.sluice.Pipe;
import io.sluice.PipeSender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The half of a bridge that receives over Aeron and sends into a pipe.
 *
 * <p>It takes the messages of a run in sequence, and confirms the sequence that it expects next,
 * after each frame and several times per second. A frame out of sequence is not taken: the
 * confirmation says that something is missing. A new run begins at a frame with START.
 *
 * <p>What was delivered before, by an earlier run or to an earlier process here, is cut by its
 * position in its lane, which {@link DeliveryLog} has. That also has where to go on in a recording:
 * before the last frame with START, since all before that is recorded.
 */
final class InBridge implements BridgeHalf {
    private static final long CONFIRM_NANOS = 10_000_000;

    private final Pipe pipe;
    private final BridgeLink settings;
    private final BridgeConnection link;
    private final RecordingReader reader; // Null without an archive.
    private final IdleStrategy idle = AeronChannels.backoff();
    private final BufferSegments segments = new BufferSegments(true);
    private final UnsafeBuffer confirmation =
            new UnsafeBuffer(
                    ByteBuffer.allocateDirect(BridgeFrame.CONFIRMATION_LENGTH)
                            .order(ByteOrder.nativeOrder()));
    private final long incarnation = ThreadLocalRandom.current().nextLong();
    private PipeSender sender;
    private DeliveryLog log;
    private long run; // 0: none yet.
    private long expected;
    private boolean gap;
    private boolean due;
    private long lastConfirmed;
    private long readTo; // The position behind the last frame of a recording; 0 before the first.
    private boolean isClosed;
    private boolean waits; // There was no room for all of the frame that comes next, again.
    private RuntimeException failure;
    private volatile boolean ended;
    private volatile boolean stopping;
    private volatile long messages;
    private volatile long bytes;
    private volatile long repeated;
    private volatile long lost;

    InBridge(BridgeLink settings, Pipe pipe) {
        this.pipe = pipe;
        this.settings = settings;
        this.reader =
                settings.archive() == null
                        ? null
                        : new RecordingReader(settings, this::onFrame, this::begin);
        this.link =
                BridgeConnection.receiving(
                        settings, sibling(".bridge-in.aeron"), this::onFrame, reader);
        if (settings.isConfirmed() && pipe.maxSenders() > 1) {
            throw new IllegalArgumentException(
                    pipe
                            + " cannot be filled at least once by a bridge: it is for many senders, so"
                            + " the bridge cannot tell what it has sent before it was killed. Create"
                            + " the pipe with PipeSpec.senders(1), or deliver at most once");
        }
    }

    /** Returns where to begin with a recording. */
    private long begin(long recording) {
        readTo = 0;
        return log.recorded(recording);
    }

    private Path sibling(String suffix) {
        return pipe.path().resolveSibling(pipe.path().getFileName() + suffix);
    }

    @Override
    public void run() throws IOException, InterruptedException {
        try (link) {
            sender = pipe.sender();
            try (DeliveryLog deliveryLog =
                    settings.isConfirmed()
                            ? DeliveryLog.open(sibling(".bridge"), pipe.id(), sender.position())
                            : null) {
                log = deliveryLog;
                do {
                    passOn();
                } while (!ended && !stopping);
                // With an archive it says where the recording was left, which may be continued.
                if (ended && log != null && reader == null) {
                    log.delete();
                }
            } finally {
                sender.close();
            }
        }
    }

    /** Passes messages on until the end of the stream, which is confirmed, or until more comes. */
    private void passOn() throws InterruptedException {
        while (!ended && !stopping) {
            step();
        }
        while (reader != null && ended && !stopping && link.poll() > 0) {
            // Behind the end, the recording may go on.
        }
        if (ended) {
            sender.close();
            isClosed = true;
            linger();
        }
    }

    /** Continues the stream after its end: the pipe there has another sender now. */
    private void resume() {
        ended = false;
        if (isClosed) {
            try {
                sender = pipe.sender();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            isClosed = false;
        }
    }

    private void step() throws InterruptedException {
        boolean progress = link.poll() > 0;
        if (failure != null) {
            throw failure;
        }
        progress |= confirm();
        if (progress) {
            idle.reset();
        } else {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            idle.idle();
        }
    }

    /**
     * Confirms the end until the other half has got that and left, or for the timeout. Until it has
     * been sent once, the other half may only not be connected yet.
     */
    private void linger() throws InterruptedException {
        long start = System.nanoTime();
        while (!stopping
                && ended
                && (due || link.hasPeer())
                && System.nanoTime() - start < settings.timeout().toNanos()) {
            step();
        }
    }

    /** Sends a confirmation if one is due; returns whether it did. */
    private boolean confirm() {
        if (!due && System.nanoTime() - lastConfirmed < CONFIRM_NANOS) {
            return false;
        }
        long epoch = incarnation + link.epoch();
        BridgeFrame.putConfirmation(confirmation, gap, run, expected, epoch);
        if (reader != null) {
            long recording = reader.identity();
            BridgeFrame.putRecorded(confirmation, recording, log.recorded(recording));
        }
        boolean wasDue = due;
        if (link.offer(confirmation, 0, BridgeFrame.CONFIRMATION_LENGTH)) {
            due = false;
            gap = false;
            lastConfirmed = System.nanoTime();
            return wasDue;
        }
        return false;
    }

    /**
     * Takes a frame, or as much of it as there is room for. Never waits: Aeron's memory may be
     * unmapped meanwhile, when its media driver has gone.
     */
    private Action onFrame(DirectBuffer buffer, int offset, int length, Header header) {
        if (failure != null || stopping) {
            return Action.ABORT; // It is sent again to a successor.
        }
        try {
            if (readTo != 0 && BridgeFrame.isStart(buffer, offset, length)) {
                log.recorded(reader.identity(), readTo);
            }
            waits = !take(buffer, offset, length, waits);
            if (waits) {
                return Action.ABORT;
            }
            if (reader != null) {
                readTo = header.position();
            }
            return Action.CONTINUE;
        } catch (RuntimeException e) { // Aeron would only report it.
            failure = e;
            return Action.ABORT;
        }
    }

    /** Takes a frame, or goes on with it; returns false if there is no room for all of it. */
    private boolean take(DirectBuffer buffer, int offset, int length, boolean isAgain) {
        if (!BridgeFrame.isOfMessages(buffer, offset, length)) {
            return true; // Of another program.
        }
        due |= !isAgain;
        long sequence = BridgeFrame.sequence(buffer, offset);
        if (!follows(buffer, offset, sequence)) {
            gap = true;
            return true;
        }
        if (BridgeFrame.kind(buffer, offset) == BridgeFrame.END) {
            if (sequence == expected) {
                expected++;
                ended = true;
            }
            return true;
        }
        int lane = BridgeFrame.lane(buffer, offset);
        long first = BridgeFrame.position(buffer, offset);
        int count = BridgeFrame.count(buffer, offset);
        int entry = offset + BridgeFrame.HEADER_LENGTH;
        for (int i = 0; i < count; i++, sequence++) {
            int messageLength = buffer.getInt(entry);
            if (sequence < expected) {
                repeated += isAgain ? 0 : 1;
            } else if (!deliver(
                    buffer,
                    entry + BridgeFrame.ENTRY_HEADER_LENGTH,
                    messageLength,
                    lane,
                    first + buffer.getInt(entry + Integer.BYTES))) {
                return false;
            } else {
                expected = sequence + 1;
                due = true;
            }
            entry += BridgeFrame.entryLength(messageLength);
        }
        return true;
    }

    /** Tests whether a frame continues what was taken, or begins a run. */
    private boolean follows(DirectBuffer buffer, int offset, long sequence) {
        boolean start = BridgeFrame.isFlagged(buffer, offset);
        long frameRun = BridgeFrame.run(buffer, offset);
        if (frameRun != run) {
            if (!start && isRepeated()) {
                return false;
            }
            run = frameRun;
            expected = sequence;
            if (log != null) {
                log.from(BridgeFrame.pipeHigh(buffer, offset), BridgeFrame.pipeLow(buffer, offset));
            }
        } else if (sequence > expected) {
            if (!isRepeated()) {
                lost += sequence - expected;
            } else if (!start) {
                return false;
            }
            expected = sequence;
        }
        return true;
    }

    /** Tests whether frames that are missing come again. In a recording none is missing. */
    private boolean isRepeated() {
        return log != null && reader == null;
    }

    /** Puts a message into the pipe unless it is there; returns false if there is no room. */
    private boolean deliver(DirectBuffer buffer, int offset, int length, int lane, long position) {
        if (log != null && log.isDelivered(lane, position)) {
            repeated++;
            return true;
        }
        if (ended) {
            resume();
        }
        if (log != null) {
            log.intend(lane, position, sender.position());
        }
        byte[] assembled = buffer.byteArray(); // By a reader of recordings, which copies on heap.
        MemorySegment memory =
                assembled == null ? segments.of(buffer) : MemorySegment.ofArray(assembled);
        long begin = buffer.wrapAdjustment() + (long) offset;
        if (!sender.trySend(memory, begin, length)) {
            return false;
        }
        if (log != null) {
            log.deliver(lane, position);
        }
        messages++;
        bytes += length;
        return true;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public BridgeStatistics statistics() {
        return new BridgeStatistics(messages, bytes, repeated, lost, link.connections());
    }

    @Override
    public String state() {
        return link.state();
    }
}
