package io.sluice.pipe.storage;

import io.sluice.linux.CloseHelper;
import io.sluice.memory.Memory;
import java.util.List;

/** One end's mapping of a pipe's {@code meta}, with locks of the end's own. */
public final class MetaView implements AutoCloseable {
    private final Runnable unmap;
    private final Memory memory;
    private final Participants participants;

    MetaView(Runnable unmap, Memory memory, Participants participants) {
        this.unmap = unmap;
        this.memory = memory;
        this.participants = participants;
    }

    /**
     * Returns the words of {@code meta}.
     *
     * @return always the same memory
     */
    public Memory memory() {
        return memory;
    }

    /**
     * Returns the participants of the pipe.
     *
     * @return always the same object
     */
    public Participants participants() {
        return participants;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(List.of(participants, (AutoCloseable) unmap::run));
    }
}
