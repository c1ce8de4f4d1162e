package io.sluice.agrona;

import org.agrona.concurrent.UnsafeBuffer;

/** Whether this JVM was started with the flag that Agrona's buffers need. */
final class AgronaFlag {
    private static final String PACKAGE = "jdk.internal.misc";

    private AgronaFlag() {}

    /** To be called before the first buffer is touched: its own error does not name the remedy. */
    static void require() {
        Module agrona = UnsafeBuffer.class.getModule(); // Does not initialize the class.
        if (!Object.class.getModule().isExported(PACKAGE, agrona)) {
            String name = agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED";
            throw new IllegalStateException(
                    "Agrona's buffers need a flag of the JVM that is missing: start java with --add-opens=java.base/"
                            + PACKAGE
                            + "="
                            + name);
        }
    }
}
