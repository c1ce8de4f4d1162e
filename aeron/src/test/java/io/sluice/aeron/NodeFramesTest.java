package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.sluice.CallOutcome;
import io.sluice.Node;
import io.sluice.Reply;
import io.sluice.aeron.NodeFrame.NamedInbox;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bridge of nodes, to which the test sends the frames of another one: also those that come only
 * after something was lost.
 */
@Timeout(60)
class NodeFramesTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** The bridge must not lose the test, which says nothing for a while, nor a frame of it. */
    private static final long TIMEOUT_MILLIS = TestDriver.LONG_TIMEOUT_MILLIS;

    private static final String HERE = FreePort.channel();
    private static final String THERE = FreePort.channel();
    private static final int STREAM = 1001;
    private static final UUID INBOX = new UUID(41, 42);

    /** What the bridge sends, but names and what it sends again. */
    private record SentFrame(int kind, long run, long number, boolean flagged) {}

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[1024]);
    private final List<SentFrame> found = new ArrayList<>();
    private TestDriver driver;
    private Aeron aeron;
    private Subscription in;
    private ExclusivePublication out;
    private long epoch = 5;
    private NodeBridge bridge;
    private CompletableFuture<Void> end;
    private Node orders;

    @BeforeEach
    void connect() throws Exception {
        Path media = directory.resolve("aeron");
        driver = TestDriver.launch(media, TIMEOUT_MILLIS);
        aeron = TestDriver.client(media, TIMEOUT_MILLIS);
        in = aeron.addSubscription(THERE, STREAM);
        out = aeron.addExclusivePublication(HERE, STREAM);
        Path names = directory.resolve("names");
        orders = Node.join(names, "orders");
        bridge =
                NodeBridge.of(
                        names,
                        BridgeLink.of(THERE, HERE)
                                .timeout(Duration.ofMillis(TIMEOUT_MILLIS))
                                .mediaDriver(media));
        end =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                bridge.run();
                            } catch (IOException | InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        },
                        work -> Thread.ofPlatform().daemon().start(work));
    }

    @AfterEach
    void disconnect() throws Exception {
        bridge.close();
        end.get(20, TimeUnit.SECONDS);
        orders.close();
        aeron.close();
        driver.close();
    }

    private void send(ExclusivePublication by, int length) {
        Soon.await(() -> by.offer(frame, 0, length) > 0, () -> "no room: " + by);
    }

    private void sendNames(ExclusivePublication by, String... names) {
        int at = NodeFrame.NAMES_HEADER_LENGTH;
        for (String name : names) {
            at = NodeFrame.addName(frame, at, 1024, new NamedInbox(name, 1 << 16, 1 << 15));
        }
        NodeFrame.putNames(frame, NodeFrame.FIRST | NodeFrame.LAST, names.length, epoch);
        send(by, at);
    }

    private void awaitName(String name) throws Exception {
        assertTrue(
                orders.awaitNode(name, LONG),
                () -> name + " is not known; " + bridge.state() + "; " + bridge.statistics());
    }

    /** Sends a message of one byte, its sequence, from pricing to a name. */
    private void sendMessage(String to, int kind, long run, long sequence) {
        sendMessage("pricing", to, kind, run, sequence);
    }

    private void sendMessage(String from, String to, int kind, long run, long sequence) {
        BridgeFrame.putHeader(frame, 0, kind, 0, run, sequence, sequence * 32, INBOX);
        NodeFrame.putAddress(frame, 0, from, to);
        int content = NodeFrame.contentOffset(from, to);
        frame.putByte(content, (byte) sequence);
        send(out, content + 1);
    }

    /** Waits for a frame, and returns it. */
    private SentFrame expect(int kind, long number) {
        FragmentAssembler handler =
                new FragmentAssembler(
                        (buffer, offset, length, header) -> {
                            int received = BridgeFrame.kind(buffer, offset);
                            long run = BridgeFrame.run(buffer, offset);
                            if (received == NodeFrame.ENDED) {
                                found.add(new SentFrame(received, run, run, false));
                            } else if (received == NodeFrame.REQUEST) {
                                long call = NodeFrame.call(buffer, offset);
                                found.add(new SentFrame(received, run, call, false));
                            } else if (received == BridgeFrame.CONFIRMATION) {
                                boolean gap = BridgeFrame.isFlagged(buffer, offset);
                                long expected = BridgeFrame.sequence(buffer, offset);
                                found.add(new SentFrame(received, run, expected, gap));
                            }
                        });
        SentFrame[] match = new SentFrame[1];
        Soon.await(
                () -> {
                    in.poll(handler, 10);
                    while (match[0] == null && !found.isEmpty()) {
                        SentFrame next = found.removeFirst();
                        if (next.kind == kind && (number == 0 || next.number >= number)) {
                            match[0] = next;
                        }
                    }
                    return match[0] != null;
                },
                () -> bridge.statistics() + "; " + bridge.state());
        if (number != 0) {
            assertEquals(number, match[0].number);
        }
        return match[0];
    }

    private List<Integer> received() {
        List<Integer> received = new ArrayList<>();
        while (orders.poll(
                        (message, memory, offset, length) ->
                                received.add((int) memory.get(ValueLayout.JAVA_BYTE, offset)),
                        10)
                > 0) {}
        return received;
    }

    private static final int START = NodeFrame.MESSAGE | BridgeFrame.START;

    @Test
    void aFrameBehindAGapIsNotTakenBeforeTheMissingOneHasCome() {
        sendNames(out, "pricing");
        sendMessage("orders", START, 7, 1);
        expect(BridgeFrame.CONFIRMATION, 2);
        sendMessage("orders", NodeFrame.MESSAGE, 7, 3);
        assertTrue(expect(BridgeFrame.CONFIRMATION, 2).flagged);
        assertEquals(List.of(1), received());
        sendMessage("orders", START, 7, 2);
        sendMessage("orders", NodeFrame.MESSAGE, 7, 2); // Again.
        sendMessage("orders", NodeFrame.MESSAGE, 7, 3);
        expect(BridgeFrame.CONFIRMATION, 4);
        assertEquals(List.of(2, 3), received());
        assertEquals(1, bridge.statistics().repeated());
    }

    @Test
    void aRunBeginsWithItsStartAndCutsWhatWasDelivered() {
        sendNames(out, "pricing");
        sendMessage("orders", NodeFrame.MESSAGE, 7, 2); // Its start is missing.
        sendMessage("orders", START, 8, 1);
        sendMessage("orders", NodeFrame.VOID, 8, 2); // A request that is over.
        sendMessage("orders", NodeFrame.MESSAGE, 8, 3);
        expect(BridgeFrame.CONFIRMATION, 4);
        assertEquals(List.of(1, 3), received());
        sendMessage("orders", START, 9, 3); // Another run, in which that comes again.
        sendMessage("orders", NodeFrame.MESSAGE, 9, 4);
        expect(BridgeFrame.CONFIRMATION, 5);
        assertEquals(List.of(4), received());
    }

    @Test
    void aRunToANameThatIsNotHereHasEnded() throws Exception {
        sendMessage("nowhere", START, 7, 1);
        expect(NodeFrame.ENDED, 7);
        sendMessage("../nowhere", START, 8, 1);
        expect(NodeFrame.ENDED, 8);
        sendMessage("orders", START, 9, 1);
        expect(BridgeFrame.CONFIRMATION, 2);
        orders.close();
        expect(NodeFrame.ENDED, 9);
        orders = Node.join(directory.resolve("names"), "orders");
        sendMessage("orders", NodeFrame.MESSAGE, 9, 2); // Of a run that has ended.
        expect(NodeFrame.ENDED, 9);
        assertEquals(List.of(1), received()); // Sent to the earlier owner.
    }

    @Test
    void aRequestIsNotDoneOnlyIfTheRunHasEnded() throws Exception {
        sendNames(out, "server");
        awaitName("server");
        CompletableFuture<Reply> call = orders.callAsync("server", new byte[1], LONG);
        SentFrame request = expect(NodeFrame.REQUEST, 0);
        NodeFrame.putEnded(frame, request.run);
        send(out, NodeFrame.ENDED_LENGTH);
        assertEquals(CallOutcome.NOT_DONE, outcome(call));

        awaitName("server");
        sendNames(out, "server", "other");
        awaitName("other"); // The next proxy is there.
        awaitName("server");
        call = orders.callAsync("server", new byte[1], LONG);
        expectAnother(request);
        sendNames(out); // The name has gone, and the request may have been taken.
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
        assertEquals(1, bridge.statistics().unknownCalls());
    }

    private SentFrame expectAnother(SentFrame request) {
        SentFrame next = expect(NodeFrame.REQUEST, 0);
        while (next.run == request.run) { // It was sent again.
            next = expect(NodeFrame.REQUEST, 0);
        }
        return next;
    }

    private static CallOutcome outcome(CompletableFuture<Reply> call) throws Exception {
        return call.get(20, TimeUnit.SECONDS).outcome();
    }

    @Test
    void anAnswerEndsItsCallOnlyAndOneThatIsNotKnownIsUnknown() throws Exception {
        sendNames(out, "server");
        awaitName("server");
        CompletableFuture<Reply> call = orders.callAsync("server", new byte[1], LONG);
        SentFrame request = expect(NodeFrame.REQUEST, 0);
        NodeFrame.putAnswer(frame, CallOutcome.NOT_DONE, request.number + 1);
        send(out, NodeFrame.ANSWER_HEADER_LENGTH);
        NodeFrame.putAnswer(frame, CallOutcome.REPLIED, request.number);
        frame.putByte(NodeFrame.ANSWER_HEADER_LENGTH, (byte) 3);
        send(out, NodeFrame.ANSWER_HEADER_LENGTH + 1);
        assertEquals(CallOutcome.REPLIED, outcome(call));
        assertEquals(3, call.join().toBytes()[0]);
        call = orders.callAsync("server", new byte[1], LONG);
        SentFrame next = expect(NodeFrame.REQUEST, 0);
        while (next.number == request.number) {
            next = expect(NodeFrame.REQUEST, 0);
        }
        NodeFrame.putAnswer(frame, CallOutcome.REPLIED, next.number);
        frame.putInt(Integer.BYTES, 99);
        send(out, NodeFrame.ANSWER_HEADER_LENGTH);
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
    }

    @Test
    void framesOfAStreamOfThePastAreNotTakenAndAnotherStreamEndsCalls() throws Exception {
        sendNames(out, "server");
        awaitName("server");
        CompletableFuture<Reply> call = orders.callAsync("server", new byte[1], LONG);
        expect(NodeFrame.REQUEST, 0);
        try (ExclusivePublication next = aeron.addExclusivePublication(HERE, STREAM)) {
            sendNames(next, "server", "other"); // The other bridge was started again.
            assertEquals(CallOutcome.UNKNOWN, outcome(call));
            awaitName("other");
            ExclusivePublication past = out;
            out = next;
            for (int i = 1; i <= 20; i++) {
                sendNames(past); // Late.
                sendMessage("orders", i == 1 ? START : NodeFrame.MESSAGE, 7, i);
                expect(BridgeFrame.CONFIRMATION, i + 1);
            }
            assertTrue(orders.nodes().containsAll(List.of("server", "other")), orders::toString);
            out = past;
        }
    }

    @Test
    void aWindowIsSentAgainIfAnythingIsMissingOrTheOtherBridgeHasLostAStream() throws Exception {
        sendNames(out, "server");
        awaitName("server");
        orders.callAsync("server", new byte[1], LONG);
        SentFrame request = expect(NodeFrame.REQUEST, 0);
        BridgeFrame.putConfirmation(frame, true, request.run, 1, epoch);
        send(out, BridgeFrame.CONFIRMATION_LENGTH);
        assertEquals(request, expect(NodeFrame.REQUEST, 0));
        epoch++;
        sendNames(out, "server");
        assertEquals(request, expect(NodeFrame.REQUEST, 0));
        BridgeFrame.putConfirmation(frame, false, request.run, 2, epoch);
        send(out, BridgeFrame.CONFIRMATION_LENGTH);
        Soon.await(() -> bridge.statistics().passedOn() == 1, bridge::statistics);
        assertEquals(2, bridge.statistics().repeated());
    }

    @Test
    void aConfirmationOfWhatIsInALaneThatIsCutOffEndsNoBridge() throws Exception {
        sendNames(out, "server");
        awaitName("server");
        orders.send("server", new byte[1]);
        orders.callAsync("server", new byte[1], LONG);
        SentFrame request = expect(NodeFrame.REQUEST, 0);
        CutFile.lanesOf(directory.resolve("names/server.inbox"));
        BridgeFrame.putConfirmation(frame, false, request.run, 3, epoch);
        send(out, BridgeFrame.CONFIRMATION_LENGTH);
        Soon.await(() -> bridge.statistics().passedOn() == 2, bridge::statistics);
        try (Node other = Node.join(directory.resolve("names"), "other")) {
            other.callAsync("server", new byte[1], LONG);
            expect(NodeFrame.REQUEST, request.number + 1);
        }
    }

    @Test
    void whatIsNoFrameIsIgnored() {
        sendNames(out, "pricing");
        frame.setMemory(0, 1024, (byte) 0);
        send(out, 3);
        send(out, 100);
        for (int kind = 0; kind < 32; kind++) {
            frame.setMemory(0, 1024, (byte) 0x7f);
            frame.putInt(0, kind);
            send(out, 16);
            send(out, 60);
            frame.setMemory(4, 1020, (byte) -1);
            send(out, 200);
            frame.putInt(0, kind | NodeFrame.FIRST | NodeFrame.LAST);
            frame.putInt(4, 3);
            send(out, 200);
            frame.setMemory(4, 1020, (byte) 0);
            send(out, 200);
        }
        sendMessage("../orders", "orders", START, 7, 1); // A frame, but of no sender.
        sendMessage("orders", NodeFrame.MESSAGE, 7, 2);
        expect(BridgeFrame.CONFIRMATION, 3);
        assertEquals(List.of(2), received());
        assertEquals(1, bridge.statistics().refused());
    }
}
