package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Transports;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TraitTextsTest {
    @Test
    void waysToWaitAreDescribedEach() {
        Map<String, Map<String, String>> texts =
                TraitTexts.of(
                        List.of(
                                new MeasurementPlan(
                                        Transports.of("pipe/block"),
                                        Workload.of(Pattern.RTT, 64),
                                        null),
                                new MeasurementPlan(
                                        Transports.of("sluice/spin"),
                                        Workload.of(Pattern.RTT, 64),
                                        null),
                                new MeasurementPlan(
                                        Transports.of("sluice/futex"),
                                        Workload.of(Pattern.RTT, 64),
                                        null)));
        assertEquals(Set.of("pipe", "sluice/spin", "sluice/futex"), texts.keySet());
        assertTrue(texts.get("sluice/spin").get("description").endsWith("both ends spinning"));
        assertTrue(texts.get("sluice/futex").get("description").contains("sleep"));
    }
}
