package io.sluice.compare.transport;

import java.util.List;

/** The mechanisms of the peers' jar. */
class PeersContractTest extends TransportContract {
    @Override
    List<Transport> mechanisms() {
        return peers();
    }

    /** Returns all of them in a proof, else of Aeron only the variant that touches less memory. */
    static List<Transport> peers() {
        boolean isProof = System.getProperty("sluice.proof") != null;
        return Transports.all().stream()
                .filter(each -> each.getClass().getPackageName().endsWith(".peers"))
                .filter(each -> isProof || !each.id().equals("aeron.ipc"))
                .toList();
    }
}
