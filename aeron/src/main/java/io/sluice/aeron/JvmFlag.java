package io.sluice.aeron;

import org.agrona.concurrent.UnsafeBuffer;

/** Check that this JVM was started with the flag that Aeron's buffers need. */
final class JvmFlag {
    private static final String PACKAGE = "jdk.internal.misc";

    private JvmFlag() {}

    /**
     * Throws {@link IllegalStateException} if the flag is missing. Call it before the first use of
     * Aeron, whose own error does not name the flag.
     */
    static void require() {
        Module agrona = UnsafeBuffer.class.getModule(); // Does not initialize the class.
        if (!Object.class.getModule().isExported(PACKAGE, agrona)) {
            String name = agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED";
            throw new IllegalStateException(
                    "Aeron's buffers need a flag of the JVM that is missing: start java with --add-opens=java.base/%s=%s"
                            .formatted(PACKAGE, name));
        }
    }
}
