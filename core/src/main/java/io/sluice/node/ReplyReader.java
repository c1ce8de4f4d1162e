package io.sluice.node;

import static io.sluice.node.HeaderDescriptor.HEADER_LENGTH;

import io.sluice.BrokenChannelException;
import io.sluice.CallOutcome;
import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.memory.MappingFault;
import io.sluice.node.NodeEndpoint.Answer;
import io.sluice.pipe.ReceiverEndpoint;
import io.sluice.wait.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The thread that receives the replies of a node once it has made an asynchronous call, and
 * completes the futures of its calls.
 *
 * <p>A call is in the table from before its request can be seen until its future is completed. The
 * thread that removes it completes it: so a future has one outcome.
 *
 * <p>Calls: the node's thread. The rest: the thread of this object, which blocks in the kernel.
 */
final class ReplyReader implements Runnable, AutoCloseable {
    private static final int LIMIT = 256;

    /** A call that is not over. */
    private static final class Call {
        private final CompletableFuture<Answer> future = new CompletableFuture<>();
        private final NodeLink link;
        private final long owner;

        /** The position behind the request, once it was sent; else 0. */
        private volatile long position;

        Call(NodeLink link, long owner) {
            this.link = link;
            this.owner = owner;
        }
    }

    private final NodeEndpoint node;
    private final ReceiverEndpoint replies;
    private final NodeRegistry registry;
    private final Map<Long, Call> pending = new ConcurrentHashMap<>();
    private final MessageHandler answerHandler = this::onAnswer;
    private final ProbePacer pacer = new ProbePacer();
    private final List<Map.Entry<Long, Call>> gone = new ArrayList<>();

    /** The number of the last probe in which each name had an owner. */
    private final long[] owned;

    /** Why the thread has ended, if not because the node was closed. */
    private volatile RuntimeException failure;

    private long probes;
    private int failures; // In a row.

    private ReplyReader(NodeEndpoint node, ReceiverEndpoint replies, NodeRegistry registry) {
        this.node = node;
        this.replies = replies;
        this.registry = registry;
        this.owned = new long[registry.capacity()];
    }

    /**
     * Starts to receive. From now on only this thread uses the receiver.
     *
     * @param registry the names, as the node's thread uses them
     */
    static ReplyReader start(NodeEndpoint node, ReceiverEndpoint replies, NodeRegistry registry) {
        try {
            ReplyReader reader = new ReplyReader(node, replies, registry.forAnotherThread());
            Thread.ofPlatform().daemon().name("sluice-node-" + node.name()).start(reader);
            return reader;
        } catch (IOException e) {
            throw new UncheckedIOException("no thread can receive replies now", e);
        }
    }

    /** Sends a request; see {@link NodeEndpoint#callAsync}. */
    CompletableFuture<Answer> callAsync(
            NodeLink link, byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        long owner = registry.generation(link.slot());
        Long number = node.nextNumber();
        Call call = new Call(link, owner);
        try {
            if (!node.claimRequest(link, number, owner, length, nanos)) {
                if (nanos < 0) {
                    return null;
                }
                call.future.complete(Answer.of(CallOutcome.TIMED_OUT));
                return call.future;
            }
        } catch (BrokenChannelException e) {
            call.future.complete(Answer.of(CallOutcome.NOT_DONE));
            return call.future;
        }
        pending.put(number, call);
        boolean sent = false;
        try {
            link.send(array, segment, offset, length);
            sent = true;
        } finally {
            if (!sent) {
                pending.remove(number);
            }
        }
        call.position = link.position();
        if (nanos >= 0 && nanos != Waiter.NO_TIMEOUT) {
            call.future.completeOnTimeout(
                    Answer.of(CallOutcome.TIMED_OUT), nanos, TimeUnit.NANOSECONDS);
        }
        call.future.whenComplete((answer, thrown) -> pending.remove(number));
        if (node.isClosed() || failure != null) {
            failAll();
        }
        return call.future;
    }

    /** Sends a request and waits for its answer, on the node's thread. */
    Answer call(
            NodeLink link, byte[] array, MemorySegment segment, long offset, int length, long nanos)
            throws InterruptedException {
        CompletableFuture<Answer> future = callAsync(link, array, segment, offset, length, nanos);
        try {
            return future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return future.complete(Answer.of(CallOutcome.TIMED_OUT))
                    ? Answer.of(CallOutcome.TIMED_OUT)
                    : future.join();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ChannelCorruptedException corrupted) {
                throw new ChannelCorruptedException(corrupted.getMessage(), corrupted);
            }
            throw new IllegalStateException("node " + node.name() + " is closed", e.getCause());
        }
    }

    @Override
    public void run() {
        try {
            while (!node.isClosed()) {
                receive();
            }
        } catch (InterruptedException | RuntimeException e) {
            if (!node.isClosed()) {
                failure = MappingFault.translate(e);
                System.getLogger("io.sluice")
                        .log(System.Logger.Level.WARNING, "no replies for " + node.name(), e);
            }
        } finally {
            failAll();
            registry.close();
        }
    }

    private void receive() throws InterruptedException {
        try {
            gone.clear();
            replies.receiveUntil(
                    ReceiverEndpoint.ALL_LANES,
                    answerHandler,
                    LIMIT,
                    Waiter.NO_TIMEOUT,
                    this::findGone);
            if (!gone.isEmpty()) {
                completeGone();
            }
            failures = 0;
        } catch (ChannelCorruptedException e) {
            // Of one lane, which was given up: its calls time out, the others go on.
            if (++failures > registry.capacity()) {
                throw e;
            }
        }
    }

    /** Looks for calls whose node has gone. */
    private boolean findGone() {
        if (pending.isEmpty() || !pacer.isDue(replies.timedOut()) && !hasAnyLeft()) {
            return false;
        }
        probes++;
        for (Map.Entry<Long, Call> entry : pending.entrySet()) {
            Call call = entry.getValue();
            if (call.position != 0 && isGone(call)) {
                gone.add(entry);
            }
        }
        return !gone.isEmpty();
    }

    private boolean hasAnyLeft() {
        for (Call call : pending.values()) {
            if (registry.joined(call.link.slot()) != call.owner) {
                return true;
            }
        }
        return false;
    }

    private boolean isGone(Call call) {
        int slot = call.link.slot();
        if (registry.generation(slot) != call.owner) {
            return true;
        }
        if (owned[slot] != probes && registry.isOwned(slot)) {
            owned[slot] = probes; // One query for each name.
        }
        return owned[slot] != probes;
    }

    private void completeGone() {
        while (replies.poll(answerHandler, LIMIT, Integer.MAX_VALUE) == LIMIT) {
            // What was answered before they went.
        }
        for (Map.Entry<Long, Call> entry : gone) {
            Call call = entry.getValue();
            CallOutcome outcome = node.judge(call.link, call.position, call.owner);
            if (!node.isClosed()) { // Otherwise the link may have been closed before.
                call.future.complete(Answer.of(outcome));
            }
        }
    }

    private void onAnswer(MemorySegment memory, long offset, int length) {
        long second = node.checkedAnswer(memory, offset, length);
        if (second == 0) {
            return;
        }
        Call call = pending.get(HeaderDescriptor.number(second));
        if (call == null || replies.currentLane() != call.link.slot()) {
            node.countLate();
            return;
        }
        byte[] content = new byte[length - HEADER_LENGTH];
        MemorySegment.copy(
                memory, ValueLayout.JAVA_BYTE, offset + HEADER_LENGTH, content, 0, content.length);
        int kind = HeaderDescriptor.kind(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
        if (!call.future.complete(new Answer(HeaderDescriptor.outcome(kind), content))) {
            node.countLate();
        }
    }

    private void failAll() {
        RuntimeException reason = failure;
        if (reason == null) {
            reason = new IllegalStateException("node " + node.name() + " was closed");
        }
        for (Call call : pending.values()) {
            call.future.completeExceptionally(reason);
        }
    }

    /** Ends the calls. The thread ends because the node has closed its receiver. */
    @Override
    public void close() {
        failAll();
    }
}
