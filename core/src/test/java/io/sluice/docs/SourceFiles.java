package io.sluice.docs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The files of the repository, without what a build makes. */
final class SourceFiles {
    /** A comment, a text block, a string or a character of Java. */
    private static final Pattern NOT_CODE =
            Pattern.compile(
                    "/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\\n])+'",
                    Pattern.DOTALL);

    private SourceFiles() {}

    static Path root() {
        return MarkdownPage.module().getParent();
    }

    /** Returns the files whose path from the root passes, in order. */
    static List<Path> list(Predicate<String> filter) throws IOException {
        Path root = root();
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes a) {
                        String name = directory.getFileName().toString();
                        boolean made = name.startsWith("target") || name.equals(".git");
                        return made && !directory.equals(root)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (filter.test(root.relativize(file).toString())) {
                            files.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        Collections.sort(files);
        return files;
    }

    /** Returns Java without its comments and what its strings contain. */
    static String code(String java) {
        return NOT_CODE.matcher(java).replaceAll("\"\"");
    }
}
