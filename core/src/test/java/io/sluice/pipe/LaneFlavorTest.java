package io.sluice.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.PipePosition;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.wait.DrainMode;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which receivers back off from a lane as they are told, and which never do. */
class LaneFlavorTest {
    private static final int SMALL = 1 << 15;
    private static final int LARGE = 1 << 16;

    private static DrainMode drain(
            int capacity, int senders, int receivers, boolean lossy, Feature... features) {
        long bits = 0;
        for (Feature feature : features) {
            bits |= feature.bit();
        }
        PipeLayout layout =
                new PipeLayout(UUID.randomUUID(), 4096, capacity, 1, senders, receivers, bits);
        return LaneFlavor.of(layout, DrainMode.LONG, lossy, PipePosition.NEWEST).drain();
    }

    /** Receivers of several lanes back off from all together. */
    @ParameterizedTest
    @CsvSource({"1,LONG", "2,NONE"})
    void aReceiverBacksOffFromItsOnlyLane(int senders, DrainMode expected) {
        assertEquals(expected, drain(SMALL, senders, 1, false), "alone");
        assertEquals(expected, drain(SMALL, senders, 2, false), "competing");
        assertEquals(expected, drain(SMALL, senders, 2, false, Feature.BROADCAST), "gated");
        assertEquals(expected, drain(LARGE, senders, 2, true, Feature.BROADCAST), "lossy");
    }

    @ParameterizedTest
    @CsvSource({SMALL + ",NONE", LARGE + ",LONG"})
    void aReceiverThatCanLoseMessagesBacksOffInALargeRingOnly(int capacity, DrainMode expected) {
        assertEquals(expected, drain(capacity, 1, 2, true, Feature.BROADCAST), "lossy");
        assertEquals(
                expected,
                drain(capacity, 1, 2, false, Feature.BROADCAST, Feature.DEMOTE),
                "can be demoted");
        assertEquals(expected, drain(capacity, 1, 1, false, Feature.DROP_OLDEST), "dropping");
    }
}
