package io.sluice;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.Libc;
import io.sluice.pipe.storage.PipeFiles;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Marks a test class that counts process-wide events, for example system calls. It runs alone, and
 * only after the ends that earlier tests dropped have been closed: a cleaner thread does that at
 * any time, with system calls.
 */
@Tag("alone")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Isolated
@ExtendWith(CountsSyscalls.Settle.class)
public @interface CountsSyscalls {
    /** Runs garbage collections until they cause no more system calls. */
    final class Settle implements BeforeAllCallback {
        private static final Duration DEADLINE = Duration.ofSeconds(30);

        @Override
        public void beforeAll(ExtensionContext context) throws InterruptedException {
            settle();
        }

        /** Requires two quiet rounds, since ends dropped together are closed in any order. */
        public static void settle() throws InterruptedException {
            long start = System.nanoTime();
            for (int quiet = 0; quiet < 2; ) {
                Map<String, Long> before = Libc.callCounts();
                CountDownLatch collected = new CountDownLatch(1);
                PipeFiles.onUnreachable(new Object(), collected::countDown);
                do {
                    System.gc();
                    assertTrue(
                            System.nanoTime() - start < DEADLINE.toNanos(),
                            () -> "calls go on: " + before + ", " + Libc.callCounts());
                } while (!collected.await(1, TimeUnit.MILLISECONDS));
                quiet = before.equals(Libc.callCounts()) ? quiet + 1 : 0;
            }
        }
    }
}
