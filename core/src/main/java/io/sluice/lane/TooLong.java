package io.sluice.lane;

/**
 * The next message is longer than the caller has room for. It was not received: it stays where it
 * is.
 */
public final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int length;

    TooLong(int length) {
        super(null, null, false, false);
        this.length = length;
    }

    /**
     * How long the message is.
     *
     * @return in bytes
     */
    public int length() {
        return length;
    }
}
