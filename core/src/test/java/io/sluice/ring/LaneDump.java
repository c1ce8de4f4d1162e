package io.sluice.ring;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;

/** A readable dump of the shared words of a lane. */
public final class LaneDump {
    private static final int SLOTS_SHOWN = 12;

    private LaneDump() {}

    /**
     * Appends the words of a lane.
     *
     * @param lane the lane
     * @param text the text to append to
     */
    public static void append(RingMemory lane, StringBuilder text) {
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
                        && shown++ < SLOTS_SHOWN) {
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
