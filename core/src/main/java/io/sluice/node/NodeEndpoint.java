package io.sluice.node;

import static io.sluice.node.HeaderDescriptor.HEADER_LENGTH;
import static io.sluice.node.HeaderDescriptor.MESSAGE;
import static io.sluice.node.HeaderDescriptor.NOT_DONE;
import static io.sluice.node.HeaderDescriptor.REPLY;
import static io.sluice.node.HeaderDescriptor.REQUEST;
import static io.sluice.node.HeaderDescriptor.UNKNOWN;

import io.sluice.BrokenChannelException;
import io.sluice.CallOutcome;
import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.MessageHandler;
import io.sluice.NameLostException;
import io.sluice.NoSuchNodeException;
import io.sluice.NodeInfo;
import io.sluice.NodeListener;
import io.sluice.UnacknowledgedMessageHandler;
import io.sluice.linux.Platform;
import io.sluice.memory.MappingFault;
import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.PipeParameters;
import io.sluice.pipe.ReceiverEndpoint;
import io.sluice.pipe.SenderEndpoint;
import io.sluice.wait.Deadline;
import io.sluice.wait.Occupancy;
import io.sluice.wait.WaitQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A node: the owner of a name, the receiver of its inbox, and the links to other nodes. See the
 * package's description.
 *
 * <p>Guarantee: what tries is wait-free once the link is open; the rest blocks. One thread at a
 * time, except {@link #close}, {@link #reply} and the counters.
 */
public final class NodeEndpoint implements AutoCloseable {
    /** The offset of a message's content in what was claimed for it. */
    public static final int CLAIM_OFFSET = HEADER_LENGTH;

    /** The most polls of one call that find nothing but what is dropped. */
    private static final int MAX_DROPPING_POLLS = 1000;

    private static final int POLLS_PER_DRAIN = 64;
    private static final int DRAIN_LIMIT = 256;

    private final String name;
    private final int self;
    private final long generation;
    private final NodeRegistry registry;
    private final NodeParameters parameters;
    private final ReceiverEndpoint inbox;
    private final ReceiverEndpoint replies;
    private final ReplyLinks replyLinks;
    private final String[] names;
    private final Map<String, NodeLink> links = new ConcurrentHashMap<>(); // Closed by any thread.
    private final Map<String, Integer> slots = new HashMap<>();
    private final Occupancy occupancy = new Occupancy(this::leave, this::closed);
    private final MessageHandler dispatcher = this::dispatch;
    private final UnacknowledgedMessageHandler keepingDispatcher = this::dispatchUnacknowledged;
    private final MessageHandler answerHandler = this::onAnswer;
    private final BooleanSupplier callOver = this::isCallOver;
    private final BooleanSupplier idle = this::onIdle;
    private final ProbePacer pacer = new ProbePacer();
    private final AtomicLong lateReplies = new AtomicLong();
    private final AtomicLong droppedReplies = new AtomicLong();
    private final AtomicLong refusedRequests = new AtomicLong();
    private final AtomicLong droppedMessages = new AtomicLong();

    // The message that the handler has now.
    private MessageHandler handler;
    private UnacknowledgedMessageHandler keeper;
    private long handlerThread;
    private long currentFirst;
    private long currentNumber;
    private boolean answered;
    private boolean detached;
    private int handled;
    private int polls;

    // The call that waits for its answer.
    private long lastNumber;
    private long callNumber;
    private long callGeneration;
    private NodeLink callLink;
    private CallOutcome outcome; // Null until the call is over.
    private byte[] answer = new byte[64];
    private int answerLength;

    /** Whether this node has left because another one asked for its name. */
    private volatile boolean replaced;

    private final Deadline receiveDeadline = new Deadline();
    private final Deadline callDeadline = new Deadline();
    private PresenceWatch presence;
    private ReplyReader reader;

    private NodeEndpoint(String name, int self, NodeRegistry registry, NodeParameters parameters)
            throws IOException {
        this.name = name;
        this.self = self;
        this.generation = registry.generation(self);
        this.registry = registry;
        this.parameters = parameters;
        this.names = new String[registry.capacity()];
        ReceiverEndpoint received = receiver(registry.inbox(name));
        try {
            this.replies = receiver(registry.replies(name));
        } catch (IOException | RuntimeException | Error e) {
            received.close();
            throw e;
        }
        this.inbox = received;
        this.replyLinks = new ReplyLinks(registry, parameters, self, droppedReplies);
    }

    /**
     * Reads the names of a directory, and who owns them, and writes nothing.
     *
     * @param directory the directory
     * @return each name that was ever taken there
     * @throws InvalidPipeException if it is not a directory of nodes
     * @throws IOException if it does not exist, or may not be read
     */
    public static List<NodeInfo> list(Path directory) throws IOException {
        Platform.requireLinux();
        List<NodeInfo> nodes = new ArrayList<>();
        try (NodeRegistry registry = NodeRegistry.openReadOnly(directory)) {
            for (int slot = 0; slot < registry.capacity(); slot++) {
                String name = registry.name(slot);
                if (name != null) {
                    nodes.add(
                            new NodeInfo(
                                    name,
                                    registry.isPresent(slot),
                                    registry.pid(slot),
                                    Instant.ofEpochMilli(registry.since(slot)),
                                    registry.inbox(name)));
                }
            }
        }
        return nodes;
    }

    private ReceiverEndpoint receiver(Path path) throws IOException {
        PipeParameters pipe =
                PipeParameters.bounded(parameters.capacity(), registry.capacity()).withReceivers(1);
        try (PipeHandle handle = PipeHandle.openOrCreate(path, pipe)) {
            return handle.receiver(parameters.idle(), parameters.spins(), parameters.drain());
        }
    }

    /**
     * Takes a name, and waits up to a timeout while another node owns it.
     *
     * @param directory the directory of the names; created if its parent exists
     * @param name the name
     * @param parameters what the node is made with
     * @param nanos the timeout in nanoseconds; zero or less does not wait
     * @return the node
     * @throws IllegalArgumentException if it is no name
     * @throws IllegalStateException if another node owns the name, or the directory is full
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws IOException if the directory cannot be used
     */
    public static NodeEndpoint join(
            Path directory, String name, NodeParameters parameters, long nanos)
            throws IOException, InterruptedException {
        Objects.requireNonNull(directory, "directory");
        NodeRegistry.checkName(Objects.requireNonNull(name, "name"));
        Platform.requireLinux();
        NodeRegistry registry = null;
        NodeEndpoint node = null;
        boolean joined = false;
        try {
            registry = NodeRegistry.open(directory, parameters.maxNodes());
            int slot = registry.register(name);
            own(registry, slot, name, parameters, nanos);
            node = new NodeEndpoint(name, slot, registry, parameters);
            registry.setJoined();
            MappingFault.poll();
            joined = true;
            return node;
        } catch (RuntimeException | Error e) {
            throw MappingFault.translate(e);
        } finally {
            if (!joined && node != null) {
                node.close();
            } else if (!joined && registry != null) {
                registry.close();
            }
        }
    }

    private static void own(
            NodeRegistry registry, int slot, String name, NodeParameters parameters, long nanos)
            throws IOException, InterruptedException {
        Deadline deadline = new Deadline();
        deadline.start(nanos);
        long asked = 0;
        boolean owned = false;
        try {
            while (!registry.tryOwn(slot)) {
                if (parameters.replaces()) {
                    asked = registry.askToLeave(slot); // Each time: another one may stop asking.
                }
                if (!deadline.park(registry)) {
                    throw new IllegalStateException(
                            "%s: the name %s belongs to process %s: choose another, or wait for it with join(…, timeout)"
                                    .formatted(registry.directory(), name, registry.pid(slot)));
                }
            }
            owned = true;
            if (parameters.replaceable()) {
                registry.setReplaceable();
            }
        } finally {
            if (!owned && asked != 0) {
                registry.stopAsking(slot, asked);
            }
        }
    }

    /**
     * Registers this node to be closed when its user becomes unreachable.
     *
     * @param user the object that users hold; nothing here may refer to it
     * @return the registration, to be cleaned when the node is closed
     */
    public Cleaner.Cleanable onUnreachable(Object user) {
        return PipeHandle.onUnreachable(user, name(), this::isClosed, this::close);
    }

    // Names.

    /**
     * Returns the name.
     *
     * @return the name that this node owns
     */
    public String name() {
        return name;
    }

    /**
     * Returns the names that have an owner now, with this node's.
     *
     * @return the names, in the order in which they were first taken
     */
    public List<String> nodes() {
        checkOpen();
        List<String> present = new ArrayList<>();
        for (int slot = 0; slot < registry.capacity(); slot++) {
            String found = registry.name(slot);
            if (found != null && registry.isPresent(slot)) {
                present.add(found);
            }
        }
        return present;
    }

    /**
     * Tests whether a name has an owner now.
     *
     * @param other the name
     * @return whether it has one, which has joined
     */
    public boolean isPresent(String other) {
        checkOpen();
        int slot = registry.find(Objects.requireNonNull(other, "name"));
        return slot >= 0 && registry.isPresent(slot);
    }

    /**
     * Returns where the messages to a name are.
     *
     * @param other the name
     * @return the path of its inbox, which exists once the name had an owner
     * @throws IllegalArgumentException if it is no name
     */
    public Path inbox(String other) {
        NodeRegistry.checkName(other);
        return registry.inbox(other);
    }

    /**
     * Waits up to a timeout for a name to have an owner.
     *
     * @param other the name
     * @param nanos the timeout in nanoseconds; zero or less does not wait
     * @return whether it has one
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    public boolean awaitNode(String other, long nanos) throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            Deadline deadline = new Deadline();
            deadline.start(nanos);
            while (!isPresent(other)) {
                if (!deadline.park(this)) {
                    return false;
                }
            }
            return true;
        } finally {
            occupancy.exit(entered);
        }
    }

    /**
     * Sets what is told when nodes come and go. It is called by this node's thread, in calls that
     * receive.
     *
     * @param listener the listener, which gets a name, and whether it has an owner now; null for
     *     none
     */
    public void onChange(NodeListener listener) {
        checkOpen();
        presence = listener == null ? null : new PresenceWatch(registry, self, listener);
    }

    // Sending.

    /** Returns the link to a node, which is opened if that node is present. */
    private NodeLink link(String to) {
        NodeLink known = links.get(Objects.requireNonNull(to, "name"));
        return known != null ? known : open(to);
    }

    private NodeLink open(String to) {
        checkOpen();
        int slot = registry.find(to);
        if (slot < 0 || !registry.isPresent(slot)) {
            throw new NoSuchNodeException(
                    "%s: no node has the name %s now: wait for it with awaitNode"
                            .formatted(registry.directory(), to));
        }
        try (PipeHandle pipe = PipeHandle.open(registry.inbox(to), false)) {
            NodeLink opened =
                    new NodeLink(pipe.sender(parameters.idle(), parameters.spins(), self), slot);
            links.put(to, opened);
            if (isClosed()) { // By a thread that may have closed the others before.
                opened.close();
                throw closed();
            }
            return opened;
        } catch (NoSuchFileException e) {
            throw new NoSuchNodeException(registry.inbox(to) + " is gone");
        } catch (IOException e) {
            throw new UncheckedIOException(registry.inbox(to) + " cannot be used now", e);
        }
    }

    private long first(int kind) {
        return HeaderDescriptor.first(kind, self, generation);
    }

    /**
     * Claims room for a message to a node, and writes the header.
     *
     * @param to the name of the node
     * @param length the length of the message, in bytes
     * @param nanos how long to wait for room, as in {@link io.sluice.wait.Waiter#start}; negative
     *     for a call that does not wait
     * @return the end that has claimed it, {@value HeaderDescriptor#HEADER_LENGTH} bytes before the
     *     message; null if there was no room
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    public SenderEndpoint claim(String to, int length, long nanos) throws InterruptedException {
        NodeLink link = link(to);
        return claim(link, MESSAGE, 0, registry.generation(link.slot()), length, nanos)
                ? link.sender()
                : null;
    }

    private boolean claim(NodeLink link, int kind, long number, long owner, int length, long nanos)
            throws InterruptedException {
        long first = first(kind);
        long second = HeaderDescriptor.second(number, owner);
        if (nanos < 0) {
            return link.tryClaim(first, second, length);
        }
        boolean entered = occupancy.enter();
        try {
            return link.claim(first, second, length, nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    /**
     * Sends a message.
     *
     * @param to the name of the node
     * @param array the message, or null
     * @param segment the message, if there is no array
     * @param offset the offset of the message in one of them
     * @param length the length of the message, in bytes
     * @param nanos how long to wait for room; negative for a call that does not wait
     * @return whether it was sent
     * @throws NoSuchNodeException if the name never had an owner that this node knew, and has none
     * @throws BrokenChannelException if the owner has gone
     * @throws InterruptedException if this thread was interrupted while it waited
     */
    public boolean send(
            String to, byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        checkSource(array, segment, offset, length);
        NodeLink link = link(to);
        if (!claim(link, MESSAGE, 0, registry.generation(link.slot()), length, nanos)) {
            return false;
        }
        link.send(array, segment, offset, length);
        return true;
    }

    private static void checkSource(byte[] array, MemorySegment segment, long offset, int length) {
        long size =
                array != null ? array.length : Objects.requireNonNull(segment, "source").byteSize();
        Objects.checkFromIndexSize(offset, length, size);
    }

    /**
     * Returns the length of the longest message to a node.
     *
     * @param to the name of the node
     * @return the length in bytes
     */
    public int maxMessageLength(String to) {
        return link(to).maxLength();
    }

    /**
     * Returns how much the link to a node has carried, from any owner of this name.
     *
     * @param to the name of the node
     * @return the position behind the last message, in bytes since the link was first opened
     */
    public long position(String to) {
        return link(to).position();
    }

    // Receiving.

    /**
     * Passes available messages to a handler, and keeps them until they are acknowledged: those
     * that are not when this node closes or dies are for the next owner of its name, marked. A node
     * that uses this receives by nothing else.
     *
     * @param next the handler; {@link #sender}, {@link #isRequest}, {@link #currentLane}, {@link
     *     #currentEnd} and others describe the message
     * @param limit the largest number of messages
     * @return the number of messages
     */
    public int pollUnacknowledged(UnacknowledgedMessageHandler next, int limit) {
        begin(null);
        keeper = next;
        try {
            if (inbox.pollUnacknowledged(keepingDispatcher, limit) == 0) {
                onIdle();
            }
            return handled;
        } finally {
            keeper = null;
            end();
        }
    }

    /**
     * Releases a message that was kept.
     *
     * @param tag its delivery tag
     */
    public void acknowledge(long tag) {
        inbox.acknowledge(tag);
    }

    /**
     * Returns the number of the current message's sender, which is that of its lane.
     *
     * @return the number; valid inside the handler
     */
    public int currentLane() {
        checkCurrent();
        return HeaderDescriptor.slot(currentFirst);
    }

    /**
     * Returns where the current message of {@link #pollUnacknowledged} ends in its lane. With
     * {@link #currentLane} it identifies the message for as long as the directory exists.
     *
     * @return the position; valid inside the handler
     */
    public long currentEnd() {
        checkCurrent();
        return inbox.currentEnd();
    }

    /**
     * Passes available messages to a handler.
     *
     * @param from the name of the only sender, or null for all
     * @param next the handler; {@link #sender}, {@link #isRequest} and others describe the message
     * @param limit the largest number of messages
     * @return the number of messages
     */
    public int poll(String from, MessageHandler next, int limit) {
        leaveIfAsked();
        int lane = lane(from);
        begin(next);
        try {
            int tries = 0;
            while (inbox.poll(lane, dispatcher, limit) > 0
                    && handled == 0
                    && ++tries < MAX_DROPPING_POLLS) {
                // All that it found was dropped.
            }
            if (handled == 0 || ++polls % POLLS_PER_DRAIN == 0) {
                onIdle();
            }
            return handled;
        } finally {
            end();
        }
    }

    /**
     * Passes messages to a handler, and blocks while there is none.
     *
     * @param from the name of the only sender, or null for all
     * @param next the handler
     * @param limit the largest number of messages, at least 1
     * @param nanos the timeout, as in {@link io.sluice.wait.Waiter#start}
     * @return the number of messages, 0 if none came in that time
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was
     *     received
     * @throws NameLostException if another node asked for the name: this node has left
     */
    public int receive(String from, MessageHandler next, int limit, long nanos)
            throws InterruptedException {
        if (limit < 1) {
            throw new IllegalArgumentException("limit=" + limit + " is not at least 1");
        }
        int lane = lane(from);
        boolean entered = occupancy.enter();
        try {
            leaveIfAsked();
            int count = receive(lane, next, limit, nanos);
            if (count == 0) {
                leaveIfAsked();
            }
            return count;
        } finally {
            occupancy.exit(entered);
        }
    }

    private int receive(int lane, MessageHandler next, int limit, long nanos)
            throws InterruptedException {
        begin(next);
        try {
            receiveDeadline.start(nanos);
            long left = nanos;
            do { // Again if all that came was dropped.
                int count = inbox.receiveUntil(lane, dispatcher, limit, left, idle);
                if (handled > 0 || count == 0) {
                    return handled;
                }
                left = receiveDeadline.remainingNanos();
            } while (left > 0);
            return handled;
        } finally {
            end();
        }
    }

    private boolean isAskedToLeave() {
        return parameters.replaceable() && registry.isAskedToLeave();
    }

    /** Leaves if another node asks for the name of this one. */
    private void leaveIfAsked() {
        if (parameters.replaceable()
                && handlerThread == 0
                && !isClosed()
                && registry.isAskedToLeave()) {
            replaced = true;
            close();
            throw closed();
        }
    }

    /**
     * Returns the queue in which a select waits for a message.
     *
     * @return always the same queue
     */
    public WaitQueue waitQueue() {
        return inbox.waitQueue();
    }

    /**
     * Tests whether there is a message to take, or to drop.
     *
     * @param from the name of the only sender, or null for all
     * @return whether there is one
     */
    public boolean isReady(String from) {
        checkMayReceive();
        return inbox.isReady(lane(from));
    }

    /**
     * Waits until there is a message to take, or to drop, or something else for a poll to do.
     * Receives nothing. Meanwhile this node may send and call.
     *
     * @throws InterruptedException if this thread was interrupted
     * @throws IllegalStateException if this node is closed, also by another thread meanwhile
     */
    public void awaitReady() throws InterruptedException {
        inbox.awaitReady(this::isPollDue);
    }

    /**
     * Waits as {@link #awaitReady}, on a virtual thread, and makes a descriptor readable then.
     *
     * @return the number of the descriptor, which is closed with this node
     * @throws UncheckedIOException if this process can have no more descriptors
     */
    public int notifyFd() {
        checkMayReceive();
        return inbox.notifyFd(this::isPollDue);
    }

    /**
     * Tests whether a poll has something to do besides messages: to tell the listener something, to
     * ask for its sake which nodes have died, or to leave.
     *
     * @return whether it has
     */
    public boolean isPollDue() {
        PresenceWatch watch = presence;
        return watch != null && watch.isDue(inbox.timedOut()) || isAskedToLeave();
    }

    private int lane(String from) {
        if (from == null) {
            return ReceiverEndpoint.ALL_LANES;
        }
        Integer known = slots.get(from);
        if (known == null) {
            known = registry.find(from);
            if (known < 0) {
                throw new NoSuchNodeException(
                        "%s: no node has ever had the name %s"
                                .formatted(registry.directory(), from));
            }
            slots.put(from, known);
        }
        return known;
    }

    /**
     * Checks that this node may receive.
     *
     * @throws IllegalStateException if it is closed, or a handler of it calls this
     */
    public void checkMayReceive() {
        if (handlerThread != 0) {
            throw Occupancy.inUse(handlerThread, "receive from it");
        }
        checkOpen();
    }

    private void begin(MessageHandler next) {
        checkMayReceive();
        handler = next;
        handled = 0;
        handlerThread = Thread.currentThread().threadId();
    }

    private void end() {
        handlerThread = 0;
        handler = null;
    }

    /**
     * Does what a node does when it has nothing to receive: drops late replies, so that those who
     * send them find room, and looks for nodes that have come or gone.
     *
     * @return whether to stop waiting, because another node asks for the name
     */
    private boolean onIdle() {
        if (reader == null) {
            drainReplies();
        }
        if (presence != null) {
            presence.poll(inbox.timedOut());
        }
        return isAskedToLeave();
    }

    private void dispatch(MemorySegment memory, long offset, int length) {
        if (accept(memory, offset, length)) {
            long first = currentFirst;
            try {
                handler.onMessage(memory, offset + HEADER_LENGTH, length - HEADER_LENGTH);
            } finally {
                onHandled(first);
            }
        }
    }

    private void dispatchUnacknowledged(long tag, MemorySegment memory, long offset, int length) {
        if (!accept(memory, offset, length)) {
            inbox.acknowledge(tag);
            return;
        }
        long first = currentFirst;
        try {
            keeper.onMessage(tag, memory, offset + HEADER_LENGTH, length - HEADER_LENGTH);
        } finally {
            onHandled(first);
        }
    }

    /** Makes a message the current one, unless it is to be dropped. */
    private boolean accept(MemorySegment memory, long offset, int length) {
        int lane = inbox.currentLane();
        if (length < HEADER_LENGTH) {
            droppedMessages.incrementAndGet();
            return false;
        }
        long first = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        long second = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + Long.BYTES);
        if (!HeaderDescriptor.isSent(first, second, lane)) {
            droppedMessages.incrementAndGet();
            return false;
        }
        if (!HeaderDescriptor.isFor(second, generation)) {
            if (HeaderDescriptor.kind(first) == REQUEST) {
                refuse(first, second);
                return false;
            }
            if (parameters.startsEmpty()) {
                droppedMessages.incrementAndGet();
                return false;
            }
        }
        currentFirst = first;
        currentNumber = HeaderDescriptor.number(second);
        answered = currentNumber == 0;
        detached = false;
        handled++;
        return true;
    }

    private void onHandled(long first) {
        currentFirst = 0;
        if (!answered && !detached) {
            answered = true;
            tryAnswer(UNKNOWN, first, currentNumber); // No one can any more.
        }
    }

    /** Answers a request to an earlier owner, which may have begun it. */
    private void refuse(long first, long second) {
        refusedRequests.incrementAndGet();
        int kind = inbox.deliveryAttempt() > 0 ? UNKNOWN : NOT_DONE;
        tryAnswer(kind, first, HeaderDescriptor.number(second));
    }

    private void tryAnswer(int kind, long asker, long number) {
        try {
            replyLinks.send(kind, asker, number, null, MemorySegment.NULL, 0, 0, 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The asker will time out.
        } catch (IllegalStateException
                | UncheckedIOException
                | ChannelCorruptedException
                | InvalidPipeException e) {
            // Its pipe cannot be used: the same.
        }
    }

    /**
     * Returns the name of the sender of the current message.
     *
     * @return the name; valid inside the handler
     */
    public String sender() {
        checkCurrent();
        int slot = HeaderDescriptor.slot(currentFirst);
        if (names[slot] == null) {
            names[slot] = registry.nameOfOwner(slot); // It never changes.
        }
        return names[slot];
    }

    /**
     * Tests whether the current message is a request.
     *
     * @return whether its sender waits for a reply; valid inside the handler
     */
    public boolean isRequest() {
        checkCurrent();
        return currentNumber != 0;
    }

    /**
     * Returns how often the current message was handed out before.
     *
     * @return 0 for the first time; valid inside the handler
     */
    public int deliveryAttempt() {
        checkCurrent();
        return inbox.deliveryAttempt();
    }

    private void checkCurrent() {
        if (currentFirst == 0) {
            throw new IllegalStateException("the handler has returned: use the message inside it");
        }
    }

    // Replying.

    /**
     * Makes the current request outlive its handler.
     *
     * @return the identity of its asker, for {@link #reply}; {@link #currentNumber} is the other
     *     argument
     * @throws IllegalStateException if the message is not a request, or was answered
     */
    public long detach() {
        checkUnanswered();
        detached = true;
        return currentFirst;
    }

    /**
     * Returns the number of the current request.
     *
     * @return the number; valid inside the handler
     */
    public long currentNumber() {
        checkCurrent();
        return currentNumber;
    }

    private void checkUnanswered() {
        checkCurrent();
        if (answered || detached) {
            throw new IllegalStateException(
                    currentNumber == 0
                            ? "a message is not a request, and has no reply"
                            : "this request was answered, or made a Request, already");
        }
    }

    /**
     * Replies to the current request, inside its handler.
     *
     * @param array the reply, or null
     * @param segment the reply, if there is no array
     * @param offset the offset of the reply in one of them
     * @param length the length of the reply, in bytes
     * @param nanos how long to wait for room
     * @return as {@link #reply}
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     */
    public int replyToCurrent(
            byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        checkUnanswered();
        int result = reply(currentFirst, currentNumber, array, segment, offset, length, nanos);
        answered = result >= 0;
        return result;
    }

    /**
     * Replies to a request. Any thread.
     *
     * @param asker the result of {@link #detach}
     * @param number the number of the request
     * @param array the reply, or null
     * @param segment the reply, if there is no array
     * @param offset the offset of the reply in one of them
     * @param length the length of the reply, in bytes
     * @param nanos how long to wait for room
     * @return 1 if it was sent, 0 if the asker has gone, -1 if there was no room in that time
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was sent
     * @throws IllegalStateException if this node is closed
     */
    public int reply(
            long asker,
            long number,
            byte[] array,
            MemorySegment segment,
            long offset,
            int length,
            long nanos)
            throws InterruptedException {
        checkSource(array, segment, offset, length);
        return result(replyLinks.send(REPLY, asker, number, array, segment, offset, length, nanos));
    }

    private static int result(ReplyLinks.ReplyResult result) {
        return switch (result) {
            case SENT -> 1;
            case GONE -> 0;
            case FULL -> -1;
        };
    }

    /**
     * Answers a request with an outcome, as the node that it was passed on to did. Does not wait.
     * Any thread.
     *
     * @param asker the result of {@link #detach}
     * @param number the number of the request
     * @param answer the outcome, and the reply if there is one
     * @return as {@link #reply}
     * @throws IllegalStateException if this node is closed
     * @throws IllegalArgumentException if the reply is too long for the asker
     */
    public int tryAnswer(long asker, long number, Answer answer) {
        int kind = HeaderDescriptor.kind(answer.outcome());
        byte[] content = answer.content();
        try {
            return result(
                    replyLinks.send(kind, asker, number, content, null, 0, content.length, 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1; // Nothing was sent.
        }
    }

    // Calling.

    /**
     * Sends a request, and waits for its answer.
     *
     * @param to the name of the node
     * @param array the request, or null
     * @param segment the request, if there is no array
     * @param offset the offset of the request in one of them
     * @param length the length of the request, in bytes
     * @param nanos the timeout, as in {@link io.sluice.wait.Waiter#start}
     * @return how it ended; if it was replied to, the reply is {@link #answer}
     * @throws IllegalStateException if the node to call waits for this one
     * @throws InterruptedException if this thread was interrupted while it waited; the request may
     *     have been sent
     */
    public CallOutcome call(
            String to, byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        checkSource(array, segment, offset, length);
        NodeLink link = link(to);
        checkNoCycle(link);
        boolean entered = occupancy.enter();
        try {
            if (reader == null) {
                return call(link, array, segment, offset, length, nanos);
            }
            Answer received = reader.call(link, array, segment, offset, length, nanos);
            answer = received.content();
            answerLength = answer.length;
            return received.outcome();
        } finally {
            callNumber = 0;
            callLink = null;
            occupancy.exit(entered);
        }
    }

    /**
     * Sends a request; its answer completes a future, on a thread that receives all replies of this
     * node from the first such call on.
     *
     * @param to the name of the node
     * @param array the request, or null
     * @param segment the request, if there is no array
     * @param offset the offset of the request in one of them
     * @param length the length of the request, in bytes
     * @param nanos the timeout, which includes the time that this call waits for room; negative for
     *     a call that does not wait, and whose answer has no timeout
     * @return the answer; fails with {@link IllegalStateException} if this node is closed before;
     *     null if there was no room for a call that does not wait
     * @throws InterruptedException if this thread was interrupted while it waited for room
     */
    public CompletableFuture<Answer> callAsync(
            String to, byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        checkSource(array, segment, offset, length);
        NodeLink link = link(to);
        boolean entered = occupancy.enter();
        try {
            if (reader == null) {
                reader = ReplyReader.start(this, replies, registry);
            }
            return reader.callAsync(link, array, segment, offset, length, nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    boolean claimRequest(NodeLink link, long number, long owner, int length, long nanos)
            throws InterruptedException {
        return claim(link, REQUEST, number, owner, length, nanos);
    }

    void countLate() {
        lateReplies.incrementAndGet();
    }

    private CallOutcome call(
            NodeLink link, byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        callDeadline.start(nanos);
        drainReplies(); // So that there is room for this one.
        long number = nextNumber();
        callGeneration = registry.generation(link.slot());
        try {
            if (!claim(link, REQUEST, number, callGeneration, length, nanos)) {
                return CallOutcome.TIMED_OUT;
            }
        } catch (BrokenChannelException e) {
            return CallOutcome.NOT_DONE;
        }
        answerLength = 0;
        outcome = null;
        callLink = link;
        callNumber = number;
        link.send(array, segment, offset, length);
        do {
            replies.receiveUntil(
                    ReceiverEndpoint.ALL_LANES,
                    answerHandler,
                    DRAIN_LIMIT,
                    callDeadline.remainingNanos(),
                    callOver);
        } while (outcome == null
                && callDeadline.remainingNanos() > 0
                && !isGone(link, callGeneration, registry));
        if (outcome == null) {
            boolean gone = isGone(link, callGeneration, registry);
            if (gone) {
                link.sender().probePeers(); // So that the next send finds it, too.
            }
            drainReplies(); // What was answered before it went.
            if (outcome == null) {
                outcome =
                        gone ? judge(link, link.position(), callGeneration) : CallOutcome.TIMED_OUT;
            }
        }
        return outcome;
    }

    long nextNumber() {
        lastNumber = lastNumber + 1 & HeaderDescriptor.NUMBER_MASK;
        return lastNumber == 0 ? ++lastNumber : lastNumber;
    }

    /**
     * A handler that calls the node whose request it handles waits for a node that waits for it.
     */
    private void checkNoCycle(NodeLink link) {
        boolean waits =
                currentFirst != 0
                        && !answered
                        && !detached
                        && HeaderDescriptor.slot(currentFirst) == link.slot();
        if (waits || link.slot() == self) {
            throw new IllegalStateException(
                    "%s waits for a reply of %s, and would never answer: reply first, send a message, or use callAsync"
                            .formatted(waits ? sender() : name, name));
        }
    }

    private boolean isCallOver() {
        return outcome != null
                || (registry.joined(callLink.slot()) != callGeneration
                                || pacer.isDue(replies.timedOut()))
                        && isGone(callLink, callGeneration, registry);
    }

    /** Tests whether the owner that a request is for has gone: a system call. */
    static boolean isGone(NodeLink link, long owner, NodeRegistry registry) {
        return registry.generation(link.slot()) != owner || !registry.isOwned(link.slot());
    }

    /**
     * Returns the outcome of a request whose owner has gone and did not answer it. That owner has
     * taken the request, or it never will; a successor does not execute it. If a successor has
     * taken it meanwhile, to refuse it, that cannot be told from the owner's having taken it.
     */
    CallOutcome judge(NodeLink link, long position, long owner) {
        return link.hasTaken(position) ? CallOutcome.UNKNOWN : CallOutcome.NOT_DONE;
    }

    void drainReplies() {
        while (replies.poll(answerHandler, DRAIN_LIMIT, Integer.MAX_VALUE) == DRAIN_LIMIT) {
            // All of them.
        }
    }

    /** Takes an answer: that of the call that waits, or one that is dropped. */
    private void onAnswer(MemorySegment memory, long offset, int length) {
        long second = checkedAnswer(memory, offset, length);
        if (second == 0) {
            return;
        }
        if (HeaderDescriptor.number(second) != callNumber
                || callLink == null
                || replies.currentLane() != callLink.slot()
                || outcome != null) {
            lateReplies.incrementAndGet();
            return;
        }
        int payload = length - HEADER_LENGTH;
        if (payload > answer.length) {
            answer = new byte[Integer.highestOneBit(payload) << 1];
        }
        MemorySegment.copy(
                memory, ValueLayout.JAVA_BYTE, offset + HEADER_LENGTH, answer, 0, payload);
        answerLength = payload;
        long first = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        outcome = HeaderDescriptor.outcome(HeaderDescriptor.kind(first));
    }

    /**
     * Checks an answer. One that is for an earlier owner of this name, or is none, is counted.
     *
     * @return its second word; 0 if it is to be dropped
     */
    long checkedAnswer(MemorySegment memory, long offset, int length) {
        if (length < HEADER_LENGTH) {
            droppedMessages.incrementAndGet();
            return 0;
        }
        long first = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        long second = memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + Long.BYTES);
        if (!HeaderDescriptor.isAnswer(first, second) || HeaderDescriptor.slot(first) != self) {
            droppedMessages.incrementAndGet();
            return 0;
        }
        if (HeaderDescriptor.generation(first) != generation) {
            lateReplies.incrementAndGet();
            return 0;
        }
        return second;
    }

    /**
     * Returns the memory of the reply to the last call.
     *
     * @return the memory, which the next call reuses
     */
    public byte[] answer() {
        return answer;
    }

    /**
     * Returns the length of the reply to the last call.
     *
     * @return the length in bytes
     */
    public int answerLength() {
        return answerLength;
    }

    // Counters. Any thread.

    /**
     * Returns how many answers were dropped because their request was over.
     *
     * @return the number
     */
    public long lateReplies() {
        return lateReplies.get();
    }

    /**
     * Returns how many answers were dropped because their asker had gone.
     *
     * @return the number
     */
    public long droppedReplies() {
        return droppedReplies.get();
    }

    /**
     * Returns how many requests to an earlier owner were refused.
     *
     * @return the number
     */
    public long refusedRequests() {
        return refusedRequests.get();
    }

    /**
     * Returns how many messages were dropped: to an earlier owner, if this node started empty, or
     * not written by a node.
     *
     * @return the number
     */
    public long droppedMessages() {
        return droppedMessages.get();
    }

    // Closing.

    private void checkOpen() {
        if (isClosed()) {
            throw closed();
        }
    }

    /**
     * Tests whether this node is closed.
     *
     * @return whether {@link #close} was called
     */
    public boolean isClosed() {
        return occupancy.isClosing();
    }

    private RuntimeException closed() {
        return replaced
                ? new NameLostException(
                        "%s: another node asked for the name %s, and this one has left"
                                .formatted(registry.directory(), name))
                : new IllegalStateException("node " + name + " is closed");
    }

    /**
     * Leaves: frees the name. If another thread is in a blocking call of this node, when that has
     * ended. Any thread, but not a handler.
     */
    @Override
    public void close() {
        if (handlerThread == Thread.currentThread().threadId()) {
            throw Occupancy.inUse(handlerThread, "close it");
        }
        if (occupancy.close()) {
            inbox.close(); // Wakes the thread that is inside.
            replies.close();
            links.values().forEach(NodeLink::close);
        }
    }

    private void leave() {
        MappingFault.bestEffort(registry::setLeft);
        inbox.close();
        replies.close();
        try {
            registry.disown(); // Before the links: their end wakes askers, who look at the name.
        } catch (IOException e) {
            // Closing it releases the lock.
        }
        if (reader != null) {
            reader.close();
        }
        replyLinks.close();
        links.values().forEach(NodeLink::close);
        registry.close();
    }

    @Override
    public String toString() {
        return "%s in %s%s".formatted(name, registry.directory(), isClosed() ? ", closed" : "");
    }

    /**
     * How a request ended.
     *
     * @param outcome whether there is a reply, and why not
     * @param content the reply; empty without one
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Answer(CallOutcome outcome, byte[] content) {
        private static final byte[] EMPTY = {};

        /**
         * Creates an answer without content.
         *
         * @param outcome why there is none
         * @return the answer
         */
        public static Answer of(CallOutcome outcome) {
            return new Answer(outcome, EMPTY);
        }
    }
}
