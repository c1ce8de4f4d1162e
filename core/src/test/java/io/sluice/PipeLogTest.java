package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.pipe.storage.PipeFiles;
import io.sluice.ring.LaneDescriptor;
import io.sluice.user.EventScenario;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator must know is logged, once for each pipe. */
@Timeout(120)
class PipeLogTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final byte[] MESSAGE = {1, 2, 3};

    @TempDir Path directory;

    private CapturedLog log;

    @BeforeEach
    void listen() {
        log = new CapturedLog(message -> message.startsWith(directory.toString())); // Of this test.
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private String only(String level, Pipe pipe) {
        assertEquals(1, log.lines.size(), log.lines::toString);
        String line = log.lines.getFirst();
        assertTrue(line.startsWith(level + ": " + pipe.path() + ": "), line);
        return line;
    }

    private static void takeAndDie(Pipe pipe) throws Exception {
        try (ChildJvm taker = ChildJvm.start(EventScenario.Taker.class, pipe.path())) {
            taker.expectLine("taken");
            taker.kill();
        }
    }

    @Test
    void theMessagesOfADeadReceiverOfSeveralAreLoggedOnce() throws Exception {
        Path path = directory.resolve("several");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).receivers(2));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int i = 0; i < 2; i++) {
                sender.send(MESSAGE);
                takeAndDie(pipe);
                assertNotNull(receiver.receive(DEADLINE), pipe::toString);
            }
            String line = only("WARNING", pipe);
            assertTrue(line.contains("receiver 1 (process "), line);
            assertTrue(line.endsWith("taken and not finished are delivered again: 1"), line);
        }
    }

    @Test
    void theMessagesOfTheOnlyReceiverAreLogged() throws Exception {
        Path path = directory.resolve("one");
        PipeSpec spec = PipeSpec.bounded(4096).senders(1).retainWithoutReceivers(true);
        try (Pipe pipe = Pipe.create(path, spec);
                PipeSender sender = pipe.sender()) {
            sender.send(MESSAGE);
            takeAndDie(pipe);
            try (PipeReceiver receiver = pipe.receiver()) {
                assertNotNull(receiver.receive(DEADLINE), pipe::toString);
            }
            String line = only("WARNING", pipe);
            assertTrue(
                    line.endsWith(
                            "earlier receiver had taken and not finished are delivered again: 1"),
                    line);
        }
    }

    @Test
    void aDeathWithoutMessagesIsNotLogged() throws Exception {
        Path path = directory.resolve("finished");
        PipeSpec spec = PipeSpec.bounded(4096).senders(1).delivery(Delivery.AT_MOST_ONCE);
        try (Pipe pipe = Pipe.create(path, spec.retainWithoutReceivers(true));
                PipeSender sender = pipe.sender()) {
            sender.send(MESSAGE);
            takeAndDie(pipe);
            try (PipeReceiver receiver = pipe.receiver()) {
                assertNull(receiver.receive(Duration.ofMillis(1)), pipe::toString);
            }
            assertEquals(List.of(), log.lines);
        }
    }

    @Test
    void droppedMessagesOfADeadReceiverAreLoggedAsSuch() throws Exception {
        Path path = directory.resolve("most");
        PipeSpec spec = PipeSpec.bounded(4096).receivers(2).delivery(Delivery.AT_MOST_ONCE);
        try (Pipe pipe = Pipe.create(path, spec);
                PipeReceiver receiver = pipe.receiver()) {
            try (PipeSender sender = pipe.sender()) {
                sender.send(MESSAGE);
                takeAndDie(pipe);
            }
            assertNull(receiver.receive(DEADLINE), pipe::toString);
            assertTrue(receiver.isEndOfStream());
            assertTrue(only("WARNING", pipe).endsWith(" not finished are dropped: 1"));
        }
    }

    @Test
    void corruptionIsLoggedOnce() throws Exception {
        Path path = directory.resolve("corrupt");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            sender.send(MESSAGE);
            EventScenario.overwrite(path);
            for (int i = 0; i < 3; i++) {
                assertThrows(ChannelCorruptedException.class, receiver::tryReceive);
            }
            String line = only("SEVERE", pipe);
            assertTrue(line.contains(": corrupt: the record word at position 0"), line);
        }
    }

    @Test
    void corruptionThatAnEndFindsWhenItAttachesIsLogged() throws Exception {
        Path path = directory.resolve("corrupt");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1))) {
            pipe.sender().close();
            try (FileChannel lane =
                    FileChannel.open(path.resolve(PipeFiles.LANE), StandardOpenOption.WRITE)) {
                ByteBuffer impossible = ByteBuffer.allocate(8).put(0, (byte) 3);
                lane.write(impossible, LaneDescriptor.RECEIVER_POSITION_OFFSET);
            }
            for (int i = 0; i < 2; i++) {
                assertThrows(ChannelCorruptedException.class, pipe::receiver);
            }
            only("SEVERE", pipe);
        }
    }

    @Test
    void aLaneThatIsGivenUpIsLoggedOnce() throws Exception {
        Path path = directory.resolve("lanes");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(2));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            sender.send(MESSAGE);
            EventScenario.overwrite(path);
            assertThrows(ChannelCorruptedException.class, receiver::tryReceive);
            assertNull(receiver.tryReceive());
            String line = only("SEVERE", pipe);
            assertTrue(line.contains("given up a corrupt lane"), line);
            assertTrue(line.contains(": lane 0 (of process "), line);
        }
    }
}
