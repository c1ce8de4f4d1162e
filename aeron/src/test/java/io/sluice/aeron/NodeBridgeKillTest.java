package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.CallOutcome;
import io.sluice.ChannelException;
import io.sluice.Node;
import io.sluice.NodeHandler;
import io.sluice.Proof;
import io.sluice.Reply;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the bridges of nodes of two machines, and their media drivers, one to four at a time. Each
 * message arrives once and in order, each call ends, and what is said about requests is true.
 */
@Timeout(1200)
@Order(1) // It takes the longest.
class NodeBridgeKillTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final String A = FreePort.endpoint();
    private static final String B = FreePort.endpoint();

    /** The sources, and where each sends to; the last one the other way. */
    private static final List<String> TARGETS = List.of("sink", "sink", "back");

    @TempDir(factory = SharedMemory.class)
    Path directory;

    /** A process that is killed, and started again. */
    private enum Victim {
        BRIDGE_A,
        BRIDGE_B,
        DRIVER_A,
        DRIVER_B
    }

    private final ChildProgram[] running = new ChildProgram[Victim.values().length];
    private final List<Node> nodes = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicIntegerArray sent = new AtomicIntegerArray(TARGETS.size());
    private final AtomicIntegerArray received = new AtomicIntegerArray(TARGETS.size());
    private final Set<Integer> done = ConcurrentHashMap.newKeySet();
    private final Set<Integer> notDone = new TreeSet<>();
    private final Map<CallOutcome, Integer> outcomes = new EnumMap<>(CallOutcome.class);
    private volatile int calls;
    private volatile boolean ending;
    private volatile boolean over;

    private ChildProgram start(Victim victim) throws IOException {
        return switch (victim) {
            case DRIVER_A -> ChildProgram.start(TestDriver.class, driver("a").toString());
            case DRIVER_B -> ChildProgram.start(TestDriver.class, driver("b").toString());
            case BRIDGE_A -> bridge("a", A, B);
            case BRIDGE_B -> bridge("b", B, A);
        };
    }

    private Path driver(String machine) {
        return directory.resolve("driver-" + machine);
    }

    private ChildProgram bridge(String machine, String here, String there) throws IOException {
        return ChildProgram.start(
                BridgeProgram.class,
                "nodes",
                directory.resolve(machine).toString(),
                here,
                there,
                "--dir=" + driver(machine),
                "--timeout=" + TestDriver.TIMEOUT_MILLIS,
                "--every=0");
    }

    private Node join(String machine, String name) throws Exception {
        Node node = Node.join(directory.resolve(machine), name, Duration.ofSeconds(20));
        nodes.add(node);
        return node;
    }

    @AfterEach
    void stop() {
        over = true;
        for (ChildProgram child : running) {
            if (child != null) {
                child.close();
            }
        }
        threads.shutdownNow();
        nodes.forEach(Node::close);
    }

    private static byte[] content(int source, int number) {
        ByteBuffer content = ByteBuffer.allocate(8 + number % 7 * 40);
        content.order(ByteOrder.nativeOrder()).putInt(0, source).putInt(4, number);
        return content.array();
    }

    private Void send(Node node, int source) throws InterruptedException {
        while (!ending) {
            byte[] message = content(source, sent.get(source));
            try {
                if (node.send(TARGETS.get(source), message, SHORT)) {
                    sent.incrementAndGet(source);
                }
            } catch (ChannelException e) { // Nothing was sent.
                node.awaitNode(TARGETS.get(source), SHORT);
            }
        }
        return null;
    }

    private Void receive(Node node) throws InterruptedException {
        NodeHandler check =
                (message, memory, offset, length) -> {
                    int source = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
                    int number = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 4);
                    assertEquals("source" + source, message.from());
                    assertEquals(received.get(source), number, "lost, doubled or out of order");
                    assertEquals(content(source, number).length, length, "torn");
                    received.incrementAndGet(source);
                };
        while (!over) {
            node.receive(check, 64, SHORT);
        }
        return null;
    }

    private Void serve(Node node) throws InterruptedException {
        NodeHandler answer =
                (message, memory, offset, length) -> {
                    int number = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 4);
                    assertTrue(done.add(number), () -> "done twice: " + number);
                    message.tryReply(content(99, number));
                };
        while (!over) {
            node.receive(answer, 64, SHORT);
        }
        return null;
    }

    private Void call(Node node) throws InterruptedException {
        while (!ending) {
            int number = calls;
            try {
                Reply reply = node.call("server", content(7, number), DEADLINE);
                outcomes.merge(reply.outcome(), 1, Integer::sum);
                if (reply.isReplied()) {
                    assertEquals(number, reply.memory().get(ValueLayout.JAVA_INT_UNALIGNED, 4));
                    assertTrue(done.contains(number));
                } else if (reply.outcome() == CallOutcome.NOT_DONE) {
                    notDone.add(number);
                    node.awaitNode("server", SHORT);
                }
                calls = number + 1;
            } catch (ChannelException e) { // Nothing was sent.
                node.awaitNode("server", SHORT);
            }
        }
        return null;
    }

    @Test
    void whateverIsKilledEachMessageArrivesOnceAndEachCallEnds() throws Exception {
        int kills = Proof.size(4, 200);
        Random random = new Random(19);
        List<Future<Void>> working = new ArrayList<>();
        Node sink = join("b", "sink");
        Node back = join("a", "back");
        Node server = join("b", "server");
        Node asker = join("a", "asker");
        working.add(threads.submit(() -> receive(sink)));
        working.add(threads.submit(() -> receive(back)));
        working.add(threads.submit(() -> serve(server)));
        working.add(threads.submit(() -> call(asker)));
        for (int i = 0; i < TARGETS.size(); i++) {
            int source = i;
            Node node = join(TARGETS.get(i).equals("back") ? "b" : "a", "source" + i);
            working.add(threads.submit(() -> send(node, source)));
        }
        for (Victim victim : Victim.values()) {
            running[victim.ordinal()] = start(victim);
        }
        int[] killed = new int[Victim.values().length];
        for (int i = 0; i < kills; ) {
            awaitProgress(working, 1 + random.nextInt(Proof.size(100, 1000)));
            List<Victim> victims = new ArrayList<>(List.of(Victim.values()));
            Collections.shuffle(victims, random);
            int together = Math.min(kills - i, Proof.size(3, 1) + random.nextInt(2));
            for (Victim victim : victims.subList(0, together)) {
                running[victim.ordinal()].kill();
                killed[victim.ordinal()]++;
            }
            for (Victim victim : victims.subList(0, together)) {
                running[victim.ordinal()] = start(victim);
            }
            i += together;
        }
        awaitProgress(working, 100);
        ending = true;
        for (Future<Void> work : working.subList(3, working.size())) {
            work.get(60, TimeUnit.SECONDS);
        }
        int all = 0;
        for (int i = 0; i < TARGETS.size(); i++) {
            int source = i;
            await(working, () -> received.get(source) == sent.get(source));
            all += sent.get(i);
        }
        over = true;
        for (Future<Void> work : working) {
            work.get(60, TimeUnit.SECONDS);
        }
        notDone.retainAll(done);
        assertEquals(Set.of(), notDone, "said to be not done, and done");
        assertEquals(null, outcomes.get(CallOutcome.TIMED_OUT), () -> "hung: " + outcomes);
        String found = "lost 0, doubled 0, torn 0, hangs 0, messages " + all;
        System.out.printf(
                "%d kills (bridges %d and %d, drivers %d and %d): %s, calls %s%n",
                kills, killed[0], killed[1], killed[2], killed[3], found, outcomes);
        Proof.KILLS_NODE_BRIDGES.add(kills, found);
    }

    /** Waits until more messages of each source have arrived, and another call has ended. */
    private void awaitProgress(List<Future<Void>> working, int more) throws Exception {
        for (int i = 0; i < TARGETS.size(); i++) {
            int source = i;
            int goal = received.get(source) + more;
            await(working, () -> received.get(source) >= goal);
        }
        int before = calls;
        await(working, () -> calls > before);
    }

    /** Starts what a supervisor would: a driver that had no CPU for its timeout ends by itself. */
    private void startEndedDrivers() throws IOException {
        for (Victim driver : List.of(Victim.DRIVER_A, Victim.DRIVER_B)) {
            if (running[driver.ordinal()].hasExited()) {
                System.out.println(driver + " has ended by itself, and is started again");
                running[driver.ordinal()] = start(driver);
            }
        }
    }

    /** Returns a number that grows with each message that arrives, and each call that ends. */
    private long progress() {
        return calls + IntStream.range(0, TARGETS.size()).map(received::get).sum();
    }

    private void await(List<Future<Void>> working, BooleanSupplier condition) throws Exception {
        long last = progress();
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            for (Future<Void> work : working) {
                if (work.isDone()) {
                    work.get(); // Throws what it found.
                }
            }
            startEndedDrivers();
            if (progress() != last) {
                last = progress();
                since = System.nanoTime();
            }
            if (System.nanoTime() - since > DEADLINE.toNanos()) {
                throw new AssertionError(
                        "hangs: sent %s, received %s, calls %s %s"
                                .formatted(sent, received, calls, outcomes));
            }
            LockSupport.parkNanos(200_000);
        }
    }
}
