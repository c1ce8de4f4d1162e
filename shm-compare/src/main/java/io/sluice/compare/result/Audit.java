package io.sluice.compare.result;

import java.util.Map;

/**
 * System calls as an outside observer counted them, in a short run that was not timed.
 *
 * @param mechanism what carried the messages
 * @param messages messages in one direction
 * @param systemCalls calls of both ends, by name
 * @param observer what counted, "strace" for instance
 */
public record Audit(
        String mechanism, long messages, Map<String, Long> systemCalls, String observer) {
    /** Copies the map. */
    public Audit {
        systemCalls = Copies.of(systemCalls);
    }
}
