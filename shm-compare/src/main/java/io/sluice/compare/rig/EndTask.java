package io.sluice.compare.rig;

import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The task of one end.
 *
 * @param plan what is forked
 * @param side which end it is
 * @param number which one of several at that side, from 0
 * @param links the links of this end
 */
record EndTask(PairPlan plan, Role side, int number, List<Place> links) {
    /**
     * Where a link is.
     *
     * @param directory a directory of its own
     * @param address the mechanism's address
     * @param helpers ids of processes that work for both ends
     */
    record Place(String directory, String address, List<Long> helpers) {
        Path path() {
            return Path.of(directory);
        }

        /** Opens the words that both ends share, outside the link. */
        SharedWords words() throws IOException {
            return SharedWords.open(path().resolve(CacheLineFloor.FILE));
        }
    }

    /** Returns the processes that work for all its links. */
    List<Long> helpers() {
        return links.stream().flatMap(link -> link.helpers().stream()).toList();
    }

    boolean initiates() {
        return side == Role.INITIATOR;
    }

    /** Returns the log of this end's virtual machine. */
    Path safepoints() {
        return link().path().resolveSibling("safepoints-" + side + "-" + number);
    }

    /** Returns the only link, or the first. */
    Place link() {
        return links.get(0);
    }
}
