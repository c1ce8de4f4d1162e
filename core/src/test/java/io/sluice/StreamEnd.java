package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.agrona.concurrent.BusySpinIdleStrategy;

/**
 * One end of a stream of messages of 32 bytes, as fast as it goes: what {@code stream.c} is in C,
 * to compare the two. A receiver prints how many millions it received in a second, after the first
 * fifth.
 *
 * <pre>
 *   StreamEnd create PATH
 *   StreamEnd send|receive PATH COUNT
 * </pre>
 */
final class StreamEnd {
    private static final int SIZE = 32;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private static long sum;

    private StreamEnd() {}

    public static void main(String[] args) throws Exception {
        Path path = Path.of(args[1]);
        switch (args[0]) {
            case "create" -> Pipe.create(path, PipeSpec.bounded(1 << 16).senders(1)).close();
            case "send" -> send(Pipe.open(path), Long.parseLong(args[2]));
            default -> receive(Pipe.open(path), Long.parseLong(args[2]));
        }
    }

    private static void send(Pipe pipe, long count) throws Exception {
        byte[] message = new byte[SIZE];
        MemorySegment segment = MemorySegment.ofArray(message);
        try (PipeSender sender = pipe.sender(BusySpinIdleStrategy.INSTANCE)) {
            for (long i = 0; i < count; i++) {
                segment.set(LONG, 0, i);
                while (!sender.trySend(message)) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static void receive(Pipe pipe, long count) throws Exception {
        MessageHandler add = (memory, offset, length) -> sum += memory.get(LONG, offset);
        long received = 0;
        long begun = 0;
        long start = 0;
        try (PipeReceiver receiver = pipe.receiver(BusySpinIdleStrategy.INSTANCE)) {
            System.out.println("open");
            while (received < count) {
                int n = receiver.poll(add, 256);
                received += n;
                if (n == 0) {
                    Thread.onSpinWait();
                }
                if (start == 0 && received >= count / 5) {
                    start = System.nanoTime();
                    begun = received;
                }
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%.1f%n", (received - begun) / seconds / 1e6);
    }
}
