package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The Javadoc of a method that is not private begins with a verb: "Returns the length." */
class JavadocSummaryTest {
    private static final Pattern COMMENT =
            Pattern.compile("/\\*\\*[\\s*]*+([^*]\\S*)(?:[^*]|\\*(?!/))*+\\*/\\s*+");
    private static final Pattern METHOD =
            Pattern.compile(
                    "(?:@\\w+(?:\\((?:[^()\"]|\"[^\"]*\")*\\))?\\s+)*"
                            + "(?:(?:public|protected|private|static|final|abstract|default|synchronized)\\s+)*"
                            + "(?:<[^(]*?>\\s+)?(?!class|interface|enum|record|new|return)"
                            + "[\\w.]+(?:<[^(;={]*>)?(?:\\[])?(?:\\s+(?!class|interface|enum|record)\\w+)?\\(");

    @Test
    void theSummaryOfAMethodBeginsWithAVerb() throws IOException {
        Set<String> refused = new TreeSet<>();
        int methods = 0;
        for (Path file :
                SourceFiles.list(path -> path.matches(".*/src/(main|launcher)/java/.*\\.java"))) {
            String text = Files.readString(file);
            Matcher comment = COMMENT.matcher(text);
            while (comment.find()) {
                Matcher method = METHOD.matcher(text).region(comment.end(), text.length());
                if (method.lookingAt() && !isSkipped(method.group())) {
                    methods++;
                    if (!isVerb(comment.group(1))) {
                        refused.add(file.getFileName() + ": " + comment.group().lines().toList());
                    }
                }
            }
        }
        assertEquals(Set.of(), refused);
        assertTrue(methods > 1000, "only " + methods);
    }

    /** Tests for a private method, or a constant of an enum, {@code NONE(0, 0, 2)}. */
    private static boolean isSkipped(String declaration) {
        return declaration.contains("private ") || declaration.matches("[A-Z][A-Z0-9_]*\\(");
    }

    private static boolean isVerb(String word) {
        return word.matches("\\{@inheritDoc}|Sender:|Receiver:")
                || word.matches("[A-Z][a-z]+s\\W?")
                        && !word.matches("(As|Has|Is|Its|Others|This|Was)\\b.*");
    }
}
