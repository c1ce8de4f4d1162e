package io.sluice.compare.rig;

import java.io.IOException;
import java.util.List;

/** One sender, several receivers on a link each: every message is sent to each of them. */
final class FanOutPattern extends Streaming {
    private static final int CHUNK = 64;

    FanOutPattern(List<Conversation> talks) {
        super(talks);
    }

    @Override
    public long warmUp() throws IOException {
        for (int i = 0; i < CHUNK; i++) {
            for (Conversation talk : talks) {
                talk.send();
            }
        }
        return (long) CHUNK * talks.size();
    }
}
