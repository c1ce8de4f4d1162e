package io.sluice.aeron;

import io.sluice.BrokenChannelException;
import io.sluice.CallOutcome;
import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.NoSuchNodeException;
import io.sluice.node.NodeEndpoint;
import io.sluice.node.NodeEndpoint.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What comes from another machine for one name of this one: taken in sequence, as by {@link
 * InBridge}, and held until there is room in the inbox. The other machine sends no more than a
 * window before it is confirmed, which bounds what is held; so a name that does not receive holds
 * up its own senders only.
 *
 * <p>What was delivered before, also by an earlier process, is cut: {@link LinkLog}.
 *
 * <p>One thread at a time.
 */
final class NodeFlow implements AutoCloseable {
    private final String to;
    private final NodePeer peer;
    private final LinkLog log;
    private final Deque<UnsafeBuffer> held = new ArrayDeque<>();
    private final UnsafeBuffer reply = new UnsafeBuffer(new byte[BridgeFrame.CONFIRMATION_LENGTH]);
    private long run; // 0: none yet.
    private long received; // The sequence that is held next.
    private long expected; // The sequence that is delivered next.
    private boolean gap;
    private boolean due;
    private boolean ended;
    private boolean endDue;

    NodeFlow(String to, NodePeer peer, Path file) throws IOException {
        this.to = to;
        this.peer = peer;
        this.log = LinkLog.open(file);
    }

    /** Takes a frame if it continues what was taken, or begins a run. */
    void take(DirectBuffer buffer, int offset, int length) {
        long frameRun = BridgeFrame.run(buffer, offset);
        long sequence = BridgeFrame.sequence(buffer, offset);
        if (frameRun != run) {
            if (!BridgeFrame.isFlagged(buffer, offset)) {
                return; // Its start was lost with a connection, which repeats it.
            }
            try {
                log.from(NodeFrame.origin(buffer, offset));
            } catch (LostLogException e) {
                peer.block(e.getMessage());
                return;
            }
            run = frameRun;
            received = sequence;
            expected = sequence;
            held.clear();
            ended = !peer.isHere(to);
        }
        if (ended) {
            endDue = true;
            return;
        }
        due = true;
        if (sequence == received) {
            UnsafeBuffer copy = new UnsafeBuffer(new byte[length]);
            copy.putBytes(0, buffer, offset, length);
            held.add(copy);
            received++;
        } else if (sequence > received) {
            gap = true;
        } else {
            peer.countRepeated(1);
        }
    }

    /** Delivers what there is room for; returns whether there was any. */
    boolean deliver() {
        boolean progress = false;
        while (!held.isEmpty() && deliver(held.element())) {
            held.remove();
            expected++;
            due = true;
            progress = true;
        }
        return progress;
    }

    /** Delivers a message, or finds that it is not to be; returns false if it must wait. */
    private boolean deliver(UnsafeBuffer frame) {
        if (BridgeFrame.kind(frame, 0) == NodeFrame.VOID) {
            return true;
        }
        try {
            NodeEndpoint sender = peer.sender(NodeFrame.from(frame, 0));
            if (sender != null) {
                return deliver(frame, sender);
            }
            // A request would be the bridge's; a message is not to be lost.
            return NodeFrame.call(frame, 0) != 0
                    ? refuse(frame)
                    : deliver(frame, peer.bridgeNode());
        } catch (NoSuchNodeException | BrokenChannelException e) {
            // A message is for the next owner.
            return NodeFrame.call(frame, 0) != 0 && refuse(frame);
        } catch (IllegalArgumentException // Too long for this inbox.
                | ChannelCorruptedException
                | InvalidPipeException e) {
            return refuse(frame);
        } catch (LostLogException e) {
            peer.block(e.getMessage());
            return false; // It might be delivered twice.
        } catch (UncheckedIOException e) {
            return false; // There is no memory now, or no descriptor.
        }
    }

    private boolean deliver(UnsafeBuffer frame, NodeEndpoint sender) {
        int lane = BridgeFrame.lane(frame, 0);
        long position = BridgeFrame.position(frame, 0);
        long call = NodeFrame.call(frame, 0);
        long sent = sender.position(to);
        if (log.isDelivered(lane, position, sent)) {
            peer.countRepeated(1);
            if (call != 0) { // By an earlier process, which had its answer.
                peer.sendAnswer(call, Answer.of(CallOutcome.UNKNOWN));
            }
            return true;
        }
        log.intend(lane, position, sent);
        boolean done = false;
        try {
            done = send(frame, sender, call);
        } finally {
            log.decide(lane, done);
        }
        if (done) {
            peer.countDelivered();
        }
        return done;
    }

    private boolean send(UnsafeBuffer frame, NodeEndpoint sender, long call) {
        MemorySegment memory = MemorySegment.ofArray(frame.byteArray());
        int content = NodeFrame.contentOffset(frame, 0);
        int length = frame.capacity() - content;
        try {
            if (call == 0) {
                return sender.send(to, null, memory, content, length, -1);
            }
            CompletableFuture<Answer> answer =
                    sender.callAsync(to, null, memory, content, length, -1);
            if (answer == null) {
                return false;
            }
            answer.whenComplete(
                    (outcome, thrown) ->
                            peer.sendAnswer(
                                    call,
                                    thrown == null ? outcome : Answer.of(CallOutcome.UNKNOWN)));
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError("a call that does not wait was interrupted", e);
        }
    }

    private boolean refuse(UnsafeBuffer frame) {
        long call = NodeFrame.call(frame, 0);
        if (call != 0) {
            peer.sendAnswer(call, Answer.of(CallOutcome.NOT_DONE));
        } else {
            peer.countRefused();
        }
        return true;
    }

    /** Ends the run, because the name has left: nothing more of it is taken. */
    void end() {
        if (!ended && run != 0) {
            ended = true;
            endDue = true;
            held.clear();
        }
    }

    /** Confirms what was delivered, if that is due; returns false if it cannot be sent now. */
    boolean confirm() {
        if (due) {
            BridgeFrame.putConfirmation(reply, gap, run, expected, peer.epoch());
            if (!peer.offer(reply, BridgeFrame.CONFIRMATION_LENGTH)) {
                return false;
            }
            due = false;
            gap = false;
        }
        if (endDue) {
            NodeFrame.putEnded(reply, run);
            endDue = !peer.offer(reply, NodeFrame.ENDED_LENGTH);
        }
        return !endDue;
    }

    /** Tests whether a message of a sender is held. */
    boolean holds(String from) {
        for (UnsafeBuffer frame : held) {
            if (NodeFrame.from(frame, 0).equals(from)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        log.close();
    }

    @Override
    public String toString() {
        return "to %s: %s held, %s expected%s"
                .formatted(to, held.size(), expected, ended ? ", ended" : "");
    }
}
