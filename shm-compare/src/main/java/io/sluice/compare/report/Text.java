package io.sluice.compare.report;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The sentences of the report. They stand in {@code text.properties}, by section and name. */
final class Text {
    private static final Properties TEXTS = new Properties();

    static {
        try (var in = Text.class.getResourceAsStream("text.properties")) {
            TEXTS.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Text() {}

    /** Returns a text with its arguments, each in the place of a {@code %s}. */
    static String of(String name, Object... arguments) {
        return Objects.requireNonNull(TEXTS.getProperty(name), name).formatted(arguments);
    }

    /** Returns a text if a condition holds, or else nothing. */
    static String when(boolean condition, String name, Object... arguments) {
        return condition ? of(name, arguments) : "";
    }

    /** Returns a text, or something else if there is none of this name. */
    static String or(String other, String name) {
        return TEXTS.getProperty(name, other);
    }

    /** Tests whether there is a text of a name that results gave. */
    static boolean has(String name) {
        return TEXTS.containsKey(name);
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
