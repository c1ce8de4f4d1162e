package io.sluice;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks that a runnable jar has the licenses and notices of the jars that it contains. The build
 * starts it, from its source.
 *
 * <p>Each license or notice file of a dependency must be there, unchanged. Each dependency must
 * have a line in the list: artifact, license, and a file below {@code META-INF} with the license's
 * text, or {@code -} if the dependency itself brings one.
 */
final class BundledLicenses {
    private static final String DIRECTORY = "META-INF/licenses/";
    private static final String LIST = DIRECTORY + "THIRD-PARTY.txt";
    private static final Pattern LICENSE =
            Pattern.compile(
                    ".*(licen[sc]e|copying|AL2\\.0|LGPL2\\.1)[^/]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern NOTICE =
            Pattern.compile(".*(notice|copyright|third-party)[^/]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern FILE_NAME = Pattern.compile("(.+?)-\\d.*\\.jar");

    private final JarFile jar;
    private final Map<String, String> textOf = new TreeMap<>();
    private final Set<String> checked = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    private BundledLicenses(JarFile jar) throws IOException {
        this.jar = jar;
        require("META-INF/LICENSE");
        for (String line : list().lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] columns = line.split(" {2,}");
                if (columns.length != 3) {
                    faults.add(LIST + ": not three columns: " + line);
                } else {
                    textOf.put(columns[0], columns[2]);
                }
            }
        }
    }

    /**
     * Fails if a license or a notice is missing.
     *
     * @param arguments the runnable jar, and the class path that it was made of
     * @throws IOException if one of the jars cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        try (JarFile jar = new JarFile(arguments[0])) {
            BundledLicenses licenses = new BundledLicenses(jar);
            List<Path> dependencies =
                    Arrays.stream(arguments[1].split(File.pathSeparator))
                            .map(Path::of)
                            .filter(path -> path.toString().endsWith(".jar"))
                            .filter(path -> !path.getFileName().toString().startsWith("sluice-"))
                            .toList();
            for (Path dependency : dependencies) {
                licenses.check(dependency);
            }
            for (String name : licenses.textOf.keySet()) {
                if (!licenses.checked.contains(name)) {
                    licenses.faults.add(LIST + ": not a dependency: " + name);
                }
            }
            if (dependencies.isEmpty() || !licenses.faults.isEmpty()) {
                licenses.faults.forEach(fault -> System.err.println(arguments[0] + ": " + fault));
                System.err.println(dependencies.size() + " dependencies checked");
                System.exit(1);
            }
        }
    }

    private void check(Path dependency) throws IOException {
        String fileName = dependency.getFileName().toString();
        boolean bringsLicense = false;
        try (JarFile bundled = new JarFile(dependency.toFile())) {
            for (JarEntry entry : bundled.stream().toList()) {
                String path = entry.getName();
                boolean isLicense = LICENSE.matcher(path).matches();
                if (entry.isDirectory()
                        || path.endsWith(".class")
                        || !isLicense && !NOTICE.matcher(path).matches()) {
                    continue;
                }
                bringsLicense |= isLicense;
                String copy = DIRECTORY + fileName.replaceFirst("\\.jar$", "-jar/") + path;
                if (require(copy) && !Arrays.equals(bytes(bundled, path), bytes(jar, copy))) {
                    faults.add("is not that of " + fileName + ": " + copy);
                }
            }
        }
        Matcher artifact = FILE_NAME.matcher(fileName);
        String name = artifact.matches() ? artifact.group(1) : fileName;
        checked.add(name);
        String text = textOf.get(name);
        if (text == null) {
            faults.add(LIST + ": no line for " + fileName);
        } else if (text.equals("-")) {
            if (!bringsLicense) {
                faults.add(LIST + ": no license in " + fileName + ", name a file with its text");
            }
        } else {
            require("META-INF/" + text);
        }
    }

    private boolean require(String name) {
        boolean found = jar.getEntry(name) != null;
        if (!found) {
            faults.add("missing: " + name);
        }
        return found;
    }

    private String list() throws IOException {
        return require(LIST) ? new String(bytes(jar, LIST), StandardCharsets.UTF_8) : "";
    }

    private static byte[] bytes(JarFile file, String name) throws IOException {
        try (InputStream in = file.getInputStream(file.getEntry(name))) {
            return in.readAllBytes();
        }
    }
}
