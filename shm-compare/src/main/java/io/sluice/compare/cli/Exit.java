package io.sluice.compare.cli;

/** Exit statuses. */
final class Exit {
    /** Done. */
    static final int OK = 0;

    /** Failed. */
    static final int ERROR = 1;

    /** Wrong arguments. */
    static final int USAGE = 2;

    /** Done, but measurements have no usable numbers. */
    static final int INVALID = 3;

    /** At least one regression. */
    static final int REGRESSION = 4;

    /** The machine is not fit for measurements. */
    static final int REFUSED = 5;

    private Exit() {}
}
