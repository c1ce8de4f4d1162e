package io.sluice.compare.report;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sentences of the report. They stand in {@code text.properties}, by section and name. */
final class Text {
    private static final ResourceBundle TEXTS =
            ResourceBundle.getBundle("io.sluice.compare.report.text", Locale.ROOT);

    private Text() {}

    /** Returns a text with its arguments, each in the place of a {@code %s}. */
    static String of(String name, Object... arguments) {
        return TEXTS.getString(name).formatted(arguments);
    }

    /** Returns a text if a condition holds, or else nothing. */
    static String when(boolean condition, String name, Object... arguments) {
        return condition ? of(name, arguments) : "";
    }

    /** Returns a text, or something else if there is none of this name. */
    static String or(String other, String name) {
        return has(name) ? TEXTS.getString(name) : other;
    }

    /** Tests whether there is a text of a name that results gave. */
    static boolean has(String name) {
        return TEXTS.containsKey(name);
    }

    /** Returns what follows this in the names of texts, sorted. */
    static List<String> named(String prefix) {
        return TEXTS.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .sorted()
                .toList();
    }

    /** Returns a text that begins with a capital letter. */
    static String capital(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** Returns these sentences, without the empty ones, with a space between them. */
    static String join(String... sentences) {
        return Stream.of(sentences)
                .filter(sentence -> !sentence.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
