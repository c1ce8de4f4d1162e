package io.sluice.compare.peers;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.FixedLengthFrameDecoder;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.GlobalSegment;
import io.sluice.compare.transport.Handshake;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.NamedTransport;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Traits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Netty's native epoll transport over a Unix domain socket. The end's own thread runs the event
 * loop, as a handler's code does: no message passes from one thread to another.
 */
public final class NettyTransport extends NamedTransport {
    private static final long TIMEOUT_SECONDS = 60;
    private static final String LISTENING = "listening";
    private static final long ROUND_NS = 1_000_000;

    /** Creates it. */
    public NettyTransport() {
        super(
                "netty.uds",
                Waiting.BLOCK,
                "Netty's epoll transport over a Unix domain socket; the end's thread runs the event"
                        + " loop");
    }

    @Override
    public Optional<String> unavailable() {
        return Epoll.isAvailable()
                ? Optional.empty()
                : Optional.of("Netty has no epoll here: " + Epoll.unavailabilityCause());
    }

    /** Returns the access to memory that Netty makes of Unsafe, for its buffers. */
    @Override
    public List<String> jvmOptions() {
        return List.of("--sun-misc-unsafe-memory-access=allow");
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.STREAM,
                Traits.Limit.NONE,
                new Traits.Capacity(
                        0, 212992, "The sender runs the loop until the kernel takes the message."),
                new Traits.Cost(
                        2, List.of(), List.of(), "Netty's own calls, which are not counted here."),
                new Traits.Ending(
                        true,
                        "The channel becomes inactive, at once.",
                        "The socket's name, in the run's directory, which the coordinator removes.",
                        "Until the last descriptor is closed."));
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        NettyLink link = new NettyLink(size);
        DomainSocketAddress name = new DomainSocketAddress(directory.resolve("socket").toFile());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        if (role == Role.INITIATOR) {
            Bootstrap client =
                    new Bootstrap()
                            .group(link.loop)
                            .channel(EpollDomainSocketChannel.class)
                            .handler(link.initializer());
            Handshake.await(directory, LISTENING);
            link.await(client.connect(name), deadline);
        } else {
            ServerBootstrap server =
                    new ServerBootstrap()
                            .group(link.loop)
                            .channel(EpollServerDomainSocketChannel.class)
                            .childHandler(link.initializer());
            ChannelFuture listening = link.await(server.bind(name), deadline);
            Handshake.publish(directory, LISTENING, "");
            while (listening.isSuccess() && !link.isActive() && link.run(deadline)) {}
            link.await(listening.channel().close(), deadline);
        }
        if (!link.isActive()) {
            link.close();
            throw new IOException("the other end did not connect in " + TIMEOUT_SECONDS + " s");
        }
        return link;
    }

    private static final class NettyLink extends ChannelInboundHandlerAdapter implements Link {
        private final ManualIoEventLoop loop =
                new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
        private final Queue<ByteBuf> received = new ArrayDeque<>();
        private final int size;
        private Channel channel;

        NettyLink(int size) {
            this.size = size;
        }

        ChannelInitializer<Channel> initializer() {
            return new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel added) {
                    added.pipeline().addLast(new FixedLengthFrameDecoder(size), NettyLink.this);
                }
            };
        }

        boolean isActive() {
            return channel != null && channel.isActive();
        }

        /** Runs the loop once; returns whether there is time left. */
        boolean run(long deadline) {
            loop.run(ROUND_NS);
            return System.nanoTime() < deadline;
        }

        ChannelFuture await(ChannelFuture future, long deadline) {
            while (!future.isDone() && run(deadline)) {}
            return future;
        }

        private void awaitEvent() throws EOFException {
            if (!channel.isActive()) {
                throw new EOFException("the other end is gone");
            }
            loop.run(0);
        }

        // What is queued leaves only while the loop runs: a sender waits for it.
        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 1));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            received.add((ByteBuf) message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            ByteBuf message = channel.alloc().directBuffer(size);
            payload.write(GlobalSegment.ALL, message.memoryAddress(), sequence);
            channel.writeAndFlush(message.writerIndex(size), channel.voidPromise());
            while (!channel.isWritable()) {
                awaitEvent();
            }
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            while (received.isEmpty()) {
                awaitEvent();
            }
            for (int i = 0; i < limit && !received.isEmpty(); i++) {
                ByteBuf message = received.remove();
                long at = message.memoryAddress() + message.readerIndex();
                payload.verify(GlobalSegment.ALL, at, message.readableBytes());
                message.release();
            }
        }

        @Override
        public long capacity() {
            return ((EpollDomainSocketChannel) channel).config().getSendBufferSize();
        }

        @Override
        public void close() {
            if (channel != null) {
                channel.close();
            }
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            while (!loop.isTerminated()) {
                loop.runNow();
            }
        }
    }
}
