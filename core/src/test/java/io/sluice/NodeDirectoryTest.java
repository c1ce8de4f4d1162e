package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The directory of nodes: made by several at once, left by processes that died. */
@Timeout(60)
class NodeDirectoryTest {
    private static final int JOINERS = 6;
    private static final NodeHandler IGNORED = (message, memory, offset, length) -> {};

    @TempDir Path parent;

    @Test
    void severalMakeItAtOnce() throws Exception {
        for (int round = 0; round < Proof.size(5, 100); round++) {
            Path directory = parent.resolve("nodes-" + round);
            CyclicBarrier barrier = new CyclicBarrier(JOINERS);
            List<Node> joined = new ArrayList<>();
            TestThreads threads = new TestThreads(directory);
            for (int i = 0; i < JOINERS; i++) {
                String name = "name-" + i;
                threads.start(
                        () -> {
                            barrier.await();
                            Node node = Node.join(directory, name);
                            synchronized (joined) {
                                joined.add(node);
                            }
                        });
            }
            threads.join();
            List<String> names = IntStream.range(0, JOINERS).mapToObj(i -> "name-" + i).toList();
            for (Node node : joined) {
                assertEquals(names, node.nodes().stream().sorted().toList());
                node.send("name-0", new byte[1]);
            }
            for (Node node : joined) {
                for (int left = node.name().equals("name-0") ? JOINERS : 0; left > 0; ) {
                    left -= node.receive(IGNORED, left);
                }
            }
            joined.forEach(Node::close);
        }
    }

    /** Of several that join one name at once, one gets it. */
    @Test
    void severalWantOneName() throws Exception {
        for (int round = 0; round < Proof.size(5, 100); round++) {
            Path directory = parent.resolve("nodes-" + round);
            CyclicBarrier barrier = new CyclicBarrier(JOINERS);
            List<Node> joined = new ArrayList<>();
            TestThreads threads = new TestThreads(directory);
            for (int i = 0; i < JOINERS; i++) {
                threads.start(
                        () -> {
                            barrier.await();
                            try {
                                Node node = Node.join(directory, "name");
                                synchronized (joined) {
                                    joined.add(node);
                                }
                            } catch (IllegalStateException e) {
                                // Another one was faster, and has it until the end of the round.
                            }
                        });
            }
            threads.join();
            assertEquals(1, joined.size());
            joined.get(0).close();
        }
    }

    @Test
    void oneThatWasHalfMadeIsCompleted() throws Exception {
        Path directory = Files.createDirectory(parent.resolve("nodes"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.createFile(directory.resolve("locks"));
        Files.write(directory.resolve("nodes.tmp"), new byte[10]);
        try (Node node = Node.join(directory, "a")) {
            assertEquals(List.of("a"), node.nodes());
            assertFalse(Files.exists(directory.resolve("nodes.tmp")));
        }
    }

    /** What the file says of an owner that was killed is not believed: its lock is free. */
    @Test
    void theEntryOfAnOwnerThatWasKilledIsNotTrusted() throws Exception {
        Path directory = parent.resolve("nodes");
        try (Node node = Node.join(directory, "a");
                ChildJvm child = ChildJvm.start(NodeSelectTest.Mortal.class, directory)) {
            child.expectLine("joined mortal");
            assertEquals(List.of("a", "mortal"), node.nodes());
            child.kill();
            assertEquals(List.of("a"), node.nodes());
            assertFalse(node.awaitNode("mortal", Duration.ZERO));
            assertThrows(NoSuchNodeException.class, () -> node.trySend("mortal", new byte[1]));
            try (Node successor = Node.join(directory, "mortal")) {
                node.send("mortal", new byte[1]);
                assertEquals(1, successor.receive(IGNORED, 1));
            }
        }
    }
}
