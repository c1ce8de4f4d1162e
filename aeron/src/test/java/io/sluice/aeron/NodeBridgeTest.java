package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.BrokenChannelException;
import io.sluice.CallOutcome;
import io.sluice.ChannelException;
import io.sluice.Delivery;
import io.sluice.NoSuchNodeException;
import io.sluice.Node;
import io.sluice.NodeHandler;
import io.sluice.NodeOptions;
import io.sluice.Proof;
import io.sluice.Reply;
import io.sluice.Request;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes of two directories, joined by two bridges, as those of two machines. */
@Timeout(60)
class NodeBridgeTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration SOON = Duration.ofMillis(10);
    private static final String TO_A = FreePort.channel();
    private static final String TO_B = FreePort.channel();

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private Path media;
    private TestDriver driver;
    private final List<BridgedNames> machines = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private BridgedNames a;
    private BridgedNames b;

    /** The names of one machine, and their bridge. */
    private final class BridgedNames {
        private final Path names;
        private final BridgeLink[] links;
        private NodeBridge bridge;
        private CompletableFuture<Exception> end;

        BridgedNames(String name, BridgeLink... links) {
            this.names = directory.resolve(name);
            this.links = links;
            machines.add(this);
        }

        void start() {
            NodeBridge made = NodeBridge.of(names, links);
            bridge = made;
            end = Background.run(made::run);
        }

        void stop() throws Exception {
            if (bridge != null) {
                bridge.close();
                assertEquals(null, end.get(20, TimeUnit.SECONDS));
            }
        }

        Node join(String name, NodeOptions options) throws Exception {
            Node node = Node.join(names, name, options, LONG);
            nodes.add(node);
            return node;
        }

        Node join(String name) throws Exception {
            return join(name, NodeOptions.defaults());
        }

        @Override
        public String toString() {
            return names.getFileName() + ": " + bridge.statistics() + "; " + bridge.state();
        }
    }

    @BeforeEach
    void connect() {
        media = directory.resolve("aeron");
        driver = TestDriver.launch(media);
        a = new BridgedNames("a", link(TO_B, TO_A));
        b = new BridgedNames("b", link(TO_A, TO_B));
        a.start();
        b.start();
    }

    private BridgeLink link(String there, String here) {
        return BridgeLink.of(there, here)
                .timeout(Duration.ofMillis(TestDriver.TIMEOUT_MILLIS))
                .mediaDriver(media);
    }

    @AfterEach
    void disconnect() throws Exception {
        nodes.forEach(Node::close);
        try {
            for (BridgedNames machine : machines) {
                machine.stop();
            }
        } finally { // Its sockets are not for the next test to meet.
            driver.close();
        }
    }

    private static byte[] message(int value) {
        return new byte[] {(byte) value};
    }

    private void await(Node node, String name) throws InterruptedException {
        assertTrue(node.awaitNode(name, LONG), () -> node.nodes() + "; " + a + "; " + b);
    }

    private void awaitGone(Node node, String name) {
        Soon.await(() -> !node.nodes().contains(name), () -> node.nodes() + "; " + a + "; " + b);
    }

    /**
     * Sends until the owner has gone; returns how many messages its successor gets. An owner is no
     * longer listed shortly before it stops receiving.
     */
    private static int sendUntilBroken(Node node, String to, byte[] message) {
        int[] sent = new int[1];
        BrokenChannelException broken =
                assertThrows(
                        BrokenChannelException.class,
                        () -> {
                            while (node.send(to, message, LONG)) {
                                sent[0]++;
                            }
                        });
        assertTrue(broken.getMessage().contains(to), broken::getMessage);
        return sent[0];
    }

    /** Receives one message or request; returns its sender and its byte. */
    private static String receive(Node node, NodeHandler then) throws InterruptedException {
        String[] received = new String[1];
        NodeHandler handler =
                (message, memory, offset, length) -> {
                    received[0] = message.from() + " " + memory.get(ValueLayout.JAVA_BYTE, offset);
                    then.onMessage(message, memory, offset, length);
                };
        node.receive(handler, 1, LONG);
        return received[0];
    }

    private static String receive(Node node) throws InterruptedException {
        return receive(node, (message, memory, offset, length) -> {});
    }

    /** Calls on another thread, of a node that no other thread uses meanwhile. */
    private static CompletableFuture<Reply> call(Node node, String to, Duration timeout) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return node.call(to, message(7), timeout);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                work -> Thread.ofPlatform().daemon().start(work));
    }

    private CallOutcome outcome(CompletableFuture<Reply> call) throws Exception {
        try {
            return call.get(20, TimeUnit.SECONDS).outcome();
        } catch (TimeoutException e) {
            throw new AssertionError("the call hangs: " + a + "; " + b, e);
        }
    }

    @Test
    void nodesSendToEachOtherByName() throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        await(pricing, "orders");
        await(orders, "pricing");
        pricing.send("orders", message(1));
        pricing.send("orders", message(2));
        assertEquals("pricing 1", receive(orders));
        assertEquals("pricing 2", receive(orders));
        orders.send("pricing", message(3));
        assertEquals("orders 3", receive(pricing));
        assertEquals(Set.of("pricing", NodeBridge.NAME, "orders"), new HashSet<>(pricing.nodes()));
        assertEquals(pricing.maxMessageLength("orders"), orders.maxMessageLength("pricing"));
        byte[] longest = new byte[pricing.maxMessageLength("orders")];
        longest[0] = 4;
        pricing.send("orders", longest);
        assertEquals(
                "pricing 4",
                receive(
                        orders,
                        (message, memory, offset, length) -> assertEquals(longest.length, length)));
        Soon.await(() -> a.bridge.statistics().passedOn() == 3, () -> a);
        assertEquals(3, b.bridge.statistics().delivered());
        assertEquals(0, a.bridge.statistics().refused());
    }

    @Test
    void aNameThatIsNowhereIsRefused() throws Exception {
        Node pricing = a.join("pricing");
        assertThrows(NoSuchNodeException.class, () -> pricing.send("orders", message(1)));
        assertThrows(NoSuchNodeException.class, () -> pricing.call("orders", message(1), SHORT));
        assertFalse(pricing.awaitNode("orders", Duration.ofMillis(50)));
    }

    @Test
    void aCallIsAnsweredOrTimesOut() throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        await(pricing, "orders");
        CompletableFuture<Reply> call = call(pricing, "orders", LONG);
        assertEquals(
                "pricing 7",
                receive(
                        orders,
                        (message, memory, offset, length) -> {
                            assertTrue(message.isRequest());
                            assertTrue(message.tryReply(message(8)));
                        }));
        assertEquals(CallOutcome.REPLIED, outcome(call));
        assertEquals(8, call.join().toBytes()[0]);

        assertEquals(CallOutcome.TIMED_OUT, outcome(call(pricing, "orders", SHORT)));
        assertEquals(
                "pricing 7", receive(orders, (m, memory, offset, n) -> m.tryReply(message(9))));

        call = call(pricing, "orders", LONG);
        receive(orders); // Without a reply.
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
        Soon.await(
                () -> {
                    pricing.poll((message, memory, offset, length) -> {}, 1); // Drains replies.
                    return pricing.statistics().lateReplies() == 1;
                },
                pricing::statistics);

        // One after the other, from the other side, and later by a thread.
        await(orders, "pricing");
        call = call(orders, "pricing", LONG);
        Request[] request = new Request[1];
        receive(pricing, (message, memory, offset, length) -> request[0] = message.request());
        assertTrue(request[0].reply(message(10)));
        assertEquals(CallOutcome.REPLIED, outcome(call));
        assertEquals(10, call.join().toBytes()[0]);
        CompletableFuture<Reply> async = pricing.callAsync("orders", message(11), LONG);
        receive(orders, (message, memory, offset, length) -> message.tryReply(new byte[5000]));
        assertEquals(5000, async.get(20, TimeUnit.SECONDS).length());
    }

    @Test
    void aRequestThatWasNotTakenIsNotDone() throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        await(pricing, "orders");
        CompletableFuture<Reply> call = call(pricing, "orders", LONG);
        Soon.await(() -> b.bridge.statistics().delivered() == 1, () -> a + "; " + b);
        orders.close();
        assertEquals(CallOutcome.NOT_DONE, outcome(call));
        awaitGone(pricing, "orders");
    }

    @Test
    void aRequestThatWasTakenByAnOwnerThatHasGoneIsUnknown() throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        await(pricing, "orders");
        CompletableFuture<Reply> call = call(pricing, "orders", LONG);
        receive(orders, (message, memory, offset, length) -> message.request());
        orders.close();
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
        assertEquals(1, a.bridge.statistics().unknownCalls());
    }

    @Test
    void anOwnerThatHasGoneIsToldAndItsSuccessorGoesOn() throws Exception {
        Node pricing = a.join("pricing");
        Node first = b.join("orders");
        await(pricing, "orders");
        pricing.send("orders", message(1));
        pricing.send("orders", message(2));
        assertEquals("pricing 1", receive(first));
        Soon.await(() -> a.bridge.statistics().passedOn() == 2, () -> a);
        first.close();
        awaitGone(pricing, "orders");
        int more = sendUntilBroken(pricing, "orders", message(3));
        Node second = b.join("orders");
        await(pricing, "orders");
        pricing.send("orders", message(4));
        assertEquals("pricing 2", receive(second));
        for (int i = 0; i < more; i++) {
            assertEquals("pricing 3", receive(second));
        }
        assertEquals("pricing 4", receive(second));
    }

    @Test
    void whatNoOwnerHasReceivedIsForTheNextOneOnWhicheverMachine() throws Exception {
        NodeOptions small = NodeOptions.defaults().capacity(4096);
        Node pricing = a.join("pricing");
        Node there = b.join("orders", small);
        await(pricing, "orders");
        int sent = 0;
        for (int round = 0; round < 2; round++) {
            while (pricing.send("orders", number(sent), SHORT)) {
                sent++; // Both inboxes are full then.
            }
            Soon.await(() -> b.bridge.statistics().delivered() > 100, () -> a + "; " + b);
        }
        there.close();
        awaitGone(pricing, "orders");
        int[] found = new int[sent];
        int[] again = new int[1];
        int[] back = new int[1];
        NodeHandler handler =
                (message, memory, offset, length) -> {
                    found[memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset)]++;
                    again[0] += message.deliveryAttempt() > 0 ? 1 : 0;
                    back[0] += message.from().equals(NodeBridge.NAME) ? 1 : 0;
                };
        Node here = a.join("orders", small);
        // What had reached the other machine comes back: there, too, this is the next owner.
        long start = System.nanoTime();
        while (IntStream.of(found).sum() < sent) {
            here.receive(handler, 10, SHORT);
            assertTrue(System.nanoTime() - start < LONG.toNanos(), () -> a + "; " + b);
        }
        assertEquals(0, here.poll(handler, 10));
        assertTrue(again[0] > 0, "none was on its way");
        assertTrue(back[0] > 0, "none had reached the other machine");
        assertTrue(IntStream.of(found).allMatch(n -> n == 1), () -> Arrays.toString(found));
    }

    @Test
    void aNameThatDoesNotReceiveHoldsUpItsOwnSendersOnly() throws Exception {
        Node pricing = a.join("pricing");
        Node slow = b.join("slow", NodeOptions.defaults().capacity(4096));
        Node fast = b.join("fast");
        await(pricing, "slow");
        await(pricing, "fast");
        int sent = 0;
        while (pricing.send("slow", message(sent), Duration.ofMillis(200))) {
            sent++;
        }
        for (int i = 0; i < 100; i++) {
            pricing.send("fast", message(i));
            assertEquals("pricing " + i, receive(fast));
        }
        for (int i = 0; i < sent; i++) {
            assertEquals("pricing " + (byte) i, receive(slow));
        }
    }

    @Test
    void aCallWhoseBridgeIsLostIsUnknownAndItsNamesComeBack() throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        await(pricing, "orders");
        CompletableFuture<Reply> call = call(pricing, "orders", LONG);
        receive(orders, (message, memory, offset, length) -> message.request());
        b.stop(); // Without a word to a.
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
        awaitGone(pricing, "orders");
        int kept = sendUntilBroken(pricing, "orders", message(1));
        b.start();
        await(pricing, "orders");
        pricing.send("orders", message(2));
        for (int i = 0; i < kept; i++) {
            assertEquals("pricing 1", receive(orders));
        }
        assertEquals("pricing 2", receive(orders));
        // The own bridge: its proxies are gone at once.
        call = call(pricing, "orders", LONG);
        receive(orders, (message, memory, offset, length) -> message.request());
        a.stop();
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
        assertFalse(pricing.nodes().contains("orders"));
        a.start();
        await(pricing, "orders");
    }

    @Test
    void afterAMediaDriverWasLostMessagesArriveOnceAndCallsEnd() throws Exception {
        Node pricing = a.join("pricing");
        Node asker = a.join("asker");
        Node orders = b.join("orders");
        await(pricing, "orders");
        CompletableFuture<Reply> call = call(asker, "orders", LONG);
        assertEquals("asker 7", receive(orders, (message, memory, offset, n) -> message.request()));
        driver.close();
        for (int i = 0; i < 20; i++) {
            try {
                pricing.send("orders", message(i));
            } catch (ChannelException e) { // The timeout is over.
                i--;
                pricing.awaitNode("orders", SHORT);
                if (call.isDone()) {
                    break;
                }
            }
        }
        assertEquals(CallOutcome.UNKNOWN, outcome(call));
        driver = TestDriver.launch(media);
        for (int i = 0; i < 20; i++) {
            assertEquals("pricing " + i, receive(orders));
        }
        await(pricing, "orders");
        pricing.send("orders", message(20));
        assertEquals("pricing 20", receive(orders));
    }

    @Test
    void aNameOfBothMachinesIsEachOnesOwn() throws Exception {
        Node pricing = a.join("pricing");
        b.stop();
        Node here = a.join("orders");
        Node there = b.join("orders");
        b.start();
        await(there, "pricing");
        Soon.await(() -> a.bridge.state().contains("orders is a name of both"), a.bridge::state);
        pricing.send("orders", message(1));
        assertEquals("pricing 1", receive(here));
        there.send("pricing", message(2));
        assertEquals(CallOutcome.NOT_DONE, outcome(call(there, "pricing", LONG)));
        assertEquals(NodeBridge.NAME + " 2", receive(pricing));
        here.close();
        Soon.await(() -> a.bridge.statistics().nodes() == 1, () -> a);
        there.send("pricing", message(3));
        assertEquals("orders 3", receive(pricing));
    }

    @Test
    void whatASenderThatHasLeftHadSentArrives() throws Exception {
        Node orders = b.join("orders");
        Node pricing = a.join("pricing");
        await(pricing, "orders");
        for (int round = 0; round < 5; round++) {
            Node passing = a.join("passing" + round, NodeOptions.defaults().capacity(8192));
            passing.send("orders", message(round));
            passing.close();
            assertEquals("passing" + round + " " + round, receive(orders));
            awaitGone(orders, "passing" + round);
        }
    }

    @Test
    void eachPairIsInOrderWithItsRequests() throws Exception {
        int senders = 3;
        int messages = Proof.size(1_000, 100_000);
        Node orders = b.join("orders");
        List<CompletableFuture<Void>> sending = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            Node sender = a.join("sender" + s);
            await(sender, "orders");
            await(orders, "sender" + s);
            sending.add(
                    CompletableFuture.runAsync(
                            () -> send(sender, messages),
                            work -> Thread.ofPlatform().daemon().start(work)));
        }
        int[] next = new int[senders];
        NodeHandler check =
                (message, memory, offset, length) -> {
                    int sender = message.from().charAt("sender".length()) - '0';
                    int number = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
                    assertEquals(next[sender]++, number, message::from);
                    assertEquals(number % 100 == 99, message.isRequest());
                    if (message.isRequest()) {
                        assertTrue(message.tryReply(number(number)));
                    }
                };
        for (int received = 0; received < senders * messages; ) {
            int more = orders.receive(check, 64, LONG);
            assertTrue(more > 0, () -> a + "; " + b);
            received += more;
        }
        for (CompletableFuture<Void> end : sending) {
            end.get(20, TimeUnit.SECONDS);
        }
        assertEquals(0, orders.poll(check, 10));
    }

    private static byte[] number(int number) {
        byte[] bytes = new byte[4];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_INT_UNALIGNED, 0, number);
        return bytes;
    }

    private static void send(Node sender, int messages) {
        try {
            for (int i = 0; i < messages; i++) {
                if (i % 100 == 99) {
                    Reply reply = sender.call("orders", number(i), LONG);
                    assertEquals(CallOutcome.REPLIED, reply.outcome());
                    assertEquals(i, reply.memory().get(ValueLayout.JAVA_INT_UNALIGNED, 0));
                } else {
                    sender.send("orders", number(i));
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLaneThatIsCutOffStopsItsSenderOnly() throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        Node other = b.join("other");
        await(pricing, "orders");
        await(pricing, "other");
        pricing.send("orders", message(1));
        assertEquals("pricing 1", receive(orders));
        CutFile.lanesOf(b.names.resolve("orders.inbox"));
        pricing.send("orders", message(2)); // Is lost there, as if by a hostile program.
        assertEquals(CallOutcome.NOT_DONE, outcome(call(pricing, "orders", LONG)));
        pricing.send("other", message(3));
        assertEquals("pricing 3", receive(other));
        assertEquals(1, b.bridge.statistics().refused());
        Node third = a.join("third");
        CutFile.lanesOf(a.names.resolve("other.inbox")); // While no one sends: its bridge finds it.
        await(other, "third");
        other.send("third", message(4));
        assertEquals("other 4", receive(third));
    }

    /** Returns the files of the names; in a proof all, else one of each kind. */
    static List<String> filesOfNames() {
        List<String> all =
                List.of(
                        "orders.inbox/lane-",
                        "pricing.replies/meta",
                        "sluice-bridge.inbox/meta",
                        "pricing.bridge0",
                        "orders.inbox/meta",
                        "orders.replies/lane-",
                        "orders.replies/meta",
                        "pricing.inbox/lane-",
                        "pricing.inbox/meta",
                        "pricing.replies/lane-",
                        "sluice-bridge.inbox/lane-");
        return all.subList(0, Proof.size(4, all.size()));
    }

    /**
     * A program with write access to the directory, hostile or faulty, cuts a file off that is in
     * use: the bridge goes on for the names that do not need the file.
     */
    @ParameterizedTest
    @MethodSource("filesOfNames")
    void aFileThatIsCutOffStopsOnlyTheNamesThatNeedIt(String file) throws Exception {
        Node pricing = a.join("pricing");
        Node orders = b.join("orders");
        await(pricing, "orders");
        await(orders, "pricing");
        callAndSend(pricing, orders);
        try (Stream<Path> files = Files.walk(a.names)) {
            for (Path path : files.toList()) {
                if (a.names.relativize(path).toString().startsWith(file)) {
                    CutFile.at(path);
                }
            }
        }
        callAndSend(pricing, orders);
        Node third = a.join("third");
        Node fourth = b.join("fourth");
        await(third, "fourth");
        await(fourth, "third");
        third.send("fourth", message(7));
        assertEquals("third 7", receive(fourth));
        fourth.send("third", message(8));
        assertEquals("fourth 8", receive(third));
        if (file.endsWith(".bridge0")) {
            assertTrue(a.bridge.state().contains(file), a.bridge::state);
        }
    }

    /** Sends and calls in both directions, and to the bridge, which drops it; any may fail. */
    private void callAndSend(Node pricing, Node orders) {
        NodeHandler replying =
                (message, memory, offset, length) -> {
                    if (message.isRequest()) {
                        message.tryReply(message(1));
                    }
                };
        for (int i = 0; i < 10; i++) {
            attempt(() -> pricing.trySend(NodeBridge.NAME, message(2)));
            attempt(() -> pricing.trySend("orders", message(3)));
            attempt(() -> pricing.callAsync("orders", message(4), LONG));
            attempt(() -> orders.trySend("pricing", message(5)));
            attempt(() -> orders.callAsync("pricing", message(6), LONG));
            attempt(() -> pricing.receive(replying, 10, SOON));
            attempt(() -> orders.receive(replying, 10, SOON));
        }
    }

    private static void attempt(Callable<?> call) {
        try {
            call.call();
        } catch (ChannelException e) {
            // It needs the file.
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void threeMachinesAreJoinedByALinkForEachTwo() throws Exception {
        String ab = FreePort.channel();
        String ba = FreePort.channel();
        String ac = FreePort.channel();
        String ca = FreePort.channel();
        String bc = FreePort.channel();
        String cb = FreePort.channel();
        BridgedNames x = new BridgedNames("x", link(ab, ba), link(ac, ca));
        BridgedNames y = new BridgedNames("y", link(ba, ab), link(bc, cb));
        BridgedNames z = new BridgedNames("z", link(ca, ac), link(cb, bc));
        x.start();
        y.start();
        z.start();
        Node one = x.join("one");
        Node two = y.join("two");
        Node three = z.join("three");
        for (Node node : List.of(one, two, three)) {
            for (String name : List.of("one", "two", "three")) {
                await(node, name);
            }
        }
        one.send("two", message(1));
        two.send("three", message(2));
        three.send("one", message(3));
        assertEquals("one 1", receive(two));
        assertEquals("two 2", receive(three));
        assertEquals("three 3", receive(one));
        three.close();
        awaitGone(one, "three");
        awaitGone(two, "three");
    }

    @Test
    void whatCannotBeBridgedIsRefusedAndNamesTheRemedy() throws Exception {
        BridgeLink link = link(TO_A, TO_B);
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> NodeBridge.of(a.names, link.delivery(Delivery.AT_MOST_ONCE)));
        assertTrue(refused.getMessage().contains("at least once"), refused::getMessage);
        assertThrows(
                IllegalArgumentException.class, () -> NodeBridge.of(a.names, link(TO_A, TO_A)));
        assertThrows(IllegalArgumentException.class, () -> NodeBridge.of(a.names));
        Node pricing = a.join("pricing");
        await(pricing, NodeBridge.NAME);
        NodeBridge second = NodeBridge.of(a.names, link);
        IllegalStateException taken = assertThrows(IllegalStateException.class, second::run);
        assertTrue(taken.getMessage().contains(NodeBridge.NAME), taken::getMessage);
        assertThrows(IllegalStateException.class, second::run); // Not twice.
        Node large = b.join("large", NodeOptions.defaults().capacity(1 << 20));
        Soon.await(() -> a.bridge.state().contains("term-length"), a.bridge::state);
        assertFalse(pricing.nodes().contains(large.name()));
    }
}
