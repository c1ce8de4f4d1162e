package io.sluice;

/** What becomes of messages that a receiver had taken and not finished when it died. */
public enum Delivery {
    /** They come again, and {@link PipeReceiver#attempt} says that they do. */
    AT_LEAST_ONCE,

    /** They are dropped. */
    AT_MOST_ONCE
}
