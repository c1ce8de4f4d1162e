package io.sluice.torture;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.LaneDump;
import java.io.IOException;
import java.nio.file.Path;

/** A readable dump of the shared words of a pipe. */
final class PipeDump {
    private PipeDump() {}

    static String of(Path path) throws IOException {
        PipeFiles files = PipeFiles.open(path, false);
        PipeLayout pipeLayout = files.pipeLayout();
        StringBuilder text = new StringBuilder();
        try (Participants view = files.openMeta()) {
            Memory meta = view.memory();
            for (int i = 0; i < pipeLayout.participants(); i++) {
                int block = pipeLayout.participantOffset(i);
                text.append("\n  participant ").append(i);
                text.append(": state ").append(meta.getLong(block + MetaDescriptor.STATE_OFFSET));
                text.append(", pid ").append(meta.getLong(block + MetaDescriptor.PID_OFFSET));
                text.append(", event ").append(meta.getLong(block + MetaDescriptor.EVENT_OFFSET));
            }
            int waiters = MetaDescriptor.waitersOffset(pipeLayout.senders());
            text.append("\n  ready lanes ").append(meta.getLong(MetaDescriptor.READY_OFFSET));
            text.append(", waiting receivers ").append(meta.getLong(waiters));
            for (int i = 0; i < pipeLayout.senders(); i++) {
                if (view.wasAttached(i)) {
                    try (RingMemory lane = files.openLane(i)) {
                        text.append("\n  lane ").append(i).append(':');
                        LaneDump.append(lane, text);
                    }
                }
            }
        }
        return text.toString();
    }
}
