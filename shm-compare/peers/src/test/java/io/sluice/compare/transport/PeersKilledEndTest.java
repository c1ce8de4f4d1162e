package io.sluice.compare.transport;

import java.util.List;

/** The mechanisms of the peers' jar. */
class PeersKilledEndTest extends KilledEnd {
    @Override
    List<Transport> candidates() {
        return PeersContractTest.peers();
    }
}
