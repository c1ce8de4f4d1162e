package io.sluice.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every parser of shared bytes, with inputs that once reached new code, and with random programs:
 * {@code -Dsluice.inputs=N} is their total number, {@code -Dsluice.seed=N} their seed. {@link
 * JazzerTest} searches for inputs that reach more.
 */
@Timeout(3600)
class FuzzTest {
    private static final long INPUTS = Proof.size("sluice.inputs", 50_000, 1_000_000);
    private static final long SEED = Long.getLong("sluice.seed", System.nanoTime());
    private static final int LONGEST = 200;

    @ParameterizedTest
    @CsvSource({
        "io.sluice.ring.LaneFuzz$SpscFuzz, 20",
        "io.sluice.ring.LaneFuzz$SpmcFuzz, 15",
        "io.sluice.ring.LaneFuzz$RendezvousFuzz, 5",
        "io.sluice.ring.LaneFuzz$SegmentedFuzz, 10",
        "io.sluice.ring.LaneFuzz$SharedBitsFuzz, 5",
        "io.sluice.pipe.storage.FileFuzz$MetaHeaderFuzz, 25",
        "io.sluice.pipe.storage.FileFuzz$LaneIdentityFuzz, 15",
        "io.sluice.pipe.storage.FileFuzz$ParticipantBlocksFuzz, 5"
    })
    void onlyWhatIsDocumentedIsThrownInBoundedTime(String target, int percent) throws Throwable {
        Method fuzzed = Class.forName(target).getMethod("fuzzerTestOneInput", byte[].class);
        fuzzed.setAccessible(true);
        int known = 0;
        for (byte[] input : corpus(target)) {
            run(fuzzed, input, "corpus");
            known++;
        }
        Random random = new Random(SEED);
        long inputs = INPUTS * percent / 100;
        for (long i = 0; i < inputs; i++) {
            long seed = random.nextLong();
            Random own = new Random(seed);
            byte[] input = new byte[own.nextInt(LONGEST)];
            own.nextBytes(input);
            run(fuzzed, input, "seed " + SEED + ", input " + i);
        }
        Proof.INPUTS.add(inputs, "known " + known);
        System.out.printf(
                "%s: %d known and %d random inputs, seed %d%n", target, known, inputs, SEED);
    }

    private static void run(Method fuzzed, byte[] input, String which) throws Throwable {
        try {
            fuzzed.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            String text = Base64.getEncoder().encodeToString(input);
            throw new AssertionError(which + ", add it to the corpus: " + text, e.getCause());
        }
    }

    /** Returns the known inputs of a target, stored as a line of Base64 each. */
    static byte[][] corpus(String target) throws IOException {
        String name = target.substring(target.lastIndexOf('$') + 1) + ".txt";
        try (InputStream in = FuzzTest.class.getResourceAsStream(name)) {
            assertTrue(in != null, name);
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Base64.getDecoder()::decode)
                    .toArray(byte[][]::new);
        }
    }
}
