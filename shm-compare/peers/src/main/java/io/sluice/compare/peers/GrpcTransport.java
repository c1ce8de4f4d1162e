package io.sluice.compare.peers;

import io.grpc.CallOptions;
import io.grpc.Detachable;
import io.grpc.Drainable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ManualIoEventLoop;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.Handshake;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.NamedTransport;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Traits;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * gRPC over a Unix domain socket: one call that streams both ways, without protobuf, and with as
 * few copies as its API allows. The end's own thread runs the event loop, as the code of a service
 * with a direct executor does: no message passes from one thread to another.
 */
public final class GrpcTransport extends NamedTransport {
    private static final String SERVICE = "link";

    /** Warns at each connection that a Unix domain socket has no keep-alive. */
    private static final Logger BOOTSTRAP =
            Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    private static final String LISTENING = "listening";
    private static final long OPENING_NS = TimeUnit.SECONDS.toNanos(60);

    /** How long a close may wait for the other end: all that was sent is in the kernel by then. */
    private static final long CLOSING_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long ROUND_NS = 1_000_000;

    /** The library's own defaults; the first would otherwise adapt itself. */
    private static final int WINDOW = 1 << 20;

    private static final int LONGEST = 4 << 20;

    private static final MethodDescriptor.Marshaller<InputStream> AS_IT_IS =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(InputStream message) {
                    return message;
                }

                @Override
                public InputStream parse(InputStream message) {
                    return ((Detachable) message).detach();
                }
            };

    private static final MethodDescriptor<InputStream, InputStream> METHOD =
            MethodDescriptor.newBuilder(AS_IT_IS, AS_IT_IS)
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "messages"))
                    .build();

    /** Creates it. */
    public GrpcTransport() {
        super(
                "grpc.uds",
                Waiting.BLOCK,
                "gRPC over a Unix domain socket: a call that streams both ways, no protobuf; the"
                        + " end's thread runs the event loop");
    }

    @Override
    public Optional<String> unavailable() {
        return Epoll.isAvailable()
                ? Optional.empty()
                : Optional.of("gRPC's Netty has no epoll here: " + Epoll.unavailabilityCause());
    }

    /** Returns the access to memory that Netty makes of Unsafe, for its buffers. */
    @Override
    public List<String> jvmOptions() {
        return List.of("--sun-misc-unsafe-memory-access=allow");
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new Traits.Limit(LONGEST, "the library's default for what it accepts"),
                new Traits.Capacity(
                        0,
                        WINDOW,
                        "The sender runs the loop until the kernel takes the message; the"
                                + " receiver's window is 1 MiB, the library's default."),
                new Traits.Cost(
                        3,
                        List.of(),
                        List.of(),
                        "Netty's own calls, which are not counted here. A message above an HTTP/2"
                                + " frame of 16 KiB is copied once more."),
                new Traits.Ending(
                        true,
                        "The call ends, at once.",
                        "The socket's name, in the run's directory, which the coordinator removes.",
                        "Until the last descriptor is closed."));
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        BOOTSTRAP.setLevel(Level.SEVERE);
        GrpcLink link = new GrpcLink(size);
        DomainSocketAddress name = new DomainSocketAddress(directory.resolve("socket").toFile());
        if (role == Role.INITIATOR) {
            Handshake.await(directory, LISTENING);
            link.call(name);
        } else {
            link.serve(name);
            Handshake.publish(directory, LISTENING, "");
        }
        link.runUntil(() -> link.ended || link.isReady(), OPENING_NS);
        if (!link.isReady()) {
            link.close();
            throw new IOException("the other end did not connect in " + OPENING_NS + " ns");
        }
        return link;
    }

    /** What is sent: a copy of its array goes to the library. */
    private static final class Outgoing extends ByteArrayInputStream
            implements KnownLength, Drainable {
        Outgoing(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            return (int) transferTo(target);
        }
    }

    private static final class GrpcLink implements Link, StreamObserver<InputStream> {
        private final ManualIoEventLoop loop =
                new ManualIoEventLoop(Thread.currentThread(), EpollIoHandler.newFactory());
        private final EventLoopGroup listening =
                new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        private final Queue<InputStream> received = new ArrayDeque<>();
        private final MemorySegment message;
        private final Outgoing outgoing;
        private ManagedChannel channel;
        private Server server;
        private CallStreamObserver<InputStream> out;
        private boolean ended;

        GrpcLink(int size) {
            byte[] bytes = new byte[size];
            message = MemorySegment.ofArray(bytes);
            outgoing = new Outgoing(bytes);
        }

        // What was sent leaves only while the loop runs: with this threshold a sender waits for it.
        void call(DomainSocketAddress name) {
            channel =
                    NettyChannelBuilder.forAddress(name)
                            .eventLoopGroup(loop)
                            .channelType(EpollDomainSocketChannel.class)
                            .overrideAuthority("localhost")
                            .usePlaintext()
                            .directExecutor()
                            .disableRetry() // It keeps messages.
                            .flowControlWindow(WINDOW)
                            .build();
            CallOptions options = CallOptions.DEFAULT.withOnReadyThreshold(1);
            out =
                    (CallStreamObserver<InputStream>)
                            ClientCalls.asyncBidiStreamingCall(
                                    channel.newCall(METHOD, options), this);
        }

        void serve(DomainSocketAddress name) throws IOException {
            server =
                    NettyServerBuilder.forAddress(name)
                            .bossEventLoopGroup(listening)
                            .workerEventLoopGroup(loop)
                            .channelType(EpollServerDomainSocketChannel.class)
                            .directExecutor()
                            .flowControlWindow(WINDOW)
                            .addService(
                                    ServerServiceDefinition.builder(SERVICE)
                                            .addMethod(
                                                    METHOD,
                                                    ServerCalls.asyncBidiStreamingCall(
                                                            this::answer))
                                            .build())
                            .build()
                            .start();
        }

        private StreamObserver<InputStream> answer(StreamObserver<InputStream> answers) {
            var call = (ServerCallStreamObserver<InputStream>) answers;
            call.setOnReadyThreshold(1);
            call.setOnCancelHandler(this::onCompleted);
            out = call;
            return this;
        }

        boolean isReady() {
            return out != null && out.isReady();
        }

        void runUntil(BooleanSupplier done, long limitNs) {
            long deadline = System.nanoTime() + limitNs;
            while (!done.getAsBoolean() && System.nanoTime() - deadline < 0) {
                loop.run(ROUND_NS);
            }
        }

        @Override
        public void onNext(InputStream message) {
            received.add(message);
        }

        @Override
        public void onError(Throwable cause) {
            ended = true;
        }

        @Override
        public void onCompleted() {
            ended = true;
        }

        private void awaitEvent() throws EOFException {
            if (ended) {
                throw new EOFException("the other end is gone");
            }
            loop.run(0);
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            payload.write(message, 0, sequence);
            outgoing.reset();
            out.onNext(outgoing);
            do {
                awaitEvent();
            } while (!out.isReady());
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            while (received.isEmpty()) {
                awaitEvent();
            }
            for (int i = 0; i < limit && !received.isEmpty(); i++) {
                try (InputStream next = received.remove()) {
                    int length = next.available();
                    ByteBuffer whole = ((HasByteBuffer) next).getByteBuffer();
                    if (whole == null || whole.remaining() < length) {
                        whole = ByteBuffer.wrap(next.readAllBytes());
                    }
                    payload.verify(MemorySegment.ofBuffer(whole), 0, length);
                }
            }
        }

        @Override
        public long capacity() {
            return WINDOW;
        }

        @Override
        public void close() {
            if (loop.isTerminated()) {
                return;
            }
            if (out != null) {
                out.onCompleted();
            }
            if (channel != null) {
                channel.shutdown();
                runUntil(channel::isTerminated, CLOSING_NS);
                channel.shutdownNow();
            } else if (server != null) {
                server.shutdown();
                runUntil(server::isTerminated, CLOSING_NS);
                server.shutdownNow();
            }
            listening.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            while (!loop.isTerminated()) {
                loop.runNow();
            }
        }
    }
}
