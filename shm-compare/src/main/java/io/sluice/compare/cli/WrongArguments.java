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

/** Reports wrong arguments: what is wrong, what may have been meant, and how to get the help. */
final class WrongArguments {
    private static final int FAR = 2;

    private WrongArguments() {}

    /** A value that is none of those that there are. */
    static final class UnknownValueException extends ParameterException {
        private static final long serialVersionUID = 1L;

        private final transient String value;
        private final transient List<String> known;

        UnknownValueException(
                CommandLine command, String message, String value, Collection<String> known) {
            super(command, message);
            this.value = value;
            this.known = List.copyOf(known);
        }
    }

    static int report(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("shm-compare: " + exception.getMessage());
        meant(exception).ifPresent(word -> err.println("Did you mean " + word + "?"));
        err.println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        return Exit.USAGE;
    }

    private static Optional<String> meant(ParameterException exception) {
        if (exception instanceof UnknownValueException) {
            UnknownValueException unknown = (UnknownValueException) exception;
            return nearest(unknown.value, unknown.known);
        }
        if (exception instanceof UnmatchedArgumentException) {
            CommandLine command = exception.getCommandLine();
            List<String> known = new ArrayList<>(command.getCommandSpec().optionsMap().keySet());
            known.addAll(command.getSubcommands().keySet());
            String word = ((UnmatchedArgumentException) exception).getUnmatched().get(0);
            return nearest(word.replaceFirst("=.*", ""), known);
        }
        return Optional.empty();
    }

    /** Returns the word that fewest edits lead to, if they are few beside its length. */
    private static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(each -> edits(word, each) <= Math.min(FAR, each.length() / 3))
                .min(Comparator.comparingInt(each -> edits(word, each)));
    }

    /** Counts the letters to insert, delete or replace (Levenshtein). */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
