package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a named pipe: what it survives, what its ends wait for, what is redelivered. */
@Timeout(120)
class PipeLifecycleTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    /** Receives messages, and halts its JVM in the handler of a given one. */
    static final class KilledReceiver {
        public static void main(String[] arguments) throws Exception {
            PipeReceiver receiver = Pipe.open(Path.of(arguments[0])).receiver();
            int deadly = Integer.parseInt(arguments[1]);
            MessageHandler handler =
                    (memory, offset, length) -> {
                        int number = memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset);
                        System.out.println(number + " " + receiver.deliveryAttempt());
                        if (number == deadly) {
                            Runtime.getRuntime().halt(9);
                        }
                    };
            while (receiver.receive(handler, 100) > 0) {}
        }
    }

    private Path path() {
        return directory.resolve("pipe");
    }

    private static <T> FutureTask<T> start(java.util.concurrent.Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3,1", "1,2", "3,2"})
    void unreadMessagesOutliveAllEnds(int senders, int receivers) throws Exception {
        Pipe.create(path(), PipeSpec.bounded().senders(senders).receivers(receivers));
        for (int i = 0; i < 5; i++) {
            try (PipeSender sender = Pipe.open(path()).sender()) {
                sender.send(new byte[] {(byte) i});
            }
        }
        for (int i = 0; i < 4; i++) {
            try (PipeReceiver receiver = Pipe.open(path()).receiver()) {
                assertEquals(i, receiver.receive(DEADLINE)[0]);
            }
        }
        try (PipeReceiver receiver = Pipe.open(path()).receiver()) {
            assertEquals(4, receiver.receive(DEADLINE)[0]);
            assertNull(receiver.receive(DEADLINE));
            assertTrue(receiver.isEndOfStream());
            try (PipeSender sender = Pipe.open(path()).sender()) {
                sender.send(new byte[] {5});
                assertEquals(5, receiver.receive(DEADLINE)[0]);
                assertFalse(receiver.isEndOfStream());
            }
        }
        assertTrue(Pipe.delete(path()));
        assertFalse(Pipe.delete(path()));
    }

    /** The messages name the pipe, and none of its files. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aHandleOfADeletedPipeTellsSo(int senders) throws Exception {
        Pipe pipe = Pipe.create(path(), PipeSpec.bounded().senders(senders));
        try (PipeSender sender = pipe.sender()) {
            assertTrue(Pipe.delete(path()));
            String deleted = path() + ": the pipe was deleted: ";
            for (Executable call : List.<Executable>of(pipe::sender, pipe::receiver)) {
                String message = assertThrows(NoSuchFileException.class, call).getMessage();
                assertTrue(message.startsWith(deleted), message);
            }
            String message = assertThrows(NoSuchFileException.class, pipe::statistics).getMessage();
            assertTrue(message.startsWith(deleted), message);
        }
        Pipe.create(path(), PipeSpec.bounded().senders(senders));
        String message = assertThrows(InvalidPipeException.class, pipe::receiver).getMessage();
        assertTrue(message.startsWith(path() + ": "), message);
        assertTrue(message.contains("another pipe under this name"), message);
    }

    @Test
    void openWaitsForThePipeToBeMade() throws Exception {
        assertThrows(NoSuchFileException.class, () -> Pipe.open(path(), Duration.ofMillis(20)));
        FutureTask<Pipe> opening = start(() -> Pipe.open(path(), DEADLINE));
        Pipe made = Pipe.create(path(), PipeSpec.bounded().senders(1));
        assertEquals(made.path(), opening.get(30, TimeUnit.SECONDS).path());
    }

    @Test
    void anEndWaitsForAPeer() throws Exception {
        Pipe pipe = Pipe.create(path(), PipeSpec.bounded().senders(1));
        try (PipeSender sender = pipe.sender()) {
            assertFalse(sender.awaitReceiver(Duration.ofMillis(20)));
            FutureTask<Boolean> waiting = start(() -> sender.awaitReceiver(DEADLINE));
            try (PipeReceiver receiver = pipe.receiver()) {
                assertTrue(waiting.get(30, TimeUnit.SECONDS));
                assertTrue(receiver.awaitSender(Duration.ZERO));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void whatAReceiverHadTakenWhenItDiedComesAgainMarkedOrNotAtAll(Delivery delivery)
            throws Exception {
        for (int receivers = 1; receivers <= 2; receivers++) {
            Path path = directory.resolve("pipe" + receivers);
            Pipe pipe =
                    Pipe.create(
                            path,
                            PipeSpec.bounded().senders(1).receivers(receivers).delivery(delivery));
            try (PipeSender sender = pipe.sender()) {
                for (int i = 0; i < 6; i++) {
                    sender.send(new byte[] {(byte) i});
                }
                int deaths = delivery == Delivery.AT_LEAST_ONCE ? 3 : 1;
                for (int death = 0; death < deaths; death++) {
                    try (ChildJvm child = ChildJvm.start(KilledReceiver.class, path, 2)) {
                        assertEquals(9, child.waitFor());
                    }
                }
                List<String> seen = new ArrayList<>();
                try (PipeReceiver receiver = pipe.receiver()) {
                    MessageHandler handler =
                            (memory, offset, length) ->
                                    seen.add(
                                            memory.get(
                                                            java.lang.foreign.ValueLayout.JAVA_BYTE,
                                                            offset)
                                                    + " "
                                                    + receiver.deliveryAttempt());
                    while (seen.isEmpty() || !seen.get(seen.size() - 1).equals("5 0")) {
                        assertTrue(receiver.receive(handler, 10, DEADLINE) > 0, seen::toString);
                    }
                }
                List<String> expected =
                        delivery == Delivery.AT_MOST_ONCE
                                ? List.of("3 0", "4 0", "5 0")
                                : List.of("2 3", "3 0", "4 0", "5 0");
                assertEquals(expected, seen, receivers + " receivers");
            }
        }
    }
}
