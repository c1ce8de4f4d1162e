package io.sluice.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a check has found.
 *
 * @param level how bad it is
 * @param name the name of the check
 * @param text what was found
 * @param remedy what to do; null if nothing need be done
 */
record CheckFinding(Level level, String name, String text, String remedy) {
    /** How bad a finding is; the worst comes first. */
    enum Level {
        FAIL("red"),
        WARN("yellow"),
        OK("green");

        private final String color;

        Level(String color) {
            this.color = color;
        }

        String color() {
            return color;
        }
    }

    static CheckFinding ok(String name, String text) {
        return new CheckFinding(Level.OK, name, text, null);
    }

    static CheckFinding warn(String name, String text, String remedy) {
        return new CheckFinding(Level.WARN, name, text, remedy);
    }

    static CheckFinding fail(String name, String text, String remedy) {
        return new CheckFinding(Level.FAIL, name, text, remedy);
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("level", level.name());
        map.put("check", name);
        map.put("found", text);
        map.put("remedy", remedy);
        return map;
    }
}
