package io.sluice.compare.rig;

/**
 * Which part of its scheduled rate a paced block kept: that of the message of its last tenth which
 * kept most. Of a rate that a mechanism cannot carry, each message keeps the same part; after a
 * delay that is caught up the whole is kept. So one stop of a host, even at the last message, is no
 * rate that was missed.
 */
final class KeptRate {
    private final long lastTenth;
    private long messages;
    private double part;

    /** Creates it for a block of so many messages. */
    KeptRate(long messages) {
        lastTenth = messages - Math.max(1, messages / 10);
    }

    /** Adds a message that was to be sent so long after the beginning, and was sent so late. */
    void add(double scheduledNs, long lateNs) {
        double ofThis = scheduledNs / (scheduledNs + lateNs);
        part = messages <= lastTenth ? ofThis : Math.max(part, ofThis);
        messages++;
    }

    /** Returns the messages a second of a block in which so many were scheduled. */
    double of(double scheduled) {
        return part * scheduled;
    }
}
