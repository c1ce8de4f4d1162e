package io.sluice.compare.transport;

import java.util.List;
import org.junit.jupiter.api.parallel.Isolated;

/** The mechanisms of the main jar. */
@Isolated("other classes make queues of the system that this one counts")
class KilledEndTest extends KilledEnd {
    @Override
    List<Transport> candidates() {
        return Transports.all();
    }
}
