package io.sluice.docs;

import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.sluice.Mailbox;
import io.sluice.mailbox.Mailboxes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The layers of ARCHITECTURE.md, by the types that class files name; {@link PackageDependencyTest}
 * checks its table by the imports of the sources, which also show inlined constants.
 */
class LayeringTest {
    private static final String API = "io.sluice";
    private static final Set<String> BENEATH_THE_ENDPOINTS =
            Set.of("io.sluice.ring", "io.sluice.pipe.storage", "io.sluice.linux");
    private static final Set<String> ADAPTERS =
            Set.of(
                    "io.sluice.agrona",
                    "io.sluice.flow",
                    "io.sluice.io",
                    "io.sluice.metrics",
                    "io.sluice.queue");

    /** The most public types of the internal packages; types nested in others count with them. */
    private static final int MAX_PUBLIC_INTERNAL_TYPES = 45;

    private static JavaClasses types;

    @BeforeAll
    static void read() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        types =
                new ClassFileImporter()
                        .importUrl(
                                Mailbox.class.getProtectionDomain().getCodeSource().getLocation());
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(LayeringTest::outermost).orElse(type);
    }

    /** Returns the arrows between outermost types of different packages. */
    private static Set<String> arrows(String from, Set<String> to) {
        Set<String> arrows = new TreeSet<>();
        for (JavaClass type : types) {
            if (type.getPackageName().equals(from)) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (to.contains(target.getPackageName())) {
                        arrows.add(
                                outermost(type).getSimpleName()
                                        + " -> "
                                        + outermost(target).getName().substring(API.length() + 1));
                    }
                }
            }
        }
        return arrows;
    }

    @Test
    void theApiUsesNothingBeneathTheEndpoints() {
        assertEquals(Set.of(), arrows(API, BENEATH_THE_ENDPOINTS));
        Set<String> endpoints = arrows(API, Set.of("io.sluice.pipe")); // Arrows are found at all.
        assertTrue(endpoints.contains("PipeSender -> pipe.SenderEndpoint"), endpoints::toString);
    }

    @Test
    void storageUsesNoProtocol() {
        Set<String> protocols = arrows("io.sluice.pipe.storage", Set.of("io.sluice.ring"));
        assertTrue(protocols.contains("PipeLayout -> ring.LaneDescriptor"), protocols::toString);
        protocols.removeIf(arrow -> arrow.endsWith("Descriptor"));
        assertEquals(Set.of(), protocols);
    }

    @Test
    void adaptersUsePublicTypesOnly() {
        Set<String> hidden = new TreeSet<>();
        int uses = 0;
        for (JavaClass type : types) {
            if (ADAPTERS.contains(type.getPackageName())) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    String to = target.getPackageName();
                    if (to.startsWith(API) && !to.equals(type.getPackageName())) {
                        uses++;
                        if (!to.equals(API) || !target.getModifiers().contains(PUBLIC)) {
                            hidden.add(dependency.getDescription());
                        }
                    }
                }
            }
        }
        assertEquals(Set.of(), hidden);
        assertTrue(uses > 100, "only " + uses);
    }

    /** Tests whether a type is in a package that the module does not export. */
    private static boolean isInternal(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(API) && !name.equals(API) && !ADAPTERS.contains(name);
    }

    @Test
    void internalPackagesHaveFewPublicTypes() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : types) {
            if (isInternal(type)
                    && type.getModifiers().contains(PUBLIC)
                    && type.getEnclosingClass().isEmpty()
                    && !type.getSimpleName().equals("package-info")) {
                found.add(type.getName().substring(API.length() + 1));
            }
        }
        assertTrue(
                found.size() <= MAX_PUBLIC_INTERNAL_TYPES,
                () ->
                        found.size()
                                + " public types in the internal packages, at most "
                                + MAX_PUBLIC_INTERNAL_TYPES
                                + ": make one private to its package (beside its only user, nested"
                                + " in the type that returns it, behind an existing factory), or"
                                + " argue for a higher number: "
                                + found);
        assertTrue(found.contains("pipe.SenderEndpoint"), found::toString); // Types are found.
    }

    /** Returns the types of the API that inner packages use, and those that these use. */
    private static Set<JavaClass> leafTypes() throws IOException {
        Set<JavaClass> leaves = new HashSet<>();
        Deque<JavaClass> rest = new ArrayDeque<>();
        for (String name : PackageDependencyTest.leafTypes()) {
            rest.add(types.get(API + "." + name));
        }
        while (!rest.isEmpty()) {
            JavaClass type = rest.remove();
            if (type.getPackageName().equals(API) && leaves.add(type)) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    rest.add(dependency.getTargetClass().getBaseComponentType());
                }
            }
        }
        return leaves;
    }

    /** The types of the API that inner packages use are a slice of their own. */
    @Test
    void packagesFormNoCycle() throws IOException {
        Set<JavaClass> leaves = leafTypes();
        SliceAssignment packages =
                new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        if (!type.getPackageName().startsWith(API)) {
                            return SliceIdentifier.ignore();
                        }
                        return SliceIdentifier.of(
                                leaves.contains(type) ? "leaf types" : type.getPackageName());
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                };
        slices().assignedFrom(packages)
                .should()
                .beFreeOfCycles()
                .ignoreDependency(Mailbox.class, Mailboxes.class)
                .check(types);
    }
}
