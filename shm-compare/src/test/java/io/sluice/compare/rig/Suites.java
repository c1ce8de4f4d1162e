package io.sluice.compare.rig;

/** Finds suites by their names. */
public final class Suites {
    private Suites() {}

    /** Returns the suite of a name. */
    public static Suite of(String name) {
        return Suite.all().stream()
                .filter(suite -> suite.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
