package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pipe's messages are received in Netty's event loop, which sleeps in its own selector. */
@Timeout(60)
class NettyEventLoopTest {
    private static final int MESSAGES = 1_000;

    private final CompletableFuture<Integer> all = new CompletableFuture<>();
    private int count;

    private void onReadable(EventLoop loop, PipeReceiver receiver) {
        assertTrue(loop.inEventLoop());
        while (receiver.poll((memory, offset, length) -> count++, 64) > 0) {}
        if (receiver.isEndOfStream()) {
            all.complete(count);
        } else {
            receiver.onReadable(loop, () -> onReadable(loop, receiver));
        }
    }

    @Test
    void theLoopReceivesAllMessagesAndTheEnd() throws Exception {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver receiver = pipe.receiver()) {
            EventLoop loop = group.next();
            receiver.onReadable(loop, () -> onReadable(loop, receiver));
            try (PipeSender sender = pipe.sender()) {
                for (int i = 0; i < MESSAGES; i++) {
                    sender.send(new byte[64]);
                }
            }
            assertEquals(MESSAGES, all.get(30, TimeUnit.SECONDS));
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(30, TimeUnit.SECONDS);
        }
    }
}
