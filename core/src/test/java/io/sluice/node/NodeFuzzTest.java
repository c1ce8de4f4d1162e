package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.CallOutcome;
import io.sluice.InvalidPipeException;
import io.sluice.Node;
import io.sluice.NodeHandler;
import io.sluice.Pipe;
import io.sluice.PipeSender;
import io.sluice.Proof;
import io.sluice.Reply;
import io.sluice.TestThreads;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The headers of messages and the names of a directory, with arbitrary content. */
@Timeout(60)
class NodeFuzzTest {
    private static final int INPUTS = Proof.size(20_000, 200_000);

    @TempDir Path parent;
    private final Random random = new Random(1);

    /** Returns a word that is often near a valid one. */
    private long word() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(8);
            case 2 ->
                    HeaderDescriptor.first(random.nextInt(7), random.nextInt(4), random.nextInt(3));
            default -> HeaderDescriptor.second(random.nextInt(4), random.nextInt(3));
        };
    }

    @Test
    void aHeaderIsAcceptedOnlyIfANodeWritesIt() {
        int accepted = 0;
        for (int i = 0; i < INPUTS; i++) {
            long first = word();
            long second = word();
            int lane = random.nextInt(4);
            boolean sent = HeaderDescriptor.isSent(first, second, lane);
            boolean answer = HeaderDescriptor.isAnswer(first, second);
            assertFalse(sent && answer);
            int kind = HeaderDescriptor.kind(first);
            int slot = HeaderDescriptor.slot(first);
            long generation = HeaderDescriptor.generation(first);
            if (sent || answer) {
                accepted++;
                assertEquals(first, HeaderDescriptor.first(kind, slot, generation));
                assertTrue(generation > 0);
                assertTrue(sent ? kind <= 2 && slot == lane : kind >= 3 && kind <= 5);
                assertEquals(kind == 1, HeaderDescriptor.number(second) == 0);
            }
        }
        assertTrue(accepted > INPUTS / 100, "only " + accepted);
        Proof.INPUTS.add(INPUTS, "");
    }

    @Test
    void theNamesOfADirectoryAreCheckedOrIgnored() {
        long length = RegistryDescriptor.fileLength(4, 4096);
        MemorySegment bytes = Arena.ofAuto().allocate(length, 8);
        for (int i = 0; i < INPUTS; i++) {
            Memory words = Memory.words(bytes);
            words.setLong(RegistryDescriptor.MAGIC_OFFSET, RegistryDescriptor.MAGIC);
            words.setLong(RegistryDescriptor.VERSION_OFFSET, RegistryDescriptor.VERSION);
            words.setLong(RegistryDescriptor.CAPACITY_OFFSET, 4);
            for (int changes = random.nextInt(6); changes >= 0; changes--) {
                words.setLong(8L * random.nextInt(40), word());
            }
            try {
                int capacity = NodeRegistry.checkHeader(Path.of("nodes"), words, length);
                assertTrue(capacity >= 2 && RegistryDescriptor.entryOffset(capacity) <= length);
            } catch (InvalidPipeException e) {
                assertNull(e.getCause());
            }
        }
        Proof.INPUTS.add(INPUTS, "");
    }

    /** A process that writes anything into the pipes of a node, as a member of the same user. */
    @Test
    void aNodeDropsWhatNoNodeWrites() throws Exception {
        Path directory = parent.resolve("nodes");
        Node.join(directory, "zero").close(); // Its lanes are those of the senders below.
        try (Node node = Node.join(directory, "victim");
                Node other = Node.join(directory, "other");
                PipeSender inbox = Pipe.open(directory.resolve("victim.inbox")).sender();
                PipeSender replies = Pipe.open(directory.resolve("victim.replies")).sender()) {
            byte[] message = new byte[40];
            MemorySegment words = MemorySegment.ofArray(message);
            long[] handled = {0};
            for (int i = 0; i < INPUTS / 20; i++) {
                words.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, word());
                words.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, word());
                int length = random.nextInt(message.length);
                while (!inbox.trySend(message, 0, length) | !replies.trySend(message, 0, length)) {
                    node.poll((from, memory, offset, size) -> handled[0]++, 1000);
                }
            }
            while (node.poll((from, memory, offset, size) -> handled[0]++, 1000) > 0) {
                // All of it.
            }
            assertTrue(
                    node.statistics().droppedMessages() > INPUTS / 50,
                    () -> node.statistics() + ", handled " + handled[0]);
            assertEquals(
                    CallOutcome.TIMED_OUT,
                    node.call("other", new byte[0], Duration.ofMillis(1)).outcome());
            assertEquals(1, other.poll((from, memory, offset, size) -> {}, 10));
        }
    }

    @Test
    void anAnswerOfANodeThatWasNotAskedIsDropped() throws Exception {
        Path directory = parent.resolve("nodes");
        Node.join(directory, "other").close(); // Its lane is the one of the answer.
        try (Node asker = Node.join(directory, "asker");
                Node server = Node.join(directory, "server")) {
            callIsNotAnswered(directory, asker, server, asker(1));
        }
    }

    @Test
    void anAnswerToAnotherOwnerOfTheNameIsDropped() throws Exception {
        Path directory = parent.resolve("nodes");
        try (Node server = Node.join(directory, "server"); // Its lane is the one of the answer.
                Node asker = Node.join(directory, "asker")) {
            callIsNotAnswered(directory, asker, server, asker(2));
        }
    }

    private static long asker(int generation) {
        return HeaderDescriptor.first(HeaderDescriptor.REPLY, 1, generation);
    }

    /** Calls, and writes an answer with the number of the request into lane 0 meanwhile. */
    private static void callIsNotAnswered(Path directory, Node asker, Node server, long first)
            throws Exception {
        byte[] answer = new byte[HeaderDescriptor.HEADER_LENGTH];
        MemorySegment words = MemorySegment.ofArray(answer);
        words.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, first);
        words.set(ValueLayout.JAVA_LONG_UNALIGNED, 8, HeaderDescriptor.second(1, 0));
        TestThreads threads = new TestThreads(server);
        NodeHandler handler =
                (message, memory, offset, length) -> {
                    try (PipeSender lane = Pipe.open(directory.resolve("asker.replies")).sender()) {
                        lane.trySend(answer);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    threads.spinUntil(() -> asker.statistics().lateReplies() == 1);
                    message.tryReply(new byte[1]);
                };
        threads.start(() -> server.receive(handler, 1));
        Reply reply = asker.call("server", new byte[0], Duration.ofSeconds(20));
        assertEquals(CallOutcome.REPLIED, reply.outcome());
        assertEquals(1, reply.length());
        threads.join();
    }
}
