package io.sluice.aeron;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.sluice.MessageHandler;
import io.sluice.Pipe;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.agrona.IoUtil;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Measures our ends beside bare Aeron's, with the same settings, between two processes, in turn: a
 * stream and a round trip, over IPC and UDP on loopback; and the bridge beside both. Prints
 * medians. Another process is the media driver.
 *
 * <pre>{@code
 * EndsBesideAeron ROUNDS     // prints the table
 * }</pre>
 */
@SuppressWarnings("try") // Some resources are only to be closed.
public final class EndsBesideAeron {
    private static final long SLICE_NANOS = 250_000_000;

    /** Timed together: the clock counts in steps of 10 ns. */
    private static final int ROUND_TRIPS = 8;

    private static final int MAX_TIMES = 1 << 20;
    private static final int LIMIT = 256;

    /** Slices that do not count: what they measure is not compiled yet. */
    private static final int WARM_UPS = 4;

    private static final long STOP = -1;
    private static final long ECHO = -2;

    /** To the other process, and back. */
    private static String[] channels = {"aeron:ipc", FreePort.channel()};

    private static String[] back = {"aeron:ipc", FreePort.channel()};

    /** The length of a message, in bytes. */
    private static int length;

    private EndsBesideAeron() {}

    /** A pair of ends of one kind: of one process, one out and one in. */
    private record EndPair(BooleanSupplier trySend, IntSupplier poll, UnsafeBuffer message) {}

    /** What was received last, and how many. */
    private static final class Seen {
        private long last;
        private long count;

        void see(long value) {
            last = value;
            count++;
        }
    }

    private static UnsafeBuffer message() {
        return new UnsafeBuffer(ByteBuffer.allocateDirect(length));
    }

    private static EndPair bare(Aeron aeron, String out, int to, String in, int from, Seen seen) {
        Subscription subscription = aeron.addSubscription(in, from);
        ExclusivePublication publication = aeron.addExclusivePublication(out, to);
        UnsafeBuffer message = message();
        FragmentAssembler assembler =
                new FragmentAssembler(
                        (buffer, offset, size, header) -> seen.see(buffer.getLong(offset)));
        return new EndPair(
                () -> publication.offer(message, 0, length) > 0,
                () -> subscription.poll(assembler, LIMIT),
                message);
    }

    private static EndPair ours(Aeron aeron, String out, int to, String in, int from, Seen seen) {
        AeronReceiver receiver = AeronChannels.receiver(aeron, in, from);
        AeronSender sender = AeronChannels.sender(aeron, out, to);
        UnsafeBuffer message = message();
        MemorySegment source = MemorySegment.ofBuffer(message.byteBuffer());
        MessageHandler handler = (memory, offset, size) -> seen.see(memory.get(JAVA_LONG, offset));
        return new EndPair(
                () -> sender.trySend(source, 0, length),
                () -> receiver.poll(handler, LIMIT),
                message);
    }

    /** Opens the ends of a subject, 0 or 1: bare, ours. */
    private static EndPair open(
            int subject, Aeron aeron, String out, String in, int to, Seen seen) {
        int from = to ^ 1; // Of the other process the other way round.
        return subject == 1
                ? ours(aeron, out, to, in, from, seen)
                : bare(aeron, out, to, in, from, seen);
    }

    /** Receives until told to stop; echoes what is a ping; answers the number of others. */
    private static void answer(EndPair ends, Seen seen, IdleStrategy idle) {
        seen.count = 0;
        long begin = 0;
        while (true) {
            if (ends.poll.getAsInt() == 0) {
                idle.idle();
                continue;
            }
            if (begin == 0) {
                begin = System.nanoTime();
            }
            if (seen.last == STOP) {
                double perSecond = (seen.count - 1) * 1e9 / (System.nanoTime() - begin);
                send(ends, (long) perSecond, idle);
                return;
            }
            if (seen.last == ECHO) {
                send(ends, ECHO, idle);
            }
        }
    }

    private static void send(EndPair ends, long value, IdleStrategy idle) {
        ends.message.putLong(0, value);
        while (!ends.trySend.getAsBoolean()) {
            idle.idle();
        }
    }

    /** The other process: answers in the order in which the first one measures. */
    static final class Answering {
        public static void main(String[] args) {
            Path directory = Path.of(args[0]);
            int rounds = Integer.parseInt(args[1]);
            channels = new String[] {args[2], args[3]};
            back = new String[] {args[4], args[5]};
            length = Integer.parseInt(args[6]);
            try (Aeron aeron = client(directory)) {
                for (int c = 0; c < channels.length; c++) {
                    IdleStrategy idle = idle(c);
                    Seen[] seen = {new Seen(), new Seen()};
                    EndPair[] ends = new EndPair[2];
                    for (int s = 0; s < 2; s++) {
                        ends[s] = open(s, aeron, back[c], channels[c], stream(c, s) ^ 1, seen[s]);
                    }
                    for (int i = 0; i < 2 * 2 * (WARM_UPS + rounds); i++) {
                        answer(ends[i % 2], seen[i % 2], idle);
                    }
                }
                System.out.println("done");
                System.in.read();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static int stream(int channel, int subject) {
        return 100 * channel + 10 * subject;
    }

    private static IdleStrategy idle(int channel) {
        // Over UDP the media driver needs a processor, too.
        return channel == 0 ? NoOpIdleStrategy.INSTANCE : YieldingIdleStrategy.INSTANCE;
    }

    private static Aeron client(Path directory) {
        return Aeron.connect(new Aeron.Context().aeronDirectoryName(directory.toString()));
    }

    /** The media driver: of a bridge with the settings of one that is embedded there. */
    static final class MeasuredDriver {
        public static void main(String[] args) throws Exception {
            MediaDriver.Context context =
                    new MediaDriver.Context()
                            .aeronDirectoryName(args[0])
                            .dirDeleteOnStart(true)
                            .dirDeleteOnShutdown(true)
                            .threadingMode(ThreadingMode.SHARED)
                            .sharedIdleStrategy(
                                    args[1].equals("bridge")
                                            ? AeronChannels.backoff()
                                            : new BackoffIdleStrategy(100, 10, 1_000, 1_000_000))
                            .termBufferSparseFile(true)
                            .publicationTermBufferLength(1 << 22)
                            .ipcTermBufferLength(1 << 22);
            try (MediaDriver driver = MediaDriver.launch(context)) {
                System.out.println("ready");
                while (System.in.read() >= 0) {}
            }
        }
    }

    /**
     * Measures and prints.
     *
     * @param args the number of rounds
     */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "sluice-speed-");
        Path driverDirectory = directory.resolve("aeron");
        List<String> flags = new ArrayList<>(ChildProgram.LONG);
        flags.add("-XX:+UseSerialGC");
        for (int bytes : new int[] {32, 1024}) {
            length = bytes;
            double bare;
            try (ChildProgram driver = driver(driverDirectory, flags, "ends")) {
                bare = ends(driverDirectory, flags, rounds);
            }
            try (ChildProgram driver = driver(driverDirectory, flags, "bridge")) {
                bridge(directory, driverDirectory, flags, bare, rounds);
            }
        }
        IoUtil.delete(directory.toFile(), true);
    }

    /** Starts a media driver, which has nothing left of an earlier measurement. */
    private static ChildProgram driver(Path directory, List<String> flags, String use)
            throws IOException {
        ChildProgram driver =
                ChildProgram.startWith(flags, MeasuredDriver.class, directory.toString(), use);
        driver.expectLine("ready");
        return driver;
    }

    /** Measures the ends; returns the rate of bare Aeron over UDP, in M messages/s. */
    private static double ends(Path driver, List<String> flags, int rounds) throws Exception {
        double bare = 0;
        try (ChildProgram other =
                        ChildProgram.startWith(
                                flags,
                                Answering.class,
                                driver.toString(),
                                Integer.toString(rounds),
                                channels[0],
                                channels[1],
                                back[0],
                                back[1],
                                Integer.toString(length));
                Aeron aeron = client(driver)) {
            for (int c = 0; c < channels.length; c++) {
                bare = measure(aeron, c, rounds);
            }
            other.expectLine("done");
        }
        return bare;
    }

    private static double measure(Aeron aeron, int c, int rounds) {
        IdleStrategy idle = idle(c);
        Seen[] seen = {new Seen(), new Seen()};
        EndPair[] ends = new EndPair[2];
        for (int s = 0; s < 2; s++) {
            ends[s] = open(s, aeron, channels[c], back[c], stream(c, s), seen[s]);
        }
        double[][] rates = new double[2][rounds];
        double[][] trips = new double[2][rounds];
        for (int i = -2 * WARM_UPS; i < 2 * rounds; i++) {
            int subject = i & 1;
            rates[subject][Math.max(i / 2, 0)] = stream(ends[subject], seen[subject], idle);
        }
        for (int i = -2 * WARM_UPS; i < 2 * rounds; i++) {
            int subject = i & 1;
            trips[subject][Math.max(i / 2, 0)] = roundTrip(ends[subject], seen[subject], idle);
        }
        System.out.printf(
                "%s: stream of %d bytes, M messages/s: bare %.2f, ours %.2f, ratio of pairs %.3f;"
                        + " round trip, us: bare %.3f, ours %.3f, ratio %.3f%n",
                channels[c],
                length,
                median(rates[0]),
                median(rates[1]),
                ratio(rates),
                median(trips[0]) / 1000,
                median(trips[1]) / 1000,
                ratio(trips));
        return median(rates[0]);
    }

    private static double stream(EndPair ends, Seen seen, IdleStrategy idle) {
        long start = System.nanoTime();
        ends.message.putLong(0, 1);
        while (System.nanoTime() - start < SLICE_NANOS) {
            for (int i = 0; i < 100; i++) {
                while (!ends.trySend.getAsBoolean()) {
                    idle.idle();
                }
            }
        }
        return finish(ends, seen, idle);
    }

    /** Tells the other process to stop, and returns the rate that it has seen, in M/s. */
    private static double finish(EndPair ends, Seen seen, IdleStrategy idle) {
        send(ends, STOP, idle);
        long before = seen.count;
        while (seen.count == before) {
            ends.poll.getAsInt();
            idle.idle();
        }
        return seen.last / 1e6;
    }

    private static double roundTrip(EndPair ends, Seen seen, IdleStrategy idle) {
        long[] nanos = new long[MAX_TIMES];
        int times = 0;
        long begin = System.nanoTime();
        long start = begin;
        while (start - begin < SLICE_NANOS && times < MAX_TIMES) {
            for (int i = 0; i < ROUND_TRIPS; i++) {
                long before = seen.count;
                send(ends, ECHO, idle);
                while (seen.count == before) {
                    if (ends.poll.getAsInt() == 0) {
                        idle.idle();
                    }
                }
            }
            long end = System.nanoTime();
            nanos[times++] = end - start;
            start = end;
        }
        finish(ends, seen, idle);
        Arrays.sort(nanos, 0, times);
        return (double) nanos[times / 2] / ROUND_TRIPS;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Returns the median of the ratios of neighbors: of what was measured one after the other. */
    private static double ratio(double[][] values) {
        double[] ratios = new double[values[0].length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = values[1][i] / values[0][i];
        }
        return median(ratios);
    }

    /** Measures a stream from a pipe over a bridge into another one, in this process. */
    private static void bridge(
            Path directory, Path driver, List<String> flags, double bare, int rounds)
            throws Exception {
        Path here = directory.resolve("here");
        Path there = directory.resolve("there");
        PipeSpec spec = PipeSpec.bounded(1 << 20).senders(1).retainWithoutReceivers(true);
        Pipe from = Pipe.create(here, spec);
        Pipe to = Pipe.create(there, spec);
        String[] link = {
            FreePort.channel() + "|term-length=16m",
            FreePort.channel(),
            "--dir=" + driver,
            "--every=0"
        };
        try (ChildProgram out =
                        ChildProgram.startWith(
                                flags, BridgeProgram.class, with(link, "out", here));
                ChildProgram in =
                        ChildProgram.startWith(
                                flags, BridgeProgram.class, with(link, "in", there));
                PipeSender sender = from.sender();
                PipeReceiver receiver = to.receiver()) {
            byte[] message = new byte[length];
            sender.send(message);
            receiver.awaitSender(Duration.ofSeconds(20));
            MessageHandler handler = (memory, offset, size) -> {};
            while (receiver.receive(handler, 1) < 1) {}
            double[] rates = new double[rounds];
            for (int round = -WARM_UPS; round < rounds; round++) {
                long count = 0;
                long start = System.nanoTime();
                while (System.nanoTime() - start < 2 * SLICE_NANOS) {
                    int sent = 0;
                    while (sent < LIMIT && sender.trySend(message)) {
                        sent++;
                    }
                    int received = receiver.poll(handler, LIMIT);
                    count += received;
                    if (sent == 0 && received == 0) {
                        Thread.yield();
                    }
                }
                rates[Math.max(round, 0)] = count * 1e3 / (2 * SLICE_NANOS);
            }
            System.out.printf(
                    "bridge over UDP, %d bytes, M messages/s: %.2f (%.2f to %.2f), %.2f of bare Aeron%n",
                    length,
                    median(rates),
                    Arrays.stream(rates).min().orElseThrow(),
                    Arrays.stream(rates).max().orElseThrow(),
                    median(rates) / bare);
        }
        Pipe.delete(here);
        Pipe.delete(there);
    }

    private static String[] with(String[] link, String half, Path pipe) {
        List<String> arguments = new ArrayList<>(List.of(half, pipe.toString()));
        arguments.addAll(List.of(link));
        return arguments.toArray(String[]::new);
    }
}
