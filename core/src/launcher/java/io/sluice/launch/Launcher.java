package io.sluice.launch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarFile;

/**
 * What the runnable jars start with. Compiled for Java 8, so that an older Java says in one line
 * what is missing, and how to get there, where it would otherwise print a stack trace.
 */
public final class Launcher {
    private static final int REQUIRED_VERSION = 25;
    private static final String MAIN = "Sluice-Main";

    private Launcher() {}

    /**
     * Starts the class that the jar's manifest names.
     *
     * @param arguments handed on
     * @throws Throwable what that class throws
     */
    public static void main(String[] arguments) throws Throwable {
        File jar = jar();
        int running = feature(System.getProperty("java.specification.version"));
        if (running < REQUIRED_VERSION) {
            System.err.println(
                    jar.getName()
                            + " needs Java "
                            + REQUIRED_VERSION
                            + " or newer, and this is Java "
                            + running
                            + ": "
                            + advice(jar));
            System.exit(2);
        }
        try {
            Class.forName(mainClass(jar))
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static File jar() throws URISyntaxException {
        return new File(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static String mainClass(File jar) throws IOException {
        try (JarFile file = new JarFile(jar)) {
            return file.getManifest().getMainAttributes().getValue(MAIN);
        }
    }

    private static String advice(File jar) {
        for (File home : candidates()) {
            if (feature(version(home)) >= REQUIRED_VERSION) {
                return "run " + new File(home, "bin/java") + " -jar " + jar;
            }
        }
        return "install a JDK "
                + REQUIRED_VERSION
                + " (Eclipse Temurin, say), and run its bin/java -jar "
                + jar;
    }

    private static List<File> candidates() {
        List<File> homes = new ArrayList<File>();
        for (String variable : new String[] {"JAVA25_HOME", "JAVA_HOME"}) {
            String home = System.getenv(variable);
            if (home != null) {
                homes.add(new File(home));
            }
        }
        File[] installed = new File("/usr/lib/jvm").listFiles();
        if (installed != null) {
            Arrays.sort(installed);
            homes.addAll(Arrays.asList(installed));
        }
        return homes;
    }

    /** Returns the version that a JDK states in its file "release", without the quotes. */
    private static String version(File home) {
        Properties release = new Properties();
        try (InputStream in = new java.io.FileInputStream(new File(home, "release"))) {
            release.load(in);
        } catch (IOException e) {
            return "0";
        }
        return release.getProperty("JAVA_VERSION", "0").replace("\"", "");
    }

    /** Returns the feature number: 8 of "1.8", 25 of "25.0.3". */
    private static int feature(String version) {
        String text = version.startsWith("1.") ? version.substring(2) : version;
        int end = 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(text.substring(0, end));
    }
}
