package io.sluice.compare.cli;

/** Exit statuses. */
final class Exit {
    /** Done. */
    static final int OK = 0;

    /** It could not be done. */
    static final int ERROR = 1;

    /** Wrong arguments. */
    static final int USAGE = 2;

    /** Done, and cells have no numbers that may be used. */
    static final int INVALID = 3;

    /** Something became worse. */
    static final int REGRESSION = 4;

    /** The machine is in no state to be measured. */
    static final int REFUSED = 5;

    private Exit() {}
}
