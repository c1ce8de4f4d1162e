package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.wait.Selectable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node's inbox beside other channels: in a select, and in an event loop. */
@Timeout(60)
class NodeSelectTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration NOW = Duration.ofMillis(1);
    private static final byte[] NOTHING = {};

    @TempDir Path parent;
    private Path directory;
    private Node a;
    private Node b;
    private final List<String> got = new ArrayList<>();
    private final NodeHandler collector =
            (message, memory, offset, length) ->
                    got.add(message.from() + ":" + NodeTest.text(memory, offset, length));

    @BeforeEach
    void join() throws Exception {
        directory = parent.resolve("nodes");
        a = Node.join(directory, "a");
        b = Node.join(directory, "b");
    }

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private static void untilParked(TestThreads threads, Thread thread) {
        threads.spinUntil(() -> LockSupport.getBlocker(thread) != null);
    }

    @Test
    void aMessageWakesASelectOverANodeAMailboxAndAPipe() throws Exception {
        Mailbox<String> mailbox = Mailbox.bounded(4);
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender toPipe = pipe.sender();
                PipeReceiver fromPipe = pipe.receiver();
                Sender<String> toMailbox = mailbox.sender()) {
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(mailbox.receiver(), got::add)
                                    .receive(b, collector)
                                    .receive(
                                            fromPipe, (memory, offset, length) -> got.add("pipe")));
            a.send("b", NOTHING); // The link is open.
            assertEquals(1, select.trySelect());
            List<TestThreads.Work> sends =
                    List.of(
                            () -> toMailbox.send("mailbox"),
                            () -> a.send("b", "node".getBytes()),
                            () -> toPipe.send(NOTHING));
            for (int i = 0; i < sends.size(); i++) {
                int clause = i;
                TestThreads threads = new TestThreads(select);
                Thread thread = threads.start(() -> assertEquals(clause, select.select()));
                untilParked(threads, thread);
                sends.get(i).run();
                threads.join();
            }
            assertEquals(List.of("a:", "mailbox", "a:node", "pipe"), got);
            assertEquals(Select.NONE, select.trySelect());
            assertEquals(Select.NONE, select.select(NOW));
        }
    }

    @Test
    void aRequestIsAnsweredByTheClausesHandler() throws Exception {
        Select select =
                Select.builder()
                        .receive(b, (message, memory, offset, length) -> message.tryReply(NOTHING))
                        .build();
        CompletableFuture<Reply> future = a.callAsync("b", NOTHING, SOON);
        assertEquals(0, select.select());
        assertEquals(CallOutcome.REPLIED, future.get(20, TimeUnit.SECONDS).outcome());
    }

    @Test
    void objectsOfAllNodesOrOfOneAreReceived() throws Exception {
        try (Node c = Node.join(directory, "c")) {
            Select ofOne =
                    Select.builder().receive(b.receiver("c", Codec.utf8()), got::add).build();
            Select ofAll = Select.builder().receive(b.receiver(Codec.utf8()), got::add).build();
            a.send("b", "from a".getBytes());
            Selectable one = (Selectable) b.receiver("c", Codec.utf8());
            assertFalse(one.ready(), "a task of onReady would run for nothing");
            assertTrue(((Selectable) b.receiver("a", Codec.utf8())).ready());
            assertEquals(Select.NONE, ofOne.trySelect());
            assertEquals(Select.NONE, ofOne.select(Duration.ofMillis(5)), "not woken for a");
            TestThreads threads = new TestThreads(ofOne);
            Thread thread = threads.start(() -> assertEquals(0, ofOne.select()));
            untilParked(threads, thread);
            c.send("b", "from c".getBytes());
            threads.join();
            assertEquals(0, ofAll.select());
            assertEquals(List.of("from c", "from a"), got);
        }
    }

    /** It is taken from the inbox, but it is for an earlier owner: the select waits on. */
    @Test
    void aRequestThatTheNodeRefusesDoesNotWin() throws Exception {
        assertEquals(CallOutcome.TIMED_OUT, a.call("b", NOTHING, NOW).outcome());
        b.close();
        b = Node.join(directory, "b");
        Select select = Select.builder().receive(b, collector).build();
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(1, b.statistics().refusedRequests());
        a.send("b", "message".getBytes());
        assertEquals(0, select.select());
        assertEquals(List.of("a:message"), got);
    }

    @Test
    void aSelectTellsTheListenerAndDropsLateReplies() throws Exception {
        List<String> told = new ArrayList<>();
        b.onChange((name, present) -> told.add(name + (present ? " comes" : " goes")));
        Select select = Select.builder().receive(b, collector).build();
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(List.of("a comes"), told);
        TestThreads threads = new TestThreads(told);
        threads.start(() -> assertEquals(0, select.select()));
        try (Node c = Node.join(directory, "c")) {
            assertEquals("c", c.name());
        }
        threads.spinUntil(() -> a.nodes().equals(List.of("a", "b")));
        a.send("b", NOTHING);
        threads.join();
        assertEquals(CallOutcome.TIMED_OUT, b.call("a", NOTHING, NOW).outcome());
        a.receive((message, memory, offset, length) -> message.tryReply(NOTHING), 1);
        assertEquals(Select.NONE, select.trySelect());
        assertEquals(1, b.statistics().lateReplies());
    }

    @Test
    void aCloseByAnotherThreadEndsTheSelect() throws Exception {
        Select select = Select.builder().receive(b, collector).build();
        TestThreads threads = new TestThreads(select);
        Thread thread =
                threads.start(() -> assertThrows(IllegalStateException.class, select::select));
        untilParked(threads, thread);
        b.close();
        threads.join();
        b = Node.join(directory, "b"); // The name is free.
    }

    // An event loop.

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    private void runNext() throws InterruptedException {
        Runnable task = tasks.poll(20, TimeUnit.SECONDS);
        assertNotNull(task, "no task came");
        task.run();
    }

    @Test
    void aMessageRunsTheTaskAndTheNodeMaySendMeanwhile() throws Exception {
        for (int i = 0; i < 3; i++) {
            b.onReadable(tasks::add, () -> b.poll(collector, 10));
            b.send("a", NOTHING);
            CompletableFuture<Reply> future = b.callAsync("a", NOTHING, SOON);
            int messages = 0;
            while (messages < 2) {
                messages +=
                        a.receive(
                                (message, memory, offset, length) -> {
                                    if (message.isRequest()) {
                                        message.tryReply(NOTHING);
                                    }
                                },
                                2);
            }
            assertEquals(CallOutcome.REPLIED, future.get(20, TimeUnit.SECONDS).outcome());
            assertTrue(tasks.isEmpty());
            a.send("b", Integer.toString(i).getBytes());
            runNext();
        }
        assertEquals(List.of("a:0", "a:1", "a:2"), got);
    }

    /** Joins, and waits to be killed. */
    static final class Mortal {
        public static void main(String[] arguments) throws Exception {
            try (Node node = Node.join(Path.of(arguments[0]), "mortal")) {
                System.out.println("joined " + node.name());
                System.in.read();
            }
        }
    }

    @Test
    void aListenerIsToldByTheTaskAlsoOfADeath() throws Exception {
        List<String> told = new ArrayList<>();
        b.onChange((name, present) -> told.add(name + (present ? " comes" : " goes")));
        try (ChildJvm child = ChildJvm.start(Mortal.class, directory)) {
            child.expectLine("joined mortal");
            runUntil("mortal comes", told);
            child.kill();
            int tasks = runUntil("mortal goes", told);
            assertTrue(tasks <= 3, tasks + " tasks until the death was told");
        }
        assertEquals(List.of("a comes", "mortal comes", "mortal goes"), told);
    }

    /** Returns how many tasks it has run. */
    private int runUntil(String last, List<String> told) throws InterruptedException {
        int ran = 0;
        for (; !told.contains(last); ran++) {
            b.onReadable(tasks::add, () -> b.poll(collector, 1));
            runNext();
        }
        return ran;
    }

    @Test
    void aCloseRunsTheTask() throws Exception {
        b.onReadable(tasks::add, () -> {});
        b.close();
        runNext();
        assertThrows(IllegalStateException.class, () -> b.poll(collector, 1));
        assertThrows(IllegalStateException.class, () -> b.onReadable(tasks::add, () -> {}));
    }
}
