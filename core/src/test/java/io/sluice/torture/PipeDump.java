package io.sluice.torture;

import io.sluice.file.Geometry;
import io.sluice.file.LaneFile;
import io.sluice.file.MetaDescriptor;
import io.sluice.file.MetaView;
import io.sluice.file.PipeFiles;
import io.sluice.lane.ClaimWordDescriptor;
import io.sluice.lane.HintDescriptor;
import io.sluice.lane.LaneDescriptor;
import io.sluice.memory.Memory;
import java.io.IOException;
import java.nio.file.Path;

/** A readable dump of the shared words of a pipe. */
final class PipeDump {
    private static final int CLAIMS_SHOWN = 12;

    private PipeDump() {}

    static String of(Path path) throws IOException {
        PipeFiles files = PipeFiles.open(path, false);
        Geometry geometry = files.geometry();
        StringBuilder text = new StringBuilder();
        try (MetaView view = files.openMeta()) {
            Memory meta = view.memory();
            for (int i = 0; i < geometry.participants(); i++) {
                int block = geometry.participantOffset(i);
                text.append("\n  participant ").append(i);
                text.append(": state ").append(meta.getLong(block + MetaDescriptor.STATE_OFFSET));
                text.append(", pid ").append(meta.getLong(block + MetaDescriptor.PID_OFFSET));
                text.append(", bell ").append(meta.getLong(block + MetaDescriptor.BELL_OFFSET));
            }
            int sleepers = MetaDescriptor.sleepersOffset(geometry.senders());
            text.append("\n  busy lanes ").append(meta.getLong(MetaDescriptor.BUSY_OFFSET));
            text.append(", sleeping receivers ").append(meta.getLong(sleepers));
            for (int i = 0; i < geometry.senders(); i++) {
                if (view.participants().wasAttached(i)) {
                    try (LaneFile lane = files.openLane(i)) {
                        text.append("\n  lane ").append(i).append(':');
                        describe(lane, text);
                    }
                }
            }
        }
        return text.toString();
    }

    private static void describe(LaneFile lane, StringBuilder text) {
        Memory control = lane.control();
        word(text, "sender position", control, LaneDescriptor.SENDER_POSITION_OFFSET);
        word(text, "receiver position", control, LaneDescriptor.RECEIVER_POSITION_OFFSET);
        word(text, "taken position", control, LaneDescriptor.TAKEN_POSITION_OFFSET);
        word(text, "attempts", control, LaneDescriptor.ATTEMPTS_OFFSET);
        word(text, "attempts position", control, LaneDescriptor.ATTEMPTS_POSITION_OFFSET);
        word(text, "sender's bell", control, LaneDescriptor.SENDER_BELL_OFFSET);
        word(text, "wanted position", control, LaneDescriptor.WANTED_POSITION_OFFSET);
        word(text, "attention", control, LaneDescriptor.ATTENTION_OFFSET);
        if (lane.table() != null) {
            text.append(" table");
            for (long at = 0; at < lane.table().size(); at += Long.BYTES) {
                long entry = lane.table().getLong(at);
                if (entry != 0) {
                    text.append(' ').append(Long.toHexString(entry));
                }
            }
        }
        if (lane.claims() != null) {
            long hint = control.getLong(LaneDescriptor.HINT_OFFSET);
            text.append(" hint ").append(HintDescriptor.sequence(hint));
            int shown = 0;
            for (long i = 0; i < lane.claims().size(); i += ClaimWordDescriptor.STRIDE) {
                long word = lane.claims().getLong(i);
                if (ClaimWordDescriptor.state(word) != ClaimWordDescriptor.DONE
                        && shown++ < CLAIMS_SHOWN) {
                    text.append(" [").append(ClaimWordDescriptor.sequence(word));
                    text.append(" state ").append(ClaimWordDescriptor.state(word));
                    text.append(" owner ").append(ClaimWordDescriptor.owner(word)).append(']');
                }
            }
            text.append(" not done: ").append(shown);
        }
    }

    private static void word(StringBuilder text, String name, Memory control, int offset) {
        text.append(' ').append(name).append(' ').append(control.getLong(offset)).append(',');
    }
}
