package io.sluice.aeron;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Without the flag that Aeron's buffers need, the error names it. */
@Timeout(60)
class JvmFlagTest {
    private static final String FLAG = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

    /** Prints what opening an end says. */
    static final class OpenWithoutClient {
        public static void main(String[] args) {
            try {
                AeronChannels.receiver(null, "aeron:ipc", 1);
            } catch (IllegalStateException | NullPointerException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static void says(String expected, List<String> flags) throws Exception {
        try (ChildProgram child = ChildProgram.startWith(flags, OpenWithoutClient.class)) {
            child.expectLine(expected);
            assertEquals(0, child.waitFor());
        }
    }

    @Test
    void itsAbsenceIsNamed() throws Exception {
        List<String> flags = new ArrayList<>(ChildProgram.FLAGS);
        flags.remove(FLAG);
        says(
                "Aeron's buffers need a flag of the JVM that is missing: start java with " + FLAG,
                flags);
        says("aeron", ChildProgram.FLAGS);
    }
}
