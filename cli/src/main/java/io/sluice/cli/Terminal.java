package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the standard output is connected to.
 *
 * @param isTerminal whether it is a terminal
 */
record Terminal(boolean isTerminal) {
    private static final int STDOUT = 1;
    private static final Path LINK = Path.of("/proc/self/fd/" + STDOUT);

    /** No terminal. */
    static final Terminal NONE = new Terminal(false);

    static Terminal ofProcess() {
        try {
            // Without a call of a native function, which costs more than all else at the start.
            String target = Files.readSymbolicLink(LINK).toString();
            return new Terminal(target.matches("/dev/(pts/\\d+|tty.*|console)"));
        } catch (IOException | UnsupportedOperationException e) {
            return NONE;
        }
    }

    /** Returns the rows and columns now; zeros if they are unknown. */
    int[] size() {
        int[] size = isTerminal ? Kernel.windowSize(STDOUT) : null;
        return size == null ? new int[2] : size;
    }

    /** Tests whether to use colors: see https://no-color.org. */
    boolean hasColors() {
        String noColor = System.getenv("NO_COLOR");
        return isTerminal
                && (noColor == null || noColor.isEmpty())
                && !"dumb".equals(System.getenv("TERM"));
    }
}
