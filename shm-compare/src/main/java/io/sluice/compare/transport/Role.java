package io.sluice.compare.transport;

import java.nio.file.Path;

/** One of the two processes. */
public enum Role {
    /** Sends first. */
    INITIATOR,
    /** Replies, or only receives. */
    RESPONDER;

    /** Returns one of two, by the role. */
    <T> T choose(T initiators, T responders) {
        return this == INITIATOR ? initiators : responders;
    }

    Role other() {
        return choose(RESPONDER, INITIATOR);
    }

    /** Returns the name of the direction in which it sends. */
    Path out(Path directory) {
        return directory.resolve(choose("there", "back"));
    }

    /** Returns the name of the direction in which it receives. */
    Path in(Path directory) {
        return other().out(directory);
    }
}
