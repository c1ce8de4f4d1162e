package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import org.junit.jupiter.api.Test;

/** The word of a segment when a receiver dies. */
class SegmentTableTest {
    private static final int OWNER = 3;

    private final HeapSegments segments = new HeapSegments(4, 512);
    private final SegmentTable table = new SegmentTable(segments.table, 4);

    private int state(long generation) {
        return SegmentWordDescriptor.state(table.word(generation));
    }

    /** The space is still allocated, and no other receiver may free it. */
    @Test
    void segmentsThatADeadReceiverWasFreeingAreFreedByTheHolderOfItsLock() throws Exception {
        SegmentStore store = segments.storeFor(new FaultInjector());
        store.allocate(1);
        long generation = table.newest() + 1;
        table.link(generation, 1);
        table.retire(table.word(generation));
        FaultInjector faultInjector = new FaultInjector();
        faultInjector.crashAfter(0);
        assertThrows(
                SimulatedCrash.class,
                () -> table.free(table.word(generation), OWNER, segments.storeFor(faultInjector)));
        assertEquals(SegmentWordDescriptor.FREEING, state(generation));
        assertEquals(2, segments.allocated());
        table.recover(OWNER + 1, store);
        assertEquals(SegmentWordDescriptor.FREEING, state(generation));
        assertEquals(2, segments.allocated());
        table.recover(OWNER, store);
        assertEquals(SegmentWordDescriptor.FREED, state(generation));
        assertEquals(1, segments.allocated());
    }
}
