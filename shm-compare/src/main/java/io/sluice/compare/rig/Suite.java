package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * How much is measured.
 *
 * @param name the suite's name
 * @param patterns how messages are exchanged
 * @param sizes how long they are, in bytes
 * @param launches how many fresh pairs of processes a cell gets
 * @param warmUp how long a launch runs before it measures
 * @param block how long it measures
 */
public record Suite(
        String name,
        List<String> patterns,
        List<Integer> sizes,
        int launches,
        Duration warmUp,
        Duration block) {
    /** Enough to see what the kernel costs, in about a minute and a half on two cores. */
    public static final Suite LAB =
            new Suite(
                    "lab",
                    List.of(Factors.RTT, Factors.STREAM),
                    List.of(64, 4096),
                    3,
                    Duration.ofMillis(400),
                    Duration.ofMillis(400));

    /**
     * A suite by its name.
     *
     * @param name the name
     * @return the suite
     * @throws NoSuchElementException if none has that name; the message lists those that there are
     */
    public static Suite of(String name) {
        if (!name.equals(LAB.name)) {
            throw new NoSuchElementException("there is no suite '" + name + "': choose from lab");
        }
        return LAB;
    }
}
