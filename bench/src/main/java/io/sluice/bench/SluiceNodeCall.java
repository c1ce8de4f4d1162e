package io.sluice.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.sluice.EndOptions;
import io.sluice.Node;
import io.sluice.NodeHandler;
import io.sluice.NodeMessage;
import io.sluice.NodeOptions;
import io.sluice.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** A call of one node to another, which both spin. */
final class SluiceNodeCall implements CallSubject {
    private static final String SERVER = "server";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final NodeOptions SPINNING =
            NodeOptions.defaults()
                    .capacity(ByteSubjects.CAPACITY)
                    .waiting(EndOptions.latency().withIdleStrategy(BusySpinIdleStrategy.INSTANCE));

    private final MemorySegment request = Arena.ofAuto().allocate(SIZE, 128);
    private final NodeHandler handler = SluiceNodeCall::reply;
    private final Path directory;
    private final Node asker;
    private final Node server;

    SluiceNodeCall() {
        try {
            directory = TemporaryDirectories.create();
            asker = Node.join(directory.resolve("nodes"), "asker", SPINNING);
            server = Node.join(directory.resolve("nodes"), SERVER, SPINNING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void reply(NodeMessage message, MemorySegment memory, long offset, int length) {
        try {
            if (sumOfRest(memory, offset) != 0 || !message.reply(memory, offset, length)) {
                throw new IllegalStateException("the asker has gone, or sends other requests");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long sumOfRest(MemorySegment memory, long offset) {
        return memory.get(JAVA_LONG_UNALIGNED, offset + 8)
                + memory.get(JAVA_LONG_UNALIGNED, offset + 16)
                + memory.get(JAVA_LONG_UNALIGNED, offset + 24);
    }

    @Override
    public long call(long number, Counterpart counterpart) {
        request.set(JAVA_LONG_UNALIGNED, 0, number);
        try {
            Reply reply = asker.call(SERVER, request, 0, SIZE, TIMEOUT);
            if (!reply.isReplied()) {
                counterpart.check();
                throw new IllegalStateException("no reply: " + reply.outcome());
            }
            return reply.memory().get(JAVA_LONG_UNALIGNED, 0) + sumOfRest(reply.memory(), 0);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int serve() {
        return server.poll(handler, 16);
    }

    @Override
    public void close() {
        asker.close();
        server.close();
        TemporaryDirectories.delete(directory);
    }
}
