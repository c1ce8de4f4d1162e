package io.sluice.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Configuration;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.junit.jupiter.api.Test;

/** The events are disabled and described, and the file of settings enables each of them. */
class FlightRecorderSettingsTest {
    private static List<Class<?>> events() {
        return Arrays.stream(FlightRecorderEvents.class.getDeclaredClasses())
                .filter(type -> Event.class.isAssignableFrom(type))
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .toList();
    }

    @Test
    void eachIsDisabledAndDescribed() {
        for (Class<?> event : events()) {
            assertFalse(event.getAnnotation(Enabled.class).value(), event::getName);
            assertEquals(
                    "io.sluice." + event.getSimpleName(), event.getAnnotation(Name.class).value());
            assertNotNull(event.getAnnotation(Label.class), event::getName);
            assertNotNull(event.getAnnotation(Description.class), event::getName);
            for (Field field : event.getDeclaredFields()) {
                boolean own = field.getModifiers() == 0; // Others are the JDK's.
                assertTrue(!own || field.isAnnotationPresent(Label.class), field::toString);
            }
        }
    }

    @Test
    void theFileEnablesAll() throws Exception {
        Path file =
                Path.of(
                        FlightRecorderEvents.class
                                .getResource("/META-INF/sluice/sluice.jfc")
                                .toURI());
        Map<String, String> expected = new TreeMap<>();
        for (Class<?> event : events()) {
            String name = event.getAnnotation(Name.class).value();
            expected.put(name + "#enabled", "true");
            Threshold threshold = event.getAnnotation(Threshold.class);
            if (threshold != null) {
                expected.put(name + "#threshold", threshold.value());
                expected.put(name + "#stackTrace", "true");
            }
        }
        assertEquals(expected, new TreeMap<>(Configuration.create(file).getSettings()));
        assertTrue(expected.size() > 8, expected::toString);
    }
}
