package io.sluice.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Pipe;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Linker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The metadata for GraalVM lists the downcalls that {@code io.sluice.linux} links, no others. */
class NativeImageMetadataTest {
    private static final String METADATA =
            "/META-INF/native-image/io.sluice/sluice-core/reachability-metadata.json";
    private static final Pattern DOWNCALL =
            Pattern.compile(
                    "\"returnType\":\"([\\w*]+)\",\"parameterTypes\":\\[([^]]*)](,\"options\":\\{\"captureCallState\":true})?");
    private static final Pattern DESCRIPTOR =
            Pattern.compile("FunctionDescriptor\\s*\\.of(Void)?\\(([^)]*)\\)");
    private static final Map<String, String> LAYOUTS =
            Map.of("INT", "jint", "LONG", "jlong", "ADDRESS", "void*");

    private static Set<String> listed() throws IOException {
        Set<String> listed = new TreeSet<>();
        try (InputStream file = Pipe.class.getResourceAsStream(METADATA)) {
            String json = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = DOWNCALL.matcher(json.replaceAll("\\s", ""));
            while (matcher.find()) {
                String signature = matcher.group(1) + "(" + matcher.group(2) + ")";
                listed.add(
                        signature.replace("\"", "") + (matcher.group(3) == null ? "" : " errno"));
            }
        }
        return listed;
    }

    private static String signature(boolean isVoid, String layouts) {
        List<String> types = List.of(layouts.strip().split("\\s*,\\s*"));
        List<String> names = types.stream().map(LAYOUTS::get).toList();
        String parameters = String.join(",", names.subList(isVoid ? 0 : 1, names.size()));
        return (isVoid ? "void" : names.get(0)) + "(" + parameters + ")";
    }

    @Test
    void eachDowncallIsListed() throws IOException {
        Set<String> linked = new TreeSet<>();
        Set<String> linkers = new TreeSet<>();
        for (Path file :
                SourceFiles.list(path -> path.matches("core/src/main/java/.*\\w+\\.java"))) {
            String code = Files.readString(file);
            String name = file.getFileName().toString().replace(".java", "");
            Matcher descriptor = DESCRIPTOR.matcher(code);
            while (descriptor.find()) {
                String signature = signature(descriptor.group(1) != null, descriptor.group(2));
                linked.add(signature + " errno");
                if (name.equals("Libc")) {
                    linked.add(signature); // For linkWordsWithoutErrno.
                }
            }
            if (code.contains(".downcallHandle(")) {
                linkers.add(name);
            }
        }
        assertEquals(Set.of("Libc"), linkers);
        assertEquals(linked, listed());
    }

    @Test
    void eachLayoutIsCanonical() throws IOException {
        Set<String> names = Linker.nativeLinker().canonicalLayouts().keySet();
        for (String signature : listed()) {
            for (String type : signature.replace(" errno", "").split("[(),]+")) {
                assertTrue(names.contains(type), type);
            }
        }
    }
}
