package io.sluice.torture;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.storage.MetaDescriptor;
import io.sluice.pipe.storage.Participants;
import io.sluice.pipe.storage.PipeFiles;
import io.sluice.pipe.storage.PipeLayout;
import io.sluice.ring.LaneDescriptor;
import io.sluice.ring.SlotStateDescriptor;
import java.io.IOException;
import java.nio.file.Path;

/** A readable dump of the shared words of a pipe. */
final class PipeDump {
    private static final int CLAIMS_SHOWN = 12;

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
                        describe(lane, text);
                    }
                }
            }
        }
        return text.toString();
    }

    private static void describe(RingMemory lane, StringBuilder text) {
        Memory control = lane.control();
        word(text, "sender position", control, LaneDescriptor.SENDER_POSITION_OFFSET);
        word(text, "receiver position", control, LaneDescriptor.RECEIVER_POSITION_OFFSET);
        word(text, "taken position", control, LaneDescriptor.TAKEN_POSITION_OFFSET);
        word(text, "attempts", control, LaneDescriptor.ATTEMPTS_OFFSET);
        word(text, "attempts position", control, LaneDescriptor.ATTEMPTS_POSITION_OFFSET);
        word(text, "sender event", control, LaneDescriptor.SENDER_EVENT_OFFSET);
        word(text, "wakeup position", control, LaneDescriptor.WAKEUP_POSITION_OFFSET);
        word(text, "notify mode", control, LaneDescriptor.NOTIFY_MODE_OFFSET);
        if (lane.table() != null) {
            text.append(" table");
            for (long at = 0; at < lane.table().size(); at += Long.BYTES) {
                long entry = lane.table().getLong(at);
                if (entry != 0) {
                    text.append(' ').append(Long.toHexString(entry));
                }
            }
        }
        if (lane.slotStates() != null) {
            long hint = control.getLong(LaneDescriptor.HINT_OFFSET);
            text.append(" hint ").append(hint & SlotStateDescriptor.SEQUENCE_MASK);
            int shown = 0;
            for (long i = 0; i < lane.slotStates().size(); i += SlotStateDescriptor.STRIDE) {
                long word = lane.slotStates().getLong(i);
                if (SlotStateDescriptor.state(word) != SlotStateDescriptor.DONE
                        && shown++ < CLAIMS_SHOWN) {
                    text.append(" [").append(SlotStateDescriptor.sequence(word));
                    text.append(" state ").append(SlotStateDescriptor.state(word));
                    text.append(" owner ").append(SlotStateDescriptor.owner(word)).append(']');
                }
            }
            text.append(" not done: ").append(shown);
        }
    }

    private static void word(StringBuilder text, String name, Memory control, int offset) {
        text.append(' ').append(name).append(' ').append(control.getLong(offset)).append(',');
    }
}
