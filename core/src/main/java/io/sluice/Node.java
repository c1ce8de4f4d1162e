package io.sluice;

import io.sluice.node.NodeEndpoint;
import io.sluice.node.NodeEndpoint.Answer;
import io.sluice.pipe.SenderEndpoint;
import io.sluice.wait.Deadline;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A name in a directory, for direct message passing: processes and threads send each other
 * messages, requests and replies by name. Each pair has a link of its own, a lane of a {@link
 * Pipe}, which is made when it is first used.
 *
 * <pre>{@code
 * try (Node me = Node.join(Path.of("/dev/shm/trading"), "pricing")) {
 *     me.send("orders", bytes);
 *     me.receive((message, memory, offset, length) -> message.reply(price(memory, offset)), 100);
 *     Reply reply = me.call("orders", bytes, Duration.ofMillis(5));
 * }
 * }</pre>
 *
 * <p>A name has one owner. The owner holds a lock of the kernel, so the name is free as soon as the
 * node is closed or its process has died, and never before: not after any time. A node that is
 * paused keeps its name and what it has taken.
 *
 * <p>What was sent to a name, and not received when its owner left or died, is for the next owner:
 * messages that were taken and not finished come again, marked ({@link
 * NodeMessage#deliveryAttempt}). A node that {@linkplain NodeOptions#startEmpty starts empty} drops
 * them. Requests are for the owner that was there when they were sent, and for no other.
 *
 * <p>Messages of one sender to one receiver are FIFO, its requests included. A link is bounded: a
 * node that does not receive makes its senders wait, each by itself. Replies take another way: a
 * node that waits for a reply always has room for it.
 *
 * <p>A send throws {@link NoSuchNodeException} if no node has the name, and {@link
 * BrokenChannelException} once this node has found that the owner that it knew has gone. It works
 * again when the name has another owner. {@link ChannelCorruptedException} and {@link
 * IllegalStateException} are those of {@link PipeSender} and {@link PipeReceiver}; every call may
 * also find the file of names corrupt, or truncated. {@link java.io.UncheckedIOException} means
 * that a link could not be opened now, and {@link InvalidPipeException} that the other node's pipe
 * is none; nothing was sent.
 *
 * <p>Messages neither allocate nor lock nor make system calls, once their link is open.
 *
 * <p>Belongs to one thread at a time; several threads have a node each. Another thread may {@link
 * #close} it, also during a blocking call, which then throws {@link IllegalStateException}, or
 * completes as documented; and may reply to a {@link Request}. A handler may send, call and reply,
 * but neither receive from its node nor close it.
 *
 * <p>Needs Linux, as {@link Pipe}. The directory belongs to one user.
 */
public final class Node implements AutoCloseable {
    private static final Duration NO_WAIT = Duration.ZERO;

    private final NodeEndpoint end;
    private final Cleaner.Cleanable cleanable;
    private final NodeMessage message;
    private final MessageHandler adapter = this::handle;
    private final Reply reply = new Reply();
    private final Map<String, Claim> claims = new HashMap<>();
    private NodeHandler handler;

    private Node(NodeEndpoint end) {
        this.end = end;
        this.message = new NodeMessage(end);
        this.cleanable = end.onUnreachable(this);
    }

    /**
     * Takes a name that has no owner.
     *
     * @param directory the directory of the names, on a local file system, which is created if its
     *     parent exists
     * @param name the name: 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-'; it does not
     *     begin with '.'
     * @return the node
     * @throws IllegalStateException if another node owns the name, or the directory has all the
     *     names that it was made for
     * @throws IllegalArgumentException if it is no name
     * @throws InvalidPipeException if the directory is not one of nodes, or is another user's, or
     *     an earlier owner of the name had another capacity
     * @throws IOException if there is no space, or the directory cannot be used
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static Node join(Path directory, String name) throws IOException {
        return join(directory, name, NodeOptions.defaults());
    }

    /**
     * Takes a name that has no owner, as {@link #join(Path, String)}.
     *
     * @param directory the directory of the names
     * @param name the name
     * @param options the options
     * @return the node
     * @throws IllegalStateException if another node owns the name, or the directory has all the
     *     names that it was made for
     * @throws IOException if there is no space, or the directory cannot be used
     */
    public static Node join(Path directory, String name, NodeOptions options) throws IOException {
        try {
            return join(directory, name, options, NO_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name + " had an owner", e);
        }
    }

    /**
     * Takes a name, as {@link #join(Path, String)}, and blocks up to a timeout while it has an
     * owner.
     *
     * @param directory the directory of the names
     * @param name the name
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the node
     * @throws IllegalStateException if another node still owns the name after that time, or the
     *     directory has all the names that it was made for
     * @throws InterruptedException if this thread is interrupted while it waits
     * @throws IOException if there is no space, or the directory cannot be used
     */
    public static Node join(Path directory, String name, Duration timeout)
            throws IOException, InterruptedException {
        return join(directory, name, NodeOptions.defaults(), timeout);
    }

    /**
     * Takes a name, as {@link #join(Path, String)}, and blocks up to a timeout while it has an
     * owner.
     *
     * @param directory the directory of the names
     * @param name the name
     * @param options the options
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the node
     * @throws IllegalStateException if another node still owns the name after that time, or the
     *     directory has all the names that it was made for
     * @throws InterruptedException if this thread is interrupted while it waits
     * @throws IOException if there is no space, or the directory cannot be used
     */
    public static Node join(Path directory, String name, NodeOptions options, Duration timeout)
            throws IOException, InterruptedException {
        Objects.requireNonNull(options, "options");
        return new Node(
                NodeEndpoint.join(directory, name, options.parameters(), Deadline.nanos(timeout)));
    }

    /**
     * Reads the names of a directory, and which of them have an owner now, without joining. Files
     * are opened for reading only, and no node notices it.
     *
     * @param directory the directory of the names, which may be another user's
     * @return each name that was ever taken there, in the order in which they were first taken
     * @throws java.nio.file.NoSuchFileException if the directory does not exist
     * @throws InvalidPipeException if it is not a directory of nodes
     * @throws ChannelCorruptedException if its file of names is corrupt, or truncated
     * @throws IOException if it may not be read
     * @throws UnsupportedOperationException on systems other than Linux
     */
    public static List<NodeInfo> list(Path directory) throws IOException {
        Objects.requireNonNull(directory, "directory");
        return NodeEndpoint.list(directory);
    }

    /**
     * Returns the name.
     *
     * @return the name that this node owns
     */
    public String name() {
        return end.name();
    }

    /**
     * Returns the names that have an owner now, this node's among them. Asks the kernel about each:
     * what the directory says alone is not trusted.
     *
     * @return the names, in the order in which they were first taken
     */
    public List<String> nodes() {
        try {
            return end.nodes();
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Waits up to a timeout for a name to have an owner.
     *
     * @param name the name
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether it has one
     * @throws InterruptedException if this thread is interrupted while it waits
     */
    public boolean awaitNode(String name, Duration timeout) throws InterruptedException {
        try {
            return end.awaitNode(name, Deadline.nanos(timeout));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sets the listener for other nodes' coming and going. This node's thread calls it, in calls
     * that receive, when they find no message: first for each node that is there already. A node
     * that leaves is noticed with the next such call; one that dies within some milliseconds for
     * each node that there is.
     *
     * @param listener the listener, or null for none
     */
    public void onChange(NodeListener listener) {
        end.onChange(listener);
    }

    /**
     * Returns the length of the longest message, request or reply that can be sent to a node.
     *
     * @param to the name of the node
     * @return the length in bytes
     * @throws NoSuchNodeException if no node has the name
     */
    public int maxMessageLength(String to) {
        try {
            return end.maxMessageLength(to);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sends a message if there is room.
     *
     * @param to the name of the node
     * @param message the message, which may be empty
     * @return false if there is no room now
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public boolean trySend(String to, byte[] message) {
        return trySend(to, message, null, 0, message.length);
    }

    /**
     * Sends a message if there is room.
     *
     * @param to the name of the node
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @return false if there is no room now
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean trySend(String to, MemorySegment source, long offset, int length) {
        return trySend(to, null, source, offset, length);
    }

    private boolean trySend(
            String to, byte[] array, MemorySegment segment, long offset, int length) {
        try {
            return end.send(to, array, segment, offset, length, -1);
        } catch (InterruptedException e) {
            throw new AssertionError("a call that does not wait was interrupted", e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param to the name of the node
     * @param message the message, which may be empty
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public void send(String to, byte[] message) throws InterruptedException {
        try {
            end.send(to, message, null, 0, message.length, Waiter.NO_TIMEOUT);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sends a message, and blocks while there is no room.
     *
     * @param to the name of the node
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public void send(String to, MemorySegment source, long offset, int length)
            throws InterruptedException {
        try {
            end.send(to, null, source, offset, length, Waiter.NO_TIMEOUT);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sends a message, and blocks up to a timeout while there is no room.
     *
     * @param to the name of the node
     * @param message the message, which may be empty
     * @param timeout the longest time to wait; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public boolean send(String to, byte[] message, Duration timeout) throws InterruptedException {
        try {
            return end.send(to, message, null, 0, message.length, Deadline.nanos(timeout));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sends a message, and blocks up to a timeout while there is no room.
     *
     * @param to the name of the node
     * @param source the memory that contains the message
     * @param offset the message's offset in the source
     * @param length the message's length in bytes, which may be 0
     * @param timeout the longest time to wait; zero or less does not wait
     * @return false if there was no room in that time; nothing was sent then
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was sent
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     * @throws IndexOutOfBoundsException if the message is not within the source
     */
    public boolean send(String to, MemorySegment source, long offset, int length, Duration timeout)
            throws InterruptedException {
        try {
            return end.send(to, null, source, offset, length, Deadline.nanos(timeout));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Claims room for a message to be written in place, if there is room. Until it is committed or
     * aborted, nothing else can be sent to that node.
     *
     * @param to the name of the node
     * @param length the message's length in bytes, which may be 0
     * @return the claim, or null if there is no room now
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public Claim tryClaim(String to, int length) {
        try {
            return claimed(to, end.claim(to, length, -1));
        } catch (InterruptedException e) {
            throw new AssertionError("a call that does not wait was interrupted", e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Claims room for a message to be written in place, as {@link #tryClaim}, and blocks while
     * there is none.
     *
     * @param to the name of the node
     * @param length the message's length in bytes, which may be 0
     * @return the claim
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is claimed
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public Claim claim(String to, int length) throws InterruptedException {
        try {
            return claimed(to, end.claim(to, length, Waiter.NO_TIMEOUT));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Claims room for a message to be written in place, as {@link #tryClaim}, and blocks up to a
     * timeout while there is none.
     *
     * @param to the name of the node
     * @param length the message's length in bytes, which may be 0
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the claim, or null if there was no room in that time
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is claimed
     * @throws NoSuchNodeException if no node has the name
     * @throws BrokenChannelException if the owner of the name has gone; nothing was sent
     * @throws IllegalArgumentException if the message is longer than {@link #maxMessageLength}
     */
    public Claim claim(String to, int length, Duration timeout) throws InterruptedException {
        try {
            return claimed(to, end.claim(to, length, Deadline.nanos(timeout)));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private Claim claimed(String to, SenderEndpoint sender) {
        if (sender == null) {
            return null;
        }
        Claim known = claims.get(to);
        if (known == null) {
            known = new Claim(this, sender, NodeEndpoint.CLAIM_OFFSET);
            claims.put(to, known);
        }
        return known;
    }

    /**
     * Passes available messages and requests to a handler. Does not wait.
     *
     * @param handler the handler, called for each message, in the order of each sender
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; 0 if there is none now
     * @throws IllegalStateException if a handler of this node calls it
     */
    public int poll(NodeHandler handler, int limit) {
        begin(handler);
        try {
            return end.poll(null, adapter, limit);
        } finally {
            finish();
        }
    }

    /**
     * Passes messages and requests to a handler, and blocks while there is none.
     *
     * @param handler the handler, called for each message, in the order of each sender
     * @param limit the largest number of messages, at least 1
     * @return the number of messages, at least 1
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws IllegalStateException if a handler of this node calls it
     */
    public int receive(NodeHandler handler, int limit) throws InterruptedException {
        begin(handler);
        try {
            return end.receive(null, adapter, limit, Waiter.NO_TIMEOUT);
        } finally {
            finish();
        }
    }

    /**
     * Passes messages and requests to a handler, and blocks up to a timeout while there is none.
     *
     * @param handler the handler, called for each message, in the order of each sender
     * @param limit the largest number of messages, at least 1
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of messages; 0 if none came in that time
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws IllegalStateException if a handler of this node calls it
     */
    public int receive(NodeHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        long nanos = Deadline.nanos(timeout);
        begin(handler);
        try {
            return end.receive(null, adapter, limit, nanos);
        } finally {
            finish();
        }
    }

    /**
     * Passes available messages and requests of one node to a handler. Does not wait.
     *
     * @param from the name of the sender
     * @param handler the handler, called for each message, in the order of each sender
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; 0 if there is none now
     * @throws IllegalStateException if a handler of this node calls it
     * @throws NoSuchNodeException if no node has ever had that name
     */
    public int poll(String from, NodeHandler handler, int limit) {
        Objects.requireNonNull(from, "from");
        begin(handler);
        try {
            return end.poll(from, adapter, limit);
        } finally {
            finish();
        }
    }

    /**
     * Passes messages and requests of one node to a handler, and blocks while there is none.
     *
     * @param from the name of the sender
     * @param handler the handler, called for each message, in the order of each sender
     * @param limit the largest number of messages, at least 1
     * @return the number of messages, at least 1
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws IllegalStateException if a handler of this node calls it
     * @throws NoSuchNodeException if no node has ever had that name
     */
    public int receive(String from, NodeHandler handler, int limit) throws InterruptedException {
        Objects.requireNonNull(from, "from");
        begin(handler);
        try {
            return end.receive(from, adapter, limit, Waiter.NO_TIMEOUT);
        } finally {
            finish();
        }
    }

    /**
     * Passes messages and requests of one node to a handler, and blocks up to a timeout while there
     * is none.
     *
     * @param from the name of the sender
     * @param handler the handler, called for each message, in the order of each sender
     * @param limit the largest number of messages, at least 1
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of messages; 0 if none came in that time
     * @throws InterruptedException if this thread is interrupted while it waits; nothing was
     *     received
     * @throws IllegalStateException if a handler of this node calls it
     * @throws NoSuchNodeException if no node has ever had that name
     */
    public int receive(String from, NodeHandler handler, int limit, Duration timeout)
            throws InterruptedException {
        Objects.requireNonNull(from, "from");
        long nanos = Deadline.nanos(timeout);
        begin(handler);
        try {
            return end.receive(from, adapter, limit, nanos);
        } finally {
            finish();
        }
    }

    /**
     * Runs a task, once, when this node has a message, for an event loop: as {@link
     * PipeReceiver#onReadable}, for {@link #poll(NodeHandler, int)}. From this call until the task
     * runs, this node may send, call and reply, but not receive.
     *
     * <p>With a {@linkplain #onChange listener} the task also runs when other nodes come and go,
     * and some twenty times per second to find those that have died.
     *
     * @param executor the executor of the task, which must not refuse it
     * @param task the task, run once; it polls until it finds nothing, and calls this again
     * @throws IllegalStateException if this node is closed, or its handler calls this
     */
    public void onReadable(Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(task, "task");
        end.checkMayReceive();
        Selectable.whenReady(
                executor,
                task,
                () -> {
                    end.awaitReady();
                    Reference.reachabilityFence(this);
                });
    }

    /**
     * Returns a file descriptor that becomes readable when this node has a message, for an event
     * loop that is not Java's: as {@link PipeReceiver#notifyFd}, with the rules of {@link
     * #onReadable}. It is closed with this node.
     *
     * @return the number of the descriptor
     * @throws IllegalStateException if this node is closed, or its handler calls this
     * @throws java.io.UncheckedIOException if this process can have no more descriptors
     */
    public int notifyFd() {
        int fd = end.notifyFd();
        Reference.reachabilityFence(this);
        return fd;
    }

    /** Returns the queue in which a select waits for a message. */
    WaitQueue waitQueue() {
        return end.waitQueue();
    }

    /**
     * Tests whether there is a message to take, or to drop.
     *
     * @param from the name of the only sender, or null for all
     */
    boolean isReady(String from) {
        boolean ready = end.isReady(from);
        Reference.reachabilityFence(this);
        return ready;
    }

    /** Tests whether a poll has something to do besides messages. */
    boolean isPollDue() {
        return end.isPollDue();
    }

    private void begin(NodeHandler next) {
        Objects.requireNonNull(next, "handler");
        end.checkMayReceive();
        handler = next;
    }

    private void finish() {
        handler = null;
        Reference.reachabilityFence(this);
    }

    private void handle(MemorySegment memory, long offset, int length) {
        handler.onMessage(message, memory, offset, length);
    }

    /**
     * Sends a request, and blocks until its reply has come, the timeout has passed, or the node has
     * gone. A node that dies ends the call as soon as the kernel has released its lock and this
     * thread has looked, within 50 ms: see {@link CallOutcome}. Messages that come meanwhile stay
     * in the inbox.
     *
     * @param to the name of the node
     * @param request the request, which may be empty
     * @param timeout the longest time to wait for room and for the reply
     * @return how it ended, valid until this node's next call
     * @throws InterruptedException if this thread is interrupted while it waits: the request may
     *     have been done, and its reply is dropped
     * @throws NoSuchNodeException if no node has the name; nothing was sent
     * @throws IllegalArgumentException if the request is longer than {@link #maxMessageLength}
     * @throws IllegalStateException if a handler calls the node whose request it has not answered,
     *     or the node is this one: neither could ever reply
     */
    public Reply call(String to, byte[] request, Duration timeout) throws InterruptedException {
        return call(to, request, null, 0, request.length, timeout);
    }

    /**
     * Sends a request, and blocks, as {@link #call(String, byte[], Duration)}.
     *
     * @param to the name of the node
     * @param source the memory that contains the request
     * @param offset the request's offset in the source
     * @param length the request's length in bytes, which may be 0
     * @param timeout the longest time to wait for room and for the reply
     * @return how it ended, valid until this node's next call
     * @throws InterruptedException if this thread is interrupted while it waits: the request may
     *     have been done, and its reply is dropped
     * @throws NoSuchNodeException if no node has the name; nothing was sent
     * @throws IllegalArgumentException if the request is longer than {@link #maxMessageLength}
     * @throws IllegalStateException if a handler calls the node whose request it has not answered,
     *     or the node is this one: neither could ever reply
     * @throws IndexOutOfBoundsException if the request is not within the source
     */
    public Reply call(String to, MemorySegment source, long offset, int length, Duration timeout)
            throws InterruptedException {
        return call(to, null, source, offset, length, timeout);
    }

    private Reply call(
            String to,
            byte[] array,
            MemorySegment segment,
            long offset,
            int length,
            Duration timeout)
            throws InterruptedException {
        try {
            long nanos = Deadline.nanos(timeout);
            CallOutcome outcome = end.call(to, array, segment, offset, length, nanos);
            boolean replied = outcome == CallOutcome.REPLIED;
            return reply.set(outcome, end.answer(), replied ? end.answerLength() : 0);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sends a request, and returns what will be its reply. Blocks only while there is no room.
     *
     * <p>From the first such call on, a thread of this node receives its replies and completes the
     * futures: what they trigger there must not block.
     *
     * @param to the name of the node
     * @param request the request, which may be empty
     * @param timeout the longest time to wait for room and for the reply
     * @return how the request ended; it fails with {@link IllegalStateException} if this node is
     *     closed before, and with {@link ChannelCorruptedException} if no reply can be received
     * @throws InterruptedException if this thread is interrupted while it waits for room; nothing
     *     was sent
     * @throws NoSuchNodeException if no node has the name; nothing was sent
     * @throws IllegalArgumentException if the request is longer than {@link #maxMessageLength}
     */
    public CompletableFuture<Reply> callAsync(String to, byte[] request, Duration timeout)
            throws InterruptedException {
        try {
            return end.callAsync(to, request, null, 0, request.length, Deadline.nanos(timeout))
                    .thenApply(Node::reply);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private static Reply reply(Answer answer) {
        byte[] content = answer.content();
        return new Reply().set(answer.outcome(), content, content.length);
    }

    /**
     * Returns a sender of objects to a node, written in place. It uses this node: its thread, its
     * link, its results; closing it has no effect.
     *
     * @param to the name of the node, which need not have an owner yet
     * @param codec the codec
     * @param <E> the type of the objects
     * @return the sender
     */
    public <E> Sender<E> sender(String to, Codec<E> codec) {
        return new NodeSender<>(this, to, codec);
    }

    /**
     * Returns a receiver of objects from all nodes, read in place. It uses this node, as {@link
     * #sender}; there is no end of the stream. It receives a request as a message: its asker gets
     * {@link CallOutcome#UNKNOWN}.
     *
     * @param codec the codec
     * @param <E> the type of the objects
     * @return the receiver
     */
    public <E> Receiver<E> receiver(Codec<E> codec) {
        return new NodeReceiver<>(this, null, codec);
    }

    /**
     * Returns a receiver of objects from one node, as {@link #receiver(Codec)}.
     *
     * @param from the name of the sender
     * @param codec the codec
     * @param <E> the type of the objects
     * @return the receiver
     */
    public <E> Receiver<E> receiver(String from, Codec<E> codec) {
        return new NodeReceiver<>(this, Objects.requireNonNull(from, "from"), codec);
    }

    /**
     * Returns what this node has dropped and refused. Any thread.
     *
     * @return the counts since it joined
     */
    public NodeStatistics statistics() {
        return new NodeStatistics(
                end.lateReplies(),
                end.droppedReplies(),
                end.refusedRequests(),
                end.droppedMessages());
    }

    /**
     * Leaves: frees the name, and wakes those who wait for this node. A thread that is in a
     * blocking call of it leaves when that has ended. What this node has not received stays for the
     * next owner of the name; its requests that are not answered end as if it had died. Closing
     * twice has no effect.
     *
     * @throws IllegalStateException if a handler of this node calls it; the call has no effect then
     */
    @Override
    public void close() {
        end.close();
        cleanable.clean();
    }

    @Override
    public String toString() {
        return "Node[" + end + "]";
    }
}
