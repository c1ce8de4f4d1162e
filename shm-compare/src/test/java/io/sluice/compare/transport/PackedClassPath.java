package io.sluice.compare.transport;

import io.sluice.children.ClassCache;

/**
 * The class path of a build's tests, its directories of classes as jars: as users have it, so that
 * the ends have an archive of classes.
 */
public final class PackedClassPath {
    /** The class path as the build has it. */
    public static final String UNPACKED = System.getProperty("java.class.path");

    private static boolean used;

    private PackedClassPath() {}

    /** Gives it to the processes that are started from now on. */
    public static synchronized void use() {
        if (!used) {
            used = true;
            System.setProperty("java.class.path", ClassCache.pack());
        }
    }
}
