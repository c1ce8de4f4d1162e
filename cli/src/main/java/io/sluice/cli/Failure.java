package io.sluice.cli;

/** What ends a subcommand with an exit status and a message. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitStatus exit;

    /**
     * Creates a failure.
     *
     * @param message what is wrong, and what to do; null prints nothing
     */
    Failure(ExitStatus exit, String message) {
        super(message);
        this.exit = exit;
    }

    ExitStatus exit() {
        return exit;
    }
}
