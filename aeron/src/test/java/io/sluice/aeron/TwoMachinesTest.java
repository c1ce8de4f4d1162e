package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.CallOutcome;
import io.sluice.Node;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSpec;
import io.sluice.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two machines: network namespaces of this one, joined by a virtual cable. Each process is of one
 * of them, and reaches the other by its address only.
 */
@Timeout(600)
@SuppressWarnings("try") // Some resources are only to be closed.
class TwoMachinesTest {
    private static final String ID = Long.toString(ProcessHandle.current().pid() % 10_000);
    private static final String A = "slua" + ID;
    private static final String B = "slub" + ID;
    private static final String ADDRESS_A = "10.213.7.1";
    private static final String ADDRESS_B = "10.213.7.2";

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final byte[] BYTES = {1, 2, 3};

    @TempDir(factory = SharedMemory.class)
    Path directory;

    private final List<ChildProgram> children = new ArrayList<>();

    @BeforeEach
    void connect() throws Exception {
        Assumptions.assumeTrue(
                run("ip", "netns", "add", A) == 0,
                "network namespaces cannot be made here: that needs ip(8), Linux and root");
        require("ip", "netns", "add", B);
        require("ip", "link", "add", A, "netns", A, "type", "veth", "peer", "name", B, "netns", B);
        up(A, ADDRESS_A);
        up(B, ADDRESS_B);
    }

    private static void up(String name, String address) throws Exception {
        require("ip", "-n", name, "addr", "add", address + "/24", "dev", name);
        require("ip", "-n", name, "link", "set", name, "up");
        require("ip", "-n", name, "link", "set", "lo", "up");
    }

    @AfterEach
    void disconnect() throws Exception {
        children.forEach(ChildProgram::close);
        run("ip", "netns", "del", A);
        run("ip", "netns", "del", B);
    }

    private static int run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + List.of(command));
            }
            return process.exitValue();
        } catch (IOException e) {
            return -1; // There is no such program.
        }
    }

    private static void require(String... command) throws Exception {
        assertEquals(0, run(command), () -> String.join(" ", command));
    }

    private ChildProgram start(String machine, Class<?> main, String... arguments)
            throws IOException {
        List<String> flags = List.of("-Daeron.dir=" + directory.resolve("driver-" + machine));
        List<String> prefix = List.of("ip", "netns", "exec", machine);
        ChildProgram child = ChildProgram.startBy(prefix, flags, main, arguments);
        children.add(child);
        return child;
    }

    private void startDriver(String machine) throws IOException {
        start(machine, TestDriver.class, directory.resolve("driver-" + machine).toString())
                .expectLine("ready");
    }

    @Test
    void theExampleRunsBetweenThem() throws Exception {
        startDriver(A);
        startDriver(B);
        ChildProgram receiver = start(B, TwoMachines.class, "receive", ADDRESS_B + ":40123");
        ChildProgram sender = start(A, TwoMachines.class, "send", ADDRESS_B + ":40123");
        receiver.expectLine("received: hello");
        receiver.expectLine("received: are you there?");
        receiver.expectLine("end of stream");
        assertEquals(0, sender.waitFor());
        assertEquals(0, receiver.waitFor());
    }

    @Test
    @Tag("proof")
    void bridgesCarryPipesEachWay() throws Exception {
        int messages = 1_000_000;
        List<Pipe> sources = new ArrayList<>();
        List<Pipe> sinks = new ArrayList<>();
        for (String way : List.of("there", "back")) {
            PipeSpec spec = PipeSpec.bounded(1 << 18).senders(1).retainWithoutReceivers(true);
            sources.add(Pipe.create(directory.resolve("from-" + way), spec));
            sinks.add(Pipe.create(directory.resolve("to-" + way), spec));
        }
        startBridge(A, "out", sources.get(0), ADDRESS_B + ":40125", ADDRESS_A + ":40126");
        startBridge(B, "in", sinks.get(0), ADDRESS_B + ":40125", ADDRESS_A + ":40126");
        startBridge(B, "out", sources.get(1), ADDRESS_A + ":40127", ADDRESS_B + ":40128");
        startBridge(A, "in", sinks.get(1), ADDRESS_A + ":40127", ADDRESS_B + ":40128");
        List<Thread> threads = new ArrayList<>();
        long[] received = new long[2];
        for (int way = 0; way < 2; way++) {
            int number = way;
            NumberedSource source = new NumberedSource(sources.get(way).sender(), 0);
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < messages; i++) {
                                            source.send();
                                        }
                                        source.close();
                                    }));
            PipeReceiver receiver = sinks.get(way).receiver();
            threads.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        NumberedSource.Check check = new NumberedSource.Check(1);
                                        try {
                                            while (receiver.receive(check, 256) >= 0) {}
                                        } catch (InterruptedException e) {
                                            throw new AssertionError(e);
                                        }
                                        receiver.close();
                                        received[number] = check.received();
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(messages, received[0]);
        assertEquals(messages, received[1]);
        for (ChildProgram child : children) {
            assertEquals(0, child.waitFor());
        }
        for (Pipe pipe : sources) {
            Pipe.delete(pipe.path());
        }
        for (Pipe pipe : sinks) {
            Pipe.delete(pipe.path());
        }
        System.out.printf("%,d messages each way: lost 0, doubled 0, in order%n", messages);
    }

    @Test
    void nodesCallEachOtherUntilTheCableIsCut() throws Exception {
        Path names = directory.resolve("names-a");
        Path otherNames = directory.resolve("names-b");
        startNodes(A, names, ADDRESS_A, ADDRESS_B);
        startNodes(B, otherNames, ADDRESS_B, ADDRESS_A);
        try (Node pricing = Node.join(names, "pricing");
                Node orders = Node.join(otherNames, "orders")) {
            assertTrue(pricing.awaitNode("orders", DEADLINE));
            CompletableFuture<Reply> call = pricing.callAsync("orders", BYTES, DEADLINE);
            orders.receive((message, memory, offset, n) -> message.tryReply(BYTES), 1, DEADLINE);
            assertEquals(CallOutcome.REPLIED, call.get(20, TimeUnit.SECONDS).outcome());

            call = pricing.callAsync("orders", BYTES, DEADLINE);
            orders.receive((message, memory, offset, n) -> message.request(), 1, DEADLINE);
            require("ip", "-n", A, "link", "set", A, "down");
            pricing.send("orders", BYTES); // On its way.
            assertEquals(CallOutcome.UNKNOWN, call.get(20, TimeUnit.SECONDS).outcome());
            Soon.await(() -> !pricing.nodes().contains("orders"), pricing::nodes);
            Soon.await(() -> !orders.nodes().contains("pricing"), orders::nodes);

            require("ip", "-n", A, "link", "set", A, "up");
            assertTrue(pricing.awaitNode("orders", DEADLINE));
            assertEquals(1, orders.receive((message, memory, offset, n) -> {}, 1, DEADLINE));
            assertEquals(0, orders.poll((message, memory, offset, n) -> {}, 1));
        }
    }

    private void startNodes(String machine, Path names, String here, String there)
            throws IOException {
        start(
                machine,
                BridgeProgram.class,
                "nodes",
                names.toString(),
                here + ":40131",
                there + ":40131",
                "--timeout=1000",
                "--every=0");
    }

    private void startBridge(String machine, String half, Pipe pipe, String to, String confirm)
            throws IOException {
        start(machine, BridgeProgram.class, half, pipe.path().toString(), to, confirm, "--every=0");
    }
}
