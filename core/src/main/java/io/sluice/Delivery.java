package io.sluice;

/** The policy for messages that a receiver had taken and not finished when it died. */
public enum Delivery {
    /**
     * They are delivered again; {@link PipeReceiver#deliveryAttempt} returns how often they were
     * before.
     */
    AT_LEAST_ONCE,

    /** They are dropped. */
    AT_MOST_ONCE
}
