package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A message with which receivers die goes to a second pipe. */
@Timeout(120)
class DeadLetterTest {
    private static final int ATTEMPTS = 2;
    private static final long POISON = -1;

    @TempDir Path directory;

    /** Receives until the message is one that kills it. */
    static final class ChildThatDies {
        public static void main(String[] args) throws Exception {
            try (Pipe pipe = Pipe.open(Path.of(args[0]));
                    PipeReceiver receiver = pipe.receiver()) {
                while (true) {
                    receiver.receive(
                            (memory, offset, length) -> {
                                if (memory.get(ValueLayout.JAVA_LONG, offset) == POISON) {
                                    Runtime.getRuntime().halt(9);
                                }
                            },
                            1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Ends.class)
    void aMessageWithWhichReceiversDieIsGivenUp(Ends receivers) throws Exception {
        Path path = directory.resolve("pipe");
        try (Pipe pipe =
                        Pipe.create(
                                path,
                                PipeSpec.bounded(4096)
                                        .senders(1)
                                        .receivers(receivers)
                                        .retainWithoutReceivers(true));
                Pipe dead = Pipe.anonymous(PipeSpec.bounded(8192).senders(1));
                PipeSender toDead = dead.sender();
                PipeReceiver fromDead = dead.receiver();
                Sender<Long> sender = Codec.longs().sender(pipe.sender())) {
            sender.send(1L);
            sender.send(POISON);
            sender.send(2L);
            for (int i = 0; i < ATTEMPTS; i++) {
                try (ChildJvm child = ChildJvm.start(ChildThatDies.class, path)) {
                    assertEquals(9, child.waitFor());
                }
            }
            while (toDead.trySend(new byte[0])) {}
            List<Long> handled = new ArrayList<>();
            try (PipeReceiver receiver = pipe.receiver()) {
                ControlledMessageHandler handler =
                        new DeadLetterHandler(
                                receiver,
                                ATTEMPTS,
                                (memory, offset, length) ->
                                        handled.add(memory.get(ValueLayout.JAVA_LONG, offset)),
                                toDead);
                TestThreads threads = new TestThreads(handled);
                int[] polls = new int[1];
                // It is not lost while the other pipe is full: it comes again.
                threads.spinUntil(
                        () -> {
                            receiver.controlledPoll(handler, 1);
                            return ++polls[0] > 1000;
                        });
                assertTrue(!handled.contains(POISON), handled::toString);
                while (fromDead.tryReceive() != null) {}
                threads.spinUntil(
                        () -> {
                            receiver.controlledPoll(handler, 1);
                            return handled.contains(2L) && fromDead.poll(this::check, 1) == 1;
                        });
                assertEquals(0, receiver.controlledPoll(handler, 1));
            }
        }
    }

    private void check(java.lang.foreign.MemorySegment memory, long offset, int length) {
        assertEquals(DeadLetterHandler.HEADER_LENGTH + Long.BYTES, length);
        assertEquals(ATTEMPTS, memory.get(ValueLayout.JAVA_LONG, offset));
        assertEquals(POISON, memory.get(ValueLayout.JAVA_LONG, offset + Long.BYTES));
    }

    @Test
    void theNumberOfAttemptsIsChecked() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver receiver = pipe.receiver()) {
            for (int attempts : new int[] {0, 16}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new DeadLetterHandler(
                                        receiver, attempts, (m, o, l) -> {}, (m, o, l, a) -> true));
            }
        }
    }

    @Test
    void aPipeThatCannotCarryEachMessageIsRefused() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new DeadLetterHandler(receiver, 1, (m, o, l) -> {}, sender));
        }
    }
}
