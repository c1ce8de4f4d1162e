package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.NotMeasured;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class EnvironmentProbeTest {
    private static final EnvironmentProbe PROBE =
            EnvironmentProbe.begin(
                    new Placement(Placement.TWO_CPUS, List.of(0, 1)), new Quiet(0, 0));

    @Test
    void thePartsOfTheToolHaveTheirVersionsAlsoInOneJar() {
        for (String name : List.of("agrona", "HdrHistogram")) {
            Environment.Library library =
                    ClassPath.libraries().stream()
                            .filter(each -> each.name().equals(name))
                            .findFirst()
                            .orElseThrow();
            assertTrue(library.version().matches("[0-9]+\\.[0-9.]+"), library.toString());
        }
    }

    @Test
    void limitsOfQueuesAndBuffersAreRecorded() {
        Environment machine = PROBE.end(List.of());
        assertTrue(
                machine.limits().get("RLIMIT_MSGQUEUE").matches("\\S+ \\S+ bytes"),
                machine.limits().toString());
        assertTrue(machine.limits().containsKey("tcp_rmem"), machine.limits().toString());
    }

    @Test
    void aMachineIsLookedAtOnceOthersAreQuietOrTheTimeIsOver() {
        Environment machine = EnvironmentProbe.of(List.of(0, 1), Duration.ofMillis(500));
        // A look takes 0.4 s.
        String waited = machine.detail(Details.LOAD_BEFORE, Details.WAITED);
        assertTrue(waited.matches("(0\\.[5-9]|[1-9].*) s"), waited);
    }

    @Test
    void whatIsNotMeasuredIsListedOnce() {
        List<String> missing = PROBE.notMeasured().stream().map(NotMeasured::what).toList();
        assertEquals(missing.size(), new HashSet<>(missing).size(), missing.toString());
        for (String name :
                List.of(
                        "agrona.broadcast",
                        "mappedbus",
                        "tachyon",
                        "energy per message",
                        "other libraries")) {
            assertTrue(missing.contains(name), missing.toString());
        }
    }
}
