package io.sluice.aeron;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a state, with a deadline that prints the state. */
final class Soon {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Soon() {}

    static void await(BooleanSupplier condition, Supplier<Object> state) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("not in time: " + state.get());
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
