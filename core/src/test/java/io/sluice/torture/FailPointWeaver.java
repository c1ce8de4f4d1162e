package io.sluice.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes a jar of the classes under test in which each step of a protocol is a named point: a call
 * of {@link FailPoints#at} precedes each call that has an effect visible to others, or that reads
 * what others did. A process can thus be killed between any two steps of the real code.
 */
final class FailPointWeaver {
    /** The calls that are steps: the owner, a dot, the method. */
    private static final Pattern STEP =
            Pattern.compile(
                    "io/sluice/(memory/Memory\\.(get|set|compare|write|before|after).*"
                            + "|linux/Descriptor\\.(tryLock|unlock|isLockedByAnother|close|allocate|punchHole)"
                            + "|linux/Futex\\.(wait|wake)"
                            + "|linux/Membarrier\\.fenceAllProcesses"
                            + "|linux/Mapping\\.map.*"
                            + "|linux/Descriptor\\.rename.*"
                            + "|MessageHandler\\.onMessage)");

    /** A payload is written in several pieces, so a process can die between them. */
    private static final Pattern PIECE =
            Pattern.compile("java/lang/foreign/MemorySegment\\.(set|copy)");

    private static final ClassDesc POINTS = ClassDesc.of(FailPoints.class.getName());
    private static final MethodTypeDesc AT =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);

    private final List<String> names = new ArrayList<>();
    private final Map<String, Integer> used = new HashMap<>();

    /**
     * Writes the jar.
     *
     * @param roots directories of classes
     * @param library another jar that is required
     * @param jar the file
     * @return the names of the points, in the order of their numbers
     */
    List<String> weave(List<Path> roots, Path library, Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, ChildProcess.class.getName());
        main.put(Attributes.Name.CLASS_PATH, library.toUri().toString());
        main.put(new Attributes.Name("Enable-Native-Access"), "ALL-UNNAMED");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Path root : roots) {
                for (Path file : classes(root)) {
                    String name = root.relativize(file).toString();
                    out.putNextEntry(new JarEntry(name));
                    out.write(weave(name, Files.readAllBytes(file)));
                    out.closeEntry();
                }
            }
        }
        return names;
    }

    private static List<Path> classes(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().matches(".*/io/sluice/.*\\.class"))
                    .filter(f -> !f.toString().endsWith("Test.class"))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private byte[] weave(String name, byte[] bytes) {
        if (name.contains("/torture/")
                || name.contains("/linux/")
                || name.contains("/memory/HeapMemory")) {
            return bytes;
        }
        ClassFile format = ClassFile.of();
        ClassModel model = format.parse(bytes);
        boolean memory = name.endsWith("/MappedMemory.class");
        ClassTransform transform =
                (builder, element) -> {
                    if (element instanceof MethodModel method && method.code().isPresent()) {
                        String where = simple(name) + "." + method.methodName().stringValue();
                        builder.transformMethod(
                                method,
                                MethodTransform.transformingCode(
                                        (code, part) -> weave(code, part, where, memory)));
                    } else {
                        builder.with(element);
                    }
                };
        return format.transformClass(model, transform);
    }

    private void weave(CodeBuilder code, CodeElement part, String where, boolean memory) {
        if (part instanceof InvokeInstruction call) {
            String step = call.owner().asInternalName() + "." + call.name().stringValue();
            boolean piece = memory && where.contains(".write") && PIECE.matcher(step).matches();
            if (piece || STEP.matcher(step).matches()) {
                code.loadConstant(point(where + ": " + call.name().stringValue()));
                code.invokestatic(POINTS, "at", AT);
            }
        }
        code.with(part);
    }

    private int point(String name) {
        int same = used.merge(name, 1, Integer::sum);
        names.add(same == 1 ? name : name + " " + same);
        if (names.size() > FailPoints.MAX) {
            throw new IllegalStateException("more than " + FailPoints.MAX + " points");
        }
        return names.size() - 1;
    }

    private static String simple(String classFile) {
        return classFile.substring(classFile.lastIndexOf('/') + 1, classFile.lastIndexOf('.'));
    }
}
