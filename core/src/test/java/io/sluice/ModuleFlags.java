package io.sluice;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Flags of a JVM with Sluice, Agrona and JCTools as modules, and their user on the class path. */
final class ModuleFlags {
    private ModuleFlags() {}

    static List<String> of(Class<?> user) throws URISyntaxException {
        List<String> modules = new ArrayList<>(List.of(home(Pipe.class)));
        for (String entry :
                System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator))) {
            if (Path.of(entry).getFileName().toString().matches("(agrona|jctools)-.*\\.jar")) {
                modules.add(entry);
            }
        }
        return List.of(
                "--module-path",
                String.join(File.pathSeparator, modules),
                "--add-modules",
                "io.sluice",
                "--enable-native-access=io.sluice",
                "-cp",
                home(user));
    }

    /** Returns the directory or jar that a class was loaded from. */
    static String home(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    }
}
