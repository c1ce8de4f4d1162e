package io.sluice.aeron;

import io.sluice.CallOutcome;
import io.sluice.ChannelCorruptedException;
import io.sluice.Pipe;
import io.sluice.node.NodeEndpoint;
import io.sluice.node.NodeEndpoint.Answer;
import io.sluice.node.NodeParameters;
import io.sluice.wait.DrainMode;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The owner, on this machine, of a name that lives on another one. What is sent to the name here
 * stays in its inbox until the other machine has it in the inbox there: so it is passed on once
 * more by a successor, or received by another owner of the name, marked.
 *
 * <p>Messages and requests of all senders have one sequence (go back <i>n</i>, as {@link
 * OutBridge}). A proxy is one run: when the name leaves the other machine, so does the proxy.
 *
 * <p>One thread at a time.
 */
final class NodeProxy implements AutoCloseable {
    private static final int WINDOW = 64;
    private static final int WINDOW_BYTES = 1 << 18;

    /** The shortest time between two repetitions that something was asked for. */
    private static final long REPEAT_NANOS = 20_000_000;

    /** What was taken from the inbox, and is not confirmed. */
    private static final class Kept {
        private final long tag;
        private final long sequence;
        private final NodeCall call; // Null of a message.
        private final UnsafeBuffer frame;

        Kept(long tag, long sequence, NodeCall call, UnsafeBuffer frame) {
            this.tag = tag;
            this.sequence = sequence;
            this.call = call;
            this.frame = frame;
        }
    }

    private final String name;
    private final NodePeer peer;
    private final NodeEndpoint node;
    private final UUID inbox;
    private final long run;
    private final List<Kept> window = new ArrayList<>();
    private int windowBytes;
    private int next; // The index of the frame that is sent next.
    private long sequence = 1;
    private boolean repeat;
    private boolean missing;
    private long lastProgress;
    private int openCalls;
    private boolean ended;
    private long endedAt;

    private NodeProxy(NodePeer peer, NodeEndpoint node, UUID inbox) {
        this.name = node.name();
        this.peer = peer;
        this.node = node;
        this.inbox = inbox;
        long number;
        do {
            number = ThreadLocalRandom.current().nextLong();
        } while (number == 0);
        this.run = number;
    }

    /**
     * Takes a name.
     *
     * @param capacity the capacity of its inbox
     * @throws IllegalStateException if it has an owner here, or the directory is full
     */
    static NodeProxy join(NodePeer peer, Path directory, String name, int capacity)
            throws IOException {
        NodeParameters parameters =
                new NodeParameters(
                        NodeBridge.MAX_NODES,
                        capacity,
                        null,
                        Waiter.DEFAULT_SPINS,
                        DrainMode.NONE,
                        false,
                        false,
                        false);
        NodeEndpoint joined;
        try {
            joined = NodeEndpoint.join(directory, name, parameters, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " had an owner", e);
        }
        NodeProxy proxy = null;
        try (Pipe pipe = Pipe.open(joined.inbox(name))) {
            proxy = new NodeProxy(peer, joined, pipe.id());
            return proxy;
        } finally {
            if (proxy == null) {
                joined.close();
            }
        }
    }

    String name() {
        return name;
    }

    /** Returns the node that sends, and asks, on behalf of the one on the other machine. */
    NodeEndpoint node() {
        return node;
    }

    long run() {
        return run;
    }

    /** Takes what was sent to the name, and passes it on; returns whether there was anything. */
    boolean step() {
        if (ended) {
            return false;
        }
        boolean progress = false;
        if (window.size() < WINDOW && windowBytes < WINDOW_BYTES) {
            progress = node.pollUnacknowledged(this::keep, WINDOW - window.size()) > 0;
        }
        while (next < window.size() && offer(window.get(next), next == 0)) {
            next++;
            progress = true;
        }
        if (next > 0 && mustRepeat()) {
            peer.countRepeated(next);
            next = 0;
        }
        return progress;
    }

    private void keep(long tag, MemorySegment memory, long offset, int length) {
        String from = node.sender();
        int content = NodeFrame.contentOffset(from, name);
        ByteBuffer bytes = ByteBuffer.allocate(content + length).order(ByteOrder.nativeOrder());
        UnsafeBuffer frame = new UnsafeBuffer(bytes);
        NodeCall call = null;
        if (node.isRequest()) {
            long number = node.currentNumber();
            call = peer.expectAnswer(this, node.detach(), number);
            openCalls++;
        }
        int kind = call == null ? NodeFrame.MESSAGE : NodeFrame.REQUEST;
        BridgeFrame.putHeader(
                frame, 0, kind, node.currentLane(), run, sequence, node.currentEnd(), inbox);
        NodeFrame.putAddress(frame, call == null ? 0 : call.id(), from, name);
        MemorySegment.copy(memory, offset, MemorySegment.ofBuffer(bytes), content, length);
        if (window.isEmpty()) {
            lastProgress = System.nanoTime();
        }
        window.add(new Kept(tag, sequence++, call, frame));
        windowBytes += frame.capacity();
    }

    private boolean offer(Kept kept, boolean first) {
        int kind = BridgeFrame.kind(kept.frame, 0);
        BridgeFrame.putKind(kept.frame, 0, first ? kind | BridgeFrame.START : kind);
        if (!peer.offer(kept.frame, kept.frame.capacity())) {
            return false;
        }
        if (kept.call != null) {
            kept.call.onOffered();
        }
        return true;
    }

    private boolean mustRepeat() {
        long waited = System.nanoTime() - lastProgress;
        if (!repeat && !(missing && waited > REPEAT_NANOS) && waited < peer.timeoutNanos()) {
            return false;
        }
        repeat = false;
        missing = false;
        lastProgress = System.nanoTime();
        return true;
    }

    /** Releases what the other machine has. */
    void onConfirmed(long expected, boolean gap) {
        missing |= gap;
        int confirmed = 0;
        while (confirmed < window.size() && window.get(confirmed).sequence < expected) {
            Kept kept = window.get(confirmed++);
            windowBytes -= kept.frame.capacity();
            try {
                node.acknowledge(kept.tag);
            } catch (ChannelCorruptedException e) {
                // Its lane is cut off, and given up when it is polled next.
            }
            peer.countPassedOn();
        }
        if (confirmed > 0) {
            window.subList(0, confirmed).clear();
            next = Math.max(0, next - confirmed);
            lastProgress = System.nanoTime();
        }
    }

    /** Sends again what is not confirmed, but requests that are over. */
    void repeat() {
        repeat = true;
        for (Kept kept : window) {
            if (kept.call != null && kept.call.isOver()) {
                BridgeFrame.putKind(kept.frame, 0, NodeFrame.VOID);
            }
        }
    }

    /**
     * Ends the run: the name has left the other machine. The proxy leaves when the requests that
     * the other machine has taken are answered.
     *
     * @param certain whether the other machine takes nothing more of this run
     */
    void end(boolean certain) {
        if (!ended) {
            ended = true;
            endedAt = System.nanoTime();
        } else if (!certain) {
            return;
        }
        for (Kept kept : window) {
            if (kept.call != null) {
                boolean notDone = certain || !kept.call.isOffered();
                CallOutcome outcome = notDone ? CallOutcome.NOT_DONE : CallOutcome.UNKNOWN;
                peer.answer(kept.call, Answer.of(outcome));
            }
        }
    }

    /** Counts that a request was answered, or that its asker has gone. */
    void onAnswered() {
        openCalls--;
    }

    /** Tests whether the proxy can leave: its run has ended, and no one waits. */
    boolean isOver() {
        return ended && (openCalls == 0 || System.nanoTime() - endedAt > 2 * peer.timeoutNanos());
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public void close() {
        node.close();
    }

    @Override
    public String toString() {
        return "%s: %s of %s sent, %s calls%s"
                .formatted(name, next, window.size(), openCalls, ended ? ", ended" : "");
    }
}
