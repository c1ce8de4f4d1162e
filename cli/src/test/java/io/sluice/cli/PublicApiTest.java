package io.sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The command uses of core what its module exports, and no more. */
class PublicApiTest {
    private static final Pattern EXPORTS = Pattern.compile("(?m)^ *exports ([\\w.]+);");
    private static final String OWN = "io.sluice.cli";

    @Test
    void nothingInternalIsUsed() throws Exception {
        Set<String> exported = new TreeSet<>();
        Matcher matcher =
                EXPORTS.matcher(
                        Files.readString(Path.of("../core/src/main/java/module-info.java")));
        while (matcher.find()) {
            exported.add(matcher.group(1));
        }
        assertTrue(exported.contains("io.sluice"), exported::toString);
        Set<String> hidden = new TreeSet<>();
        int uses = 0;
        for (JavaClass type :
                new ClassFileImporter()
                        .importUrl(
                                SluiceCommand.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation())) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                String name = target.getPackageName();
                if (name.startsWith("io.sluice") && !name.equals(OWN)) {
                    uses++;
                    if (!exported.contains(name)
                            || !target.getModifiers().contains(JavaModifier.PUBLIC)) {
                        hidden.add(dependency.getDescription());
                    }
                }
            }
        }
        assertEquals(Set.of(), hidden);
        assertTrue(uses > 50, "only " + uses);
    }
}
