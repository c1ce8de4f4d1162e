package io.sluice.aeron;

import io.aeron.logbuffer.Header;
import io.sluice.CallOutcome;
import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.aeron.NodeFrame.NamedInbox;
import io.sluice.node.NodeEndpoint;
import io.sluice.node.NodeEndpoint.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Another machine, as a bridge of nodes sees it: its names, each with a {@link NodeProxy} here;
 * what comes from it, a {@link NodeFlow} for each name here; and the calls that wait for it.
 *
 * <p>Frames are handled only if they are of the peer's stream that was found last. Another {@link
 * BridgeConnection#epoch} means that answers may have been lost: all calls end, their outcome
 * unknown. A peer that is silent for the timeout is lost: then its names go, too.
 *
 * <p>One thread at a time, except {@link #sendAnswer}.
 */
final class NodePeer implements AutoCloseable {
    /** The shortest time between two attempts to take the peer's names here. */
    private static final long JOIN_NANOS = 10_000_000;

    /** The names are sent that many times within the timeout. */
    private static final int HEARTBEATS = 10;

    private static final int NAMES_LENGTH = 1 << 13;

    /** An answer to a request of the peer. */
    @SuppressWarnings("ArrayRecordComponent")
    private record SentAnswer(long call, Answer answer) {}

    private final NodeBridge bridge;
    private final Path directory;
    private final BridgeLink settings;
    private final String logSuffix;
    private final long timeoutNanos;
    private final BridgeConnection connection;
    private final long incarnation = ThreadLocalRandom.current().nextLong();
    private final Map<String, NodeProxy> proxies = new LinkedHashMap<>();
    private final Map<String, NodeFlow> flows = new LinkedHashMap<>();
    private final Map<Long, NodeCall> calls = new HashMap<>();
    private final Deque<NodeCall> unanswered = new ArrayDeque<>(); // There was no room.
    private final Queue<SentAnswer> answers = new ConcurrentLinkedQueue<>();
    private final UnsafeBuffer namesFrame = new UnsafeBuffer(new byte[NAMES_LENGTH]);
    private UnsafeBuffer answerFrame = new UnsafeBuffer(new byte[NAMES_LENGTH]);
    private final UnsafeBuffer endedFrame = new UnsafeBuffer(new byte[NodeFrame.ENDED_LENGTH]);
    private final List<Long> unknownRuns = new ArrayList<>();

    private Map<String, NamedInbox> names = Map.of(); // Of the peer.
    private final Map<String, NamedInbox> incomingNames = new LinkedHashMap<>();
    private Map<String, NamedInbox> sentNames = Map.of();
    private boolean namesDue = true;
    private long namesSentAt;
    private long joinedAt;
    private boolean present;
    private long heardAt;
    private int epoch;
    private long peerEpoch;
    private long lastCall = ThreadLocalRandom.current().nextLong();
    private RuntimeException failure;
    private volatile String hidden = "";
    private volatile String blocked = "";
    private volatile int nodes;
    private volatile long passedOn;
    private volatile long delivered;
    private volatile long repeated;
    private volatile long refused;
    private volatile long unknown;

    /**
     * Creates a peer that is not connected.
     *
     * @param directory the directory of this machine's names
     * @param index the number of the peer among those of the bridge
     */
    NodePeer(NodeBridge bridge, Path directory, BridgeLink settings, int index) {
        this.bridge = bridge;
        this.directory = directory;
        this.settings = settings;
        this.logSuffix = ".bridge" + index;
        this.timeoutNanos = settings.timeout().toNanos();
        this.connection =
                BridgeConnection.symmetric(
                        settings, directory.resolve("bridge" + index + ".aeron"), this::onFrame);
    }

    /**
     * Does what there is to do.
     *
     * @param exported the names of this machine, the same object as long as they are the same
     * @return whether there was anything
     */
    boolean step(Map<String, NamedInbox> exported) {
        boolean progress = connection.poll() > 0;
        if (failure != null) {
            throw failure;
        }
        if (epoch != connection.epoch()) {
            epoch = connection.epoch();
            onReconnected();
        }
        if (present && System.nanoTime() - heardAt > timeoutNanos) {
            onLost();
        }
        progress |= deliver(exported);
        progress |= answerAskers();
        updateProxies();
        for (NodeProxy proxy : proxies.values()) {
            try {
                progress |= proxy.step();
            } catch (ChannelCorruptedException e) {
                // One lane was given up, which is logged; the others go on.
            }
        }
        return progress;
    }

    // Connecting.

    private void onReconnected() {
        for (NodeCall call : List.copyOf(calls.values())) {
            if (call.isOffered()) {
                answer(call, Answer.of(CallOutcome.UNKNOWN));
            }
        }
        proxies.values().forEach(NodeProxy::repeat);
        namesDue = true;
    }

    private void onLost() {
        present = false;
        names = Map.of();
        endProxies();
        for (NodeCall call : List.copyOf(calls.values())) {
            answer(call, Answer.of(CallOutcome.UNKNOWN));
        }
    }

    boolean offer(DirectBuffer frame, int length) {
        return connection.offer(frame, 0, length);
    }

    /** Returns a number that differs whenever what was sent before may not have arrived. */
    long epoch() {
        return incarnation + connection.epoch();
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    private void onFrame(DirectBuffer buffer, int offset, int length, Header header) {
        if (failure != null || header.sessionId() != connection.session()) {
            return; // Of the peer's past.
        }
        try {
            handle(buffer, offset, length);
        } catch (RuntimeException e) { // Aeron would only report it.
            failure = e;
        } catch (IOException e) {
            failure = new UncheckedIOException(e);
        }
    }

    private void handle(DirectBuffer buffer, int offset, int length) throws IOException {
        if (length < NodeFrame.ENDED_LENGTH) {
            return; // Of another program.
        }
        heardAt = System.nanoTime();
        int kind = BridgeFrame.kind(buffer, offset);
        switch (kind) {
            case NodeFrame.NAMES -> onNames(buffer, offset, length);
            case NodeFrame.MESSAGE, NodeFrame.REQUEST, NodeFrame.VOID -> {
                if (NodeFrame.isMessage(buffer, offset, length)) {
                    onMessage(buffer, offset, length);
                }
            }
            case BridgeFrame.CONFIRMATION -> onConfirmation(buffer, offset, length);
            case NodeFrame.ENDED -> onEnded(NodeFrame.endedRun(buffer, offset));
            case NodeFrame.ANSWER -> onAnswer(buffer, offset, length);
            default -> {} // Of another program.
        }
    }

    // Names.

    private void onNames(DirectBuffer buffer, int offset, int length) {
        if (NodeFrame.hasBit(buffer, offset, NodeFrame.FIRST)) {
            incomingNames.clear();
        }
        int at = NodeFrame.NAMES_HEADER_LENGTH;
        int count = NodeFrame.nameCount(buffer, offset);
        for (int i = 0; i < count; i++) {
            NamedInbox inbox = NodeFrame.name(buffer, offset + at, offset + length);
            if (inbox == null) {
                return; // Of another program.
            }
            incomingNames.put(inbox.name(), inbox);
            at += NodeFrame.length(inbox);
        }
        if (NodeFrame.hasBit(buffer, offset, NodeFrame.LAST)) {
            present = true;
            if (!incomingNames.equals(names)) {
                names = new LinkedHashMap<>(incomingNames);
                joinedAt = System.nanoTime() - JOIN_NANOS; // Now.
            }
        }
        long now = NodeFrame.namesEpoch(buffer, offset);
        if (now != peerEpoch) { // What was sent to it may not have arrived.
            peerEpoch = now;
            proxies.values().forEach(NodeProxy::repeat);
        }
    }

    /** Sends the names of this machine if they have changed, and several times in the timeout. */
    private void sendNames(Map<String, NamedInbox> exported) {
        long now = System.nanoTime();
        if (!namesDue && exported == sentNames && now - namesSentAt < timeoutNanos / HEARTBEATS) {
            return;
        }
        Collection<NamedInbox> inboxes = exported.values();
        int at = NodeFrame.NAMES_HEADER_LENGTH;
        int bits = NodeFrame.FIRST;
        int count = 0;
        for (NamedInbox inbox : inboxes) {
            int end = NodeFrame.addName(namesFrame, at, NAMES_LENGTH, inbox);
            if (end < 0) {
                NodeFrame.putNames(namesFrame, bits, count, epoch());
                if (!offer(namesFrame, at)) {
                    return; // All again, later.
                }
                bits = 0;
                count = 0;
                end =
                        NodeFrame.addName(
                                namesFrame, NodeFrame.NAMES_HEADER_LENGTH, NAMES_LENGTH, inbox);
            }
            at = end;
            count++;
        }
        NodeFrame.putNames(namesFrame, bits | NodeFrame.LAST, count, epoch());
        if (offer(namesFrame, at)) {
            sentNames = exported;
            namesDue = false;
            namesSentAt = now;
        }
    }

    /** Takes the peer's names that are free here, and leaves those that it has no more. */
    private void updateProxies() {
        if (System.nanoTime() - joinedAt < JOIN_NANOS) {
            return;
        }
        endProxies();
        proxies.values()
                .removeIf(
                        proxy -> {
                            if (proxy.isOver()) {
                                calls.values().removeIf(call -> call.proxy() == proxy);
                                unanswered.removeIf(call -> call.proxy() == proxy);
                                proxy.close();
                                return true;
                            }
                            return false;
                        });
        StringBuilder refusals = new StringBuilder();
        if (connection.isOpen()) {
            for (NamedInbox inbox : names.values()) {
                if (!proxies.containsKey(inbox.name())) {
                    join(inbox, refusals);
                }
            }
        }
        if (!hidden.contentEquals(refusals)) {
            hidden = refusals.toString();
        }
        if (nodes != proxies.size()) {
            nodes = proxies.size();
        }
        joinedAt = System.nanoTime();
    }

    private void join(NamedInbox inbox, StringBuilder refusals) {
        int longest = NodeFrame.MAX_HEADER_LENGTH + inbox.longest();
        if (longest > connection.maxLength()) {
            refusals.append(
                    "; %s has messages of %s bytes: raise the channel's term-length"
                            .formatted(inbox.name(), inbox.longest()));
        } else if (bridge.isHere(inbox.name())) {
            refusals.append("; %s is a name of both machines".formatted(inbox.name()));
        } else {
            try {
                proxies.put(
                        inbox.name(),
                        NodeProxy.join(this, directory, inbox.name(), inbox.capacity()));
            } catch (IllegalStateException
                    | IllegalArgumentException
                    | InvalidPipeException
                    | IOException e) {
                refusals.append("; ").append(e.getMessage());
            }
        }
    }

    private void endProxies() {
        for (NodeProxy proxy : proxies.values()) {
            if (!proxy.isEnded() && !names.containsKey(proxy.name()) && !isHeld(proxy.name())) {
                proxy.end(false);
            }
        }
    }

    private boolean isHeld(String from) {
        for (NodeFlow flow : flows.values()) {
            if (flow.holds(from)) {
                return true;
            }
        }
        return false;
    }

    boolean isProxy(String name) {
        return proxies.containsKey(name);
    }

    boolean isHere(String name) {
        return bridge.isHere(name);
    }

    // What comes for the names of this machine.

    private void onMessage(DirectBuffer buffer, int offset, int length) throws IOException {
        String to = NodeFrame.to(buffer, offset);
        NodeFlow flow = flows.get(to);
        if (flow == null) {
            if (!bridge.isHere(to)) { // Not a name, perhaps: it makes no file.
                endRun(BridgeFrame.run(buffer, offset));
                return;
            }
            flow = new NodeFlow(to, this, directory.resolve(to + logSuffix));
            flows.put(to, flow);
        }
        flow.take(buffer, offset, length);
    }

    private void endRun(long run) {
        if (!unknownRuns.contains(run)) {
            unknownRuns.add(run);
        }
    }

    /**
     * Returns the node that stands for a sender there; null if there is none, because the name has
     * an owner here, too.
     */
    NodeEndpoint sender(String name) {
        NodeProxy known = proxies.get(name);
        if (known != null) {
            return known.node();
        }
        if (bridge.isHere(name)) {
            return null;
        }
        try { // It has sent, and left.
            NamedInbox inbox = names.get(name);
            int capacity = inbox != null ? inbox.capacity() : bridge.capacity(name);
            NodeProxy proxy = NodeProxy.join(this, directory, name, capacity);
            proxies.put(name, proxy);
            return proxy.node();
        } catch (IllegalStateException | InvalidPipeException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the node of the bridge itself. */
    NodeEndpoint bridgeNode() {
        return bridge.node();
    }

    private boolean deliver(Map<String, NamedInbox> exported) {
        boolean progress = false;
        boolean sent = sendAnswers();
        for (NodeFlow flow : flows.values()) {
            progress |= flow.deliver();
        }
        for (Map.Entry<String, NodeFlow> flow : flows.entrySet()) {
            if (!exported.containsKey(flow.getKey())) {
                flow.getValue().end();
            }
            sent &= flow.getValue().confirm();
        }
        while (sent && !unknownRuns.isEmpty()) {
            NodeFrame.putEnded(endedFrame, unknownRuns.getLast());
            sent = offer(endedFrame, NodeFrame.ENDED_LENGTH);
            if (sent) {
                unknownRuns.removeLast();
            }
        }
        if (sent) { // What a name that has gone has done is told before that.
            sendNames(exported);
        }
        return progress;
    }

    /** Sends an answer to a request of the peer. Any thread. */
    void sendAnswer(long call, Answer answer) {
        answers.add(new SentAnswer(call, answer));
    }

    private boolean sendAnswers() {
        for (SentAnswer next = answers.peek(); next != null; next = answers.peek()) {
            byte[] content = next.answer().content();
            int length = NodeFrame.ANSWER_HEADER_LENGTH + content.length;
            if (length > answerFrame.capacity()) {
                answerFrame = new UnsafeBuffer(new byte[Integer.highestOneBit(length) << 1]);
            }
            MutableDirectBuffer frame = answerFrame;
            NodeFrame.putAnswer(frame, next.answer().outcome(), next.call());
            frame.putBytes(NodeFrame.ANSWER_HEADER_LENGTH, content);
            if (!offer(frame, length)) {
                return false;
            }
            answers.remove();
        }
        return true;
    }

    // What was sent to the names of the peer.

    private NodeProxy proxy(long run) {
        for (NodeProxy proxy : proxies.values()) {
            if (proxy.run() == run) {
                return proxy;
            }
        }
        return null;
    }

    private void onConfirmation(DirectBuffer buffer, int offset, int length) {
        NodeProxy proxy =
                length < BridgeFrame.CONFIRMATION_LENGTH
                        ? null
                        : proxy(BridgeFrame.run(buffer, offset));
        if (proxy != null) {
            long expected = BridgeFrame.sequence(buffer, offset);
            proxy.onConfirmed(expected, BridgeFrame.isFlagged(buffer, offset));
        }
    }

    private void onEnded(long run) {
        NodeProxy proxy = proxy(run);
        if (proxy != null) {
            proxy.end(true);
            joinedAt = System.nanoTime() - JOIN_NANOS;
        }
    }

    NodeCall expectAnswer(NodeProxy proxy, long asker, long number) {
        if (++lastCall == 0) {
            lastCall = 1; // 0 is that of a message.
        }
        NodeCall call = new NodeCall(lastCall, proxy, asker, number);
        calls.put(lastCall, call);
        return call;
    }

    private void onAnswer(DirectBuffer buffer, int offset, int length) {
        NodeCall call = calls.get(NodeFrame.answeredCall(buffer, offset));
        if (call != null) {
            byte[] content = new byte[length - NodeFrame.ANSWER_HEADER_LENGTH];
            buffer.getBytes(offset + NodeFrame.ANSWER_HEADER_LENGTH, content);
            answer(call, new Answer(NodeFrame.outcome(buffer, offset), content));
        }
    }

    /** Ends a call, unless it is over. */
    void answer(NodeCall call, Answer answer) {
        if (calls.remove(call.id()) == null) {
            return;
        }
        if (answer.outcome() == CallOutcome.UNKNOWN) {
            unknown++;
        }
        call.end(answer);
        if (!tryAnswer(call)) {
            unanswered.add(call);
        }
    }

    private boolean answerAskers() {
        boolean progress = false;
        for (int i = unanswered.size(); i > 0; i--) {
            NodeCall call = unanswered.remove();
            if (tryAnswer(call)) {
                progress = true;
            } else {
                unanswered.add(call);
            }
        }
        return progress;
    }

    private static boolean tryAnswer(NodeCall call) {
        try {
            if (!call.tryAnswer()) {
                return false;
            }
        } catch (IllegalArgumentException e) { // Too long for the asker.
            call.end(Answer.of(CallOutcome.UNKNOWN));
            return false;
        } catch (IllegalStateException
                | UncheckedIOException
                | ChannelCorruptedException
                | InvalidPipeException e) {
            // Its pipe cannot be used: it times out.
        }
        call.proxy().onAnswered();
        return true;
    }

    // Counters.

    /** Stores why nothing is delivered to a name. */
    void block(String reason) {
        if (!blocked.contains(reason)) {
            blocked += "; " + reason;
        }
    }

    void countPassedOn() {
        passedOn++;
    }

    void countDelivered() {
        delivered++;
    }

    void countRepeated(int count) {
        repeated += count;
    }

    void countRefused() {
        refused++;
    }

    NodeBridgeStatistics statistics() {
        return new NodeBridgeStatistics(
                nodes, passedOn, delivered, repeated, refused, unknown, connection.connections());
    }

    String state() {
        return connection.state() + hidden + blocked;
    }

    @Override
    public void close() {
        for (NodeCall call : List.copyOf(calls.values())) {
            answer(call, Answer.of(CallOutcome.UNKNOWN));
        }
        answerAskers();
        proxies.values().forEach(NodeProxy::close);
        flows.values().forEach(NodeFlow::close);
        connection.close();
    }

    @Override
    public String toString() {
        return "%s: %s proxies=%s flows=%s calls=%s names=%s, unanswered=%s, answers=%s"
                .formatted(
                        settings.messages(),
                        statistics(),
                        proxies.values(),
                        flows.values(),
                        calls.size(),
                        Arrays.toString(names.keySet().toArray()),
                        unanswered.size(),
                        answers.size());
    }
}
