package io.sluice.pipe.storage;

import io.sluice.linux.CloseHelper;
import io.sluice.linux.Mapping;
import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.util.Arrays;

/**
 * A mapped ring with its control words, and its slot states if it has any: a whole lane, or a
 * segment of a growing lane.
 */
final class RingMapping implements AutoCloseable {
    private final Mapping controlMapping;
    private final Mapping slotStatesMapping;
    private final Mapping ringMapping;
    private final Memory control;
    private final Memory slotStates;
    private final Memory ring;

    private RingMapping(Mapping controlMapping, Mapping claimsMapping, Mapping ringMapping) {
        this.controlMapping = controlMapping;
        this.slotStatesMapping = claimsMapping;
        this.ringMapping = ringMapping;
        this.control = MappedMemory.words(controlMapping.segment());
        this.slotStates =
                claimsMapping == null ? null : MappedMemory.words(claimsMapping.segment());
        this.ring = MappedMemory.mirrored(ringMapping.segment());
    }

    /** Maps the ring at the beginning of a section, and checks that it belongs to this pipe. */
    static RingMapping map(FileRegion fileRegion, PipeLayout pipeLayout) throws IOException {
        Mapping control = null;
        Mapping claims = null;
        try {
            long offset = fileRegion.offset();
            control = Mapping.map(fileRegion.file(), offset, pipeLayout.pageSize());
            LaneFile.check(
                    fileRegion.file().path(), MappedMemory.words(control.segment()), pipeLayout);
            offset += pipeLayout.pageSize();
            if (pipeLayout.usesSpmcRings()) {
                claims = Mapping.map(fileRegion.file(), offset, pipeLayout.slotStatesLength());
                offset += pipeLayout.slotStatesSpace();
            }
            return new RingMapping(
                    control,
                    claims,
                    Mapping.mapMirrored(fileRegion.file(), offset, pipeLayout.capacity()));
        } catch (IOException | RuntimeException | InternalError e) {
            CloseHelper.closeAll(Arrays.asList(control, claims));
            throw e;
        }
    }

    Memory control() {
        return control;
    }

    Memory slotStates() {
        return slotStates;
    }

    Memory ring() {
        return ring;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(Arrays.asList(ringMapping, slotStatesMapping, controlMapping));
    }
}
