package io.sluice.compare.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Wrong arguments: what is wrong, what may have been meant, and how to get the help. */
final class WrongArgumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int FAR = 2;

    /** Creates one with a message as of {@link String#format}. */
    WrongArgumentException(String message, Object... arguments) {
        super(message.formatted(arguments));
    }

    /** Reports what the parser found. */
    static int report(ParameterException found, String[] arguments) {
        CommandLine command = found.getCommandLine();
        Optional<String> meant = Optional.empty();
        if (found instanceof UnmatchedArgumentException unmatched) {
            List<String> known = new ArrayList<>(command.getCommandSpec().optionsMap().keySet());
            known.addAll(command.getSubcommands().keySet());
            meant = nearest(unmatched.getUnmatched().get(0).replaceFirst("=.*", ""), known);
        } else if (found.getCause() instanceof KnownValues.UnknownNameException unknown) {
            meant = nearest(unknown.name, unknown.known);
        }
        return report(command, found.getMessage(), meant);
    }

    int report(CommandLine command) {
        return report(command, getMessage(), Optional.empty());
    }

    private static int report(CommandLine command, String message, Optional<String> meant) {
        PrintWriter err = command.getErr();
        err.println("shm-compare: " + message);
        meant.ifPresent(word -> err.println("Did you mean " + word + "?"));
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return Exit.USAGE;
    }

    /** Returns the word that fewest edits lead to, if they are few beside its length. */
    private static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(each -> edits(word, each) <= Math.min(FAR, each.length() / 3))
                .min(Comparator.comparingInt(each -> edits(word, each)));
    }

    /**
     * Counts the letters to insert, delete or replace, and the neighbors to exchange (optimal
     * string alignment).
     */
    private static int edits(String from, String to) {
        int[][] edits = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced =
                        edits[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[from.length()][to.length()];
    }
}
