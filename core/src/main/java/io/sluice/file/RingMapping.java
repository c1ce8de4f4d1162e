package io.sluice.file;

import io.sluice.memory.MappedMemory;
import io.sluice.memory.Memory;
import io.sluice.os.Closing;
import io.sluice.os.Mapping;
import java.io.IOException;
import java.util.Arrays;

/**
 * A mapped ring with its control words, and its claim words if it has any: a whole lane, or a
 * segment of a growing lane.
 */
final class RingMapping implements AutoCloseable {
    private final Mapping controlMapping;
    private final Mapping claimsMapping;
    private final Mapping ringMapping;
    private final Memory control;
    private final Memory claims;
    private final Memory ring;

    private RingMapping(Mapping controlMapping, Mapping claimsMapping, Mapping ringMapping) {
        this.controlMapping = controlMapping;
        this.claimsMapping = claimsMapping;
        this.ringMapping = ringMapping;
        this.control = MappedMemory.words(controlMapping.segment());
        this.claims = claimsMapping == null ? null : MappedMemory.words(claimsMapping.segment());
        this.ring = MappedMemory.mirrored(ringMapping.segment());
    }

    /** Maps the ring at the beginning of a section, and checks that it belongs to this pipe. */
    static RingMapping map(Section section, Geometry geometry) throws IOException {
        Mapping control = null;
        Mapping claims = null;
        try {
            long offset = section.offset();
            control = Mapping.map(section.file(), offset, geometry.pageSize());
            LaneFile.check(section.file().path(), MappedMemory.words(control.segment()), geometry);
            offset += geometry.pageSize();
            if (geometry.sharesLanes()) {
                claims = Mapping.map(section.file(), offset, geometry.claimsLength());
                offset += geometry.claimsSpace();
            }
            return new RingMapping(
                    control,
                    claims,
                    Mapping.mapMirrored(section.file(), offset, geometry.capacity()));
        } catch (IOException | RuntimeException | InternalError e) {
            Closing.all(Arrays.asList(control, claims));
            throw e;
        }
    }

    Memory control() {
        return control;
    }

    Memory claims() {
        return claims;
    }

    Memory ring() {
        return ring;
    }

    @Override
    public void close() {
        Closing.all(Arrays.asList(ringMapping, claimsMapping, controlMapping));
    }
}
