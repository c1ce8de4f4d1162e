package io.sluice.compare.transport;

import java.util.List;

/** The mechanisms of the main jar. */
class TransportContractTest extends TransportContract {
    @Override
    List<Transport> mechanisms() {
        return Transports.all();
    }
}
