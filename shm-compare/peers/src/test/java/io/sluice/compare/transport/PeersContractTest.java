package io.sluice.compare.transport;

import java.util.List;

/** The mechanisms of the peers' jar. */
class PeersContractTest extends TransportContract {
    @Override
    List<Transport> mechanisms() {
        return peers();
    }

    static List<Transport> peers() {
        return Transports.all().stream()
                .filter(each -> each.getClass().getPackageName().endsWith(".peers"))
                .toList();
    }
}
