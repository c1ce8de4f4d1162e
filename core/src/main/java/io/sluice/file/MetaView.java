package io.sluice.file;

import io.sluice.memory.Memory;
import io.sluice.os.Mapping;

/** A pipe's {@code meta} as one end sees it: mapped, and with locks of the end's own. */
public final class MetaView implements AutoCloseable {
    private final Mapping mapping;
    private final Memory memory;
    private final Participants participants;

    MetaView(Mapping mapping, Memory memory, Participants participants) {
        this.mapping = mapping;
        this.memory = memory;
        this.participants = participants;
    }

    /**
     * The words of {@code meta}.
     *
     * @return always the same memory
     */
    public Memory memory() {
        return memory;
    }

    /**
     * Who is attached.
     *
     * @return always the same object
     */
    public Participants participants() {
        return participants;
    }

    @Override
    public void close() {
        participants.close();
        mapping.close();
    }
}
