package io.sluice.compare.peers;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.GlobalSegment;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.NamedTransport;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Traits;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Aeron's IPC, a publication each way, claimed in place and read in place, spinning. Its media
 * driver is a process of its own, so that its CPU time can be measured separately. As in Aeron's
 * own settings for low latency, all memory of the logs is there before the first message.
 */
public class AeronTransport extends NamedTransport {
    private static final String DRIVER = "aeron";
    private static final int THERE = 1;
    private static final int BACK = 2;
    private static final int HEAD = 32;
    private static final long TIMEOUT_SECONDS = 10;

    private final int term;
    private final int mtu;

    /** Creates it, with the largest MTU that there is, so that a message is one fragment. */
    public AeronTransport() {
        this("aeron.ipc", 16 << 20, 65504, "");
    }

    private AeronTransport(String id, int term, int mtu, String memory) {
        super(
                id,
                Waiting.SPIN,
                "Aeron IPC, tryClaim on exclusive publications, both ends spinning" + memory);
        this.term = term;
        this.mtu = mtu;
    }

    /** Aeron's IPC with as much memory as our pipes have: 64 KiB may be in flight each way. */
    public static final class SameMemory extends AeronTransport {
        /** Creates it; a message is at most an eighth of a term. */
        public SameMemory() {
            super(
                    "aeron.ipc.64k",
                    128 << 10,
                    16 << 10,
                    "; 64 KiB in flight, freed when the driver has its turn");
        }
    }

    @Override
    public List<String> jvmOptions() {
        return AgronaTransport.JVM_OPTIONS;
    }

    @Override
    public Traits traits() {
        return new Traits(
                Traits.Boundaries.MESSAGES,
                new Traits.Limit(mtu - HEAD, "what goes in one fragment"),
                new Traits.Capacity(
                        0,
                        term / 2,
                        "A claim fails, and is tried again; the driver moves the limit."),
                new Traits.Cost(
                        0,
                        List.of(),
                        List.of(),
                        "The media driver, a process of its own with one thread that sleeps between"
                                + " its rounds, makes calls that are not counted here; its CPU time"
                                + " belongs to both ends."),
                new Traits.Ending(
                        false,
                        "The driver tells after its timeout of seconds: a publication is not"
                                + " connected any more.",
                        "The driver's directory, in the run's, which the coordinator removes; the"
                                + " coordinator ends the driver.",
                        "As long as the driver's files, but not beyond the machine's end."));
    }

    @Override
    public boolean supportsBatches() {
        return true;
    }

    @Override
    public Prepared prepare(Path directory) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms64m", "-Xmx64m", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
        command.addAll(jvmOptions());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(DriverProcess.class.getName());
        command.add(directory.resolve(DRIVER).toString());
        command.addAll(List.of(String.valueOf(term), String.valueOf(mtu)));
        Process driver =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Runnable end = () -> driver.destroyForcibly().onExit().join();
        String line = driver.inputReader().readLine();
        if (!DriverProcess.READY.equals(line)) {
            end.run();
            throw new IOException("the media driver did not start: " + line);
        }
        return new Prepared("-", () -> {}, end, List.of(driver.pid()));
    }

    /** The media driver's process. Exits with the coordinator, whose pipe is its input. */
    static final class DriverProcess {
        static final String READY = "ready";

        private DriverProcess() {}

        /**
         * Runs until its input ends.
         *
         * @param arguments the driver's directory, the length of terms, the MTU
         * @throws IOException if its input fails
         */
        public static void main(String[] arguments) throws IOException {
            MediaDriver.Context context =
                    new MediaDriver.Context()
                            .aeronDirectoryName(arguments[0])
                            .threadingMode(ThreadingMode.SHARED)
                            .ipcTermBufferLength(Integer.parseInt(arguments[1]))
                            .ipcMtuLength(Integer.parseInt(arguments[2]))
                            .termBufferSparseFile(false)
                            .dirDeleteOnStart(true)
                            .dirDeleteOnShutdown(true);
            MediaDriver driver = MediaDriver.launch(context);
            try {
                System.out.println(READY);
                while (System.in.read() >= 0) {}
            } finally {
                driver.close();
            }
        }
    }

    @Override
    public Link open(Role role, Path directory, String address, int size) throws IOException {
        Aeron aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .preTouchMappedMemory(true)
                                .aeronDirectoryName(directory.resolve(DRIVER).toString()));
        boolean initiator = role == Role.INITIATOR;
        String channel = CommonContext.IPC_CHANNEL;
        Subscription in = aeron.addSubscription(channel, initiator ? BACK : THERE);
        ExclusivePublication out = aeron.addExclusivePublication(channel, initiator ? THERE : BACK);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!out.isConnected() || !in.isConnected()) {
            if (System.nanoTime() > deadline) {
                aeron.close();
                throw new IOException("the other end did not connect in " + TIMEOUT_SECONDS + " s");
            }
            Thread.yield();
        }
        return new AeronLink(aeron, out, in);
    }

    private static final class AeronLink implements Link {
        private final Aeron aeron;
        private final ExclusivePublication out;
        private final Subscription in;
        private final BufferClaim claim = new BufferClaim();
        private Payload payload;
        private final FragmentHandler check =
                (buffer, offset, length, header) ->
                        payload.verify(GlobalSegment.ALL, buffer.addressOffset() + offset, length);

        AeronLink(Aeron aeron, ExclusivePublication out, Subscription in) {
            this.aeron = aeron;
            this.out = out;
            this.in = in;
        }

        @Override
        public void send(Payload payload, long sequence) throws IOException {
            long position;
            while ((position = out.tryClaim(payload.size(), claim)) < 0) {
                if (position == Publication.CLOSED || position == Publication.NOT_CONNECTED) {
                    throw new EOFException("the other end is gone");
                }
                Thread.onSpinWait();
            }
            long at = claim.buffer().addressOffset() + claim.offset();
            payload.write(GlobalSegment.ALL, at, sequence);
            claim.commit();
        }

        @Override
        public void receive(Payload payload, int limit) throws IOException {
            this.payload = payload;
            while (in.poll(check, limit) == 0) {
                if (!in.isConnected()) {
                    throw new EOFException("the other end is gone");
                }
                Thread.onSpinWait();
            }
        }

        @Override
        public long capacity() {
            return out.termBufferLength() / 2;
        }

        @Override
        public long memory() {
            return 3L * out.termBufferLength();
        }

        @Override
        public void close() {
            aeron.close();
        }
    }
}
