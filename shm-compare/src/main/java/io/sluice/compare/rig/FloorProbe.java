package io.sluice.compare.rig;

import io.sluice.compare.kernel.KernelCalls;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.HdrHistogram.Histogram;

/**
 * What this machine cannot do without: reading the clock, calling the C library, entering the
 * kernel, and moving a cache line between the two CPUs and back.
 */
final class FloorProbe {
    private static final int ROUNDS = 12;
    private static final int CALLS = 100_000;
    private static final long LINE_NS = TimeUnit.MILLISECONDS.toNanos(300);

    private final PairLauncher launcher;

    FloorProbe(PairLauncher launcher) {
        this.launcher = launcher;
    }

    Floor measure() throws IOException {
        double clock = perCall(i -> System.nanoTime());
        double downcall = perCall(KernelCalls::labs);
        double systemCall = perCall(i -> KernelCalls.getppid());
        EndpointResult line =
                launcher.launch(
                                Transports.of(Transports.LINE),
                                Factors.RTT,
                                Payload.MIN_SIZE,
                                LINE_NS,
                                LINE_NS)
                        .initiator();
        Histogram roundTrips = Hdr.decode(line.hdr());
        return new Floor(
                clock,
                downcall,
                systemCall,
                roundTrips.getValueAtPercentile(50),
                roundTrips.getValueAtPercentile(99));
    }

    /** The fastest of several rounds, after as many to warm up: a floor, not a mean. */
    private static double perCall(LongUnaryOperator call) {
        long best = Long.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                sum += call.applyAsLong(i);
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        return sum == 1 ? 0 : best / (double) CALLS;
    }
}
