package io.sluice.compare.result;

import java.util.Map;
import java.util.TreeMap;

/**
 * System calls as an outside observer counted them, in a short run that was not timed.
 *
 * @param mechanism the mechanism's id
 * @param waiting how its ends waited; null if not recorded
 * @param messages messages in one direction
 * @param systemCalls calls of both ends, by name
 * @param observer the counting tool, "strace" for instance
 */
public record Audit(
        String mechanism,
        Waiting waiting,
        long messages,
        Map<String, Long> systemCalls,
        String observer) {
    /** Calls that are rarer than this per message belong to the virtual machine. */
    public static final double RARE = 0.005;

    /** Copies the map. */
    public Audit {
        systemCalls = Copies.of(systemCalls);
    }

    /**
     * Returns the calls per message, in the order of their names.
     *
     * @return those that are not {@linkplain #RARE rare}
     */
    public Map<String, Double> perMessage() {
        Map<String, Double> calls = new TreeMap<>();
        if (messages > 0) {
            systemCalls.forEach((name, count) -> calls.put(name, (double) count / messages));
        }
        calls.values().removeIf(each -> each < RARE);
        return calls;
    }
}
